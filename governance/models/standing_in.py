"""Who steps aside from a case, who says they are free of conflicts, and who signs for an office that cannot."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import FromTo, Office, User
from audit.log import Subject
from governance.models.reviews import Lane, Review
from registry.models import UseCase


class Recusal(models.Model):
    """Somebody keeps out of a case. Lifted only by somebody else, and kept."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="recusals")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    is_conflict = models.BooleanField(default=False, help_text="stated when asked for a conflict of interest")
    recused_at = models.DateTimeField(default=timezone.now)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    lift_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-recused_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["use_case", "person"], condition=Q(lifted_at=None), name="recusal_one_standing"
            ),
            models.CheckConstraint(
                condition=Q(lifted_by=None) | ~Q(lifted_by=models.F("person")), name="recusal_lifted_by_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.use_case.use_case_id}"

    def event_subject(self) -> Subject:
        """How the audit log names it; the reason stays with the people of the case."""
        return Subject("recusal", str(self.uuid), str(self.person), timeline=self.use_case.use_case_id)


class ActingSigner(FromTo, models.Model):
    """Who signs for an office that cannot, in all its lanes or in one; named by the Chief AI Officer."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="acting_signers")
    lane = models.ForeignKey(
        Lane, on_delete=models.PROTECT, null=True, related_name="acting_signers", help_text="null: all lanes"
    )
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    named_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    named_at = models.DateTimeField(default=timezone.now)
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="last day")
    reason = models.TextField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    end_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-starts_on", "-id"]
        indexes = [models.Index(fields=["person", "ends_on"]), models.Index(fields=["office", "ends_on"])]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=models.F("starts_on")), name="acting_dates_in_order"),
            models.CheckConstraint(condition=~Q(person=models.F("named_by")), name="acting_is_somebody_else"),
        ]

    def __str__(self) -> str:
        return f"{self.person} for the {self.office.name}"

    @property
    def whom(self) -> str:
        """For whom they act, in words."""
        return f"the {self.office.name}, as acting signer named by {self.named_by}"

    def event_subject(self) -> Subject:
        """How the audit log names it; of one lane it stands on the case's timeline."""
        timeline = self.lane.review.use_case.use_case_id if self.lane else ""
        return Subject("acting_signer", str(self.uuid), str(self), timeline=timeline)


class ConflictStatement(models.Model):
    """What somebody about to decide a lane said of a conflict of interest: once a round, the newest holds."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="conflict_statements")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    has_conflict = models.BooleanField()
    words = models.CharField(max_length=300, help_text="the sentence that was stated")
    stated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["review", "stated_at", "id"]
        indexes = [models.Index(fields=["review", "person"])]

    def __str__(self) -> str:
        return f"{self.person}: {self.words}"
