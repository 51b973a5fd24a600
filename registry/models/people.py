"""Who owns a case: offers and the named person's answer, people who go, and what they leave."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Component, User
from audit.log import Subject
from registry.models.use_case import UseCase


class Handover(models.Model):
    """One case offered to a person or a component. Until it is accepted nothing changes. A bulk shares one `act`."""

    class Kind(models.TextChoices):
        OWNER = "owner", "owner"
        BACKUP = "backup", "backup owner"
        TRANSFER = "transfer", "transfer to another component"

    class State(models.TextChoices):
        OFFERED = "offered", "Waiting for an answer"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        TAKEN_BACK = "taken_back", "Taken back"
        EXPIRED = "expired", "Not answered in time"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    act = models.UUIDField(db_index=True)
    use_case = models.ForeignKey(UseCase, on_delete=models.CASCADE, related_name="handovers")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    from_person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    from_component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="+")
    to_person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="handovers")
    to_component = models.ForeignKey(Component, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.TextField(blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OFFERED)
    offered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField(default=timezone.now)
    expires_on = models.DateField(help_text="last day for an answer")
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-offered_at", "use_case__use_case_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["use_case", "kind"], condition=Q(state="offered"), name="handover_open_once"
            ),
            models.CheckConstraint(
                condition=(Q(kind="transfer") & Q(to_component__isnull=False) & Q(to_person=None))
                | (~Q(kind="transfer") & Q(to_person__isnull=False) & Q(to_component=None)),
                name="handover_target_fits_kind",
            ),
            models.CheckConstraint(
                condition=Q(state="offered", answered_at=None) | (~Q(state="offered") & Q(answered_at__isnull=False)),
                name="handover_answer_dated",
            ),
        ]
        indexes = [models.Index(fields=["to_person"], condition=Q(state="offered"), name="handover_waiting")]

    @property
    def target(self) -> str:
        """Whom it is offered to, in words."""
        if self.to_person is None:
            return f"the lead of {self.to_component}"
        return f"{self.to_person} as {self.get_kind_display()}"

    def event_subject(self) -> Subject:
        """How the audit log names this offer."""
        return Subject("handover", str(self.uuid), self.target, timeline=self.use_case.use_case_id)


class FormerOwner(models.Model):
    """Somebody who owned a case, or stood in, and left. `left_on` is the first day without, `recorded_at` ours."""

    act = models.UUIDField(db_index=True)
    use_case = models.ForeignKey(UseCase, on_delete=models.CASCADE, related_name="former_owners")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    was_backup = models.BooleanField(default=False)
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="+")
    left_on = models.DateField()
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-recorded_at", "-id"]


class LeavingNote(models.Model):
    """“I am leaving on …”: what a person wants whoever follows to know. A later note takes an earlier one's place."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="leaving_notes")
    leaves_on = models.DateField(help_text="last day")
    note = models.TextField(blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-recorded_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(withdrawn_at=None), name="leaving_note_once")
        ]
