"""What left the portal for a reporting year, byte by byte, and every correction made to it afterwards."""

import uuid

import pgtrigger
from django.db import models
from django.utils import timezone

from accounts.models import User
from audit.log import Subject
from registry.models.cycle import Cycle
from registry.models.use_case import UseCase


class Submission(models.Model):
    """The whole inventory frozen on a day: the file as it left, what it was made of, and what was missing."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="submissions")
    number = models.PositiveIntegerField()
    content = models.BinaryField(help_text="the file as it left")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    layout = models.CharField(max_length=60)
    rows = models.PositiveIntegerField()
    revisions = models.JSONField(help_text="{Use Case ID: filed revision}")
    catalogue = models.JSONField(help_text="questionnaire, layout, and policy editions in force")
    missing = models.JSONField(default=list, help_text="components without a certification that stands, and why")
    why = models.TextField(blank=True, help_text="why it was frozen in spite of that")
    changes = models.JSONField(default=list, help_text="the change log against the year before, as of the freezing")
    frozen_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    frozen_at = models.DateTimeField(default=timezone.now)
    published_on = models.DateField(null=True, help_text="from this day on the revision log is public")

    class Meta:
        ordering = ["cycle", "-number"]
        constraints = [models.UniqueConstraint(fields=["cycle", "number"], name="submission_number_unique")]
        triggers = [
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("content", "sha256", "revisions", "catalogue", "missing", "changes"),
                func="RAISE EXCEPTION 'What was frozen stays as it was frozen';",
            ),
        ]

    def __str__(self) -> str:
        return f"submission {self.number} of {self.cycle.year}"

    def get_absolute_url(self) -> str:
        """The submission's page."""
        return f"{self.cycle.get_absolute_url()}submissions/{self.number}/"

    def event_subject(self) -> Subject:
        """How the audit log names this submission."""
        return Subject("submission", str(self.uuid), self.file_name, timeline=f"cycle-{self.cycle.year}")


class Amendment(models.Model):
    """One case that counts differently since the submission, and why. Append-only."""

    class Kind(models.TextChoices):
        ADDED = "added", "Added"
        CHANGED = "changed", "Changed"
        REMOVED = "removed", "Removed"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="amendments")
    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="amendments")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    from_number = models.PositiveIntegerField(null=True, help_text="the revision that was submitted or amended last")
    to_number = models.PositiveIntegerField(null=True, help_text="the revision that counts now")
    fields = models.JSONField(default=list, help_text="the questions whose answers differ")
    reason = models.TextField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-recorded_at", "-id"]
        triggers = [pgtrigger.Protect(name="no_change", operation=pgtrigger.Update | pgtrigger.Delete)]

    def event_subject(self) -> Subject:
        """The case it is about."""
        return self.use_case.event_subject()
