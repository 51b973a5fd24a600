"""What people said about inventory files: which question a column asks, which case an ID means."""

import uuid

from django.db import models
from django.utils import timezone

from accounts.models import Agency, User
from audit.log import Subject
from registry.models.inventory import ImportBatch
from registry.models.use_case import UseCase


class ColumnMapping(models.Model):
    """A header of an agency's files in a layout, and the question it asks; kept for the next file."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    layout = models.CharField(max_length=60)
    header = models.TextField(help_text="as it stood in the file")
    header_key = models.TextField(help_text="what headers are compared by")
    field = models.CharField(max_length=80, blank=True, help_text="blank: it asks no question of the layout")
    said_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["layout", "header"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "layout", "header_key"], name="column_mapping_once"),
        ]

    def __str__(self) -> str:
        return self.header[:80]

    def event_subject(self) -> Subject:
        """How the audit log names this mapping."""
        return Subject("column", str(self.uuid), " ".join(self.header.split())[:200])


class IdMatch(models.Model):
    """Another spelling of a case's ID in the files of a layout: the same case, or not."""

    class State(models.TextChoices):
        NAMED = "named", "The same, by its name"
        SAME = "same", "The same, a person said"
        OTHER = "other", "Another case"

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    layout = models.CharField(max_length=60)
    spelling = models.CharField(max_length=60)
    use_case = models.ForeignKey(UseCase, on_delete=models.CASCADE, related_name="spellings")
    state = models.CharField(max_length=8, choices=State.choices)
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="+", help_text="where it was said")
    said_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["spelling"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "layout", "spelling", "use_case"], name="id_match_once"),
        ]

    def __str__(self) -> str:
        return f"{self.spelling} / {self.use_case_id}"

    def event_subject(self) -> Subject:
        """How the audit log names this match."""
        return Subject("id_match", str(self.pk), self.spelling, timeline=self.use_case.use_case_id)
