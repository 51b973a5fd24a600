"""Revisions hold what was written, filings say which of them counts from when."""

from datetime import datetime

import pgtrigger
from django.apps import apps
from django.db import models

from accounts.models import User
from registry.models.use_case import UseCase


class Revision(models.Model):
    """An immutable state of a case's document; each section save writes one."""

    use_case = models.ForeignKey(UseCase, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    document = models.JSONField()
    sha256 = models.CharField(max_length=64)
    edition = models.CharField(max_length=60, help_text="questionnaire edition it answered, or the file's layout")
    section = models.CharField(max_length=60, blank=True, help_text="the section that was saved")
    why = models.CharField(max_length=500, blank=True)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["use_case", "number"]
        constraints = [models.UniqueConstraint(fields=["use_case", "number"], name="revision_number_unique")]
        triggers = [pgtrigger.Protect(name="no_change", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.use_case.use_case_id} revision {self.number}"


class FilingQuerySet(models.QuerySet["Filing"]):
    """Filings; most questions are about those that count."""

    def counting(self, known_at: datetime | None = None) -> "FilingQuerySet":
        """Without filings of imports that were undone with nothing filed in their place; as known at an instant."""
        undone = apps.get_model("registry", "UndoneImport").objects.filter(
            batch=models.OuterRef("batch"), use_case=models.OuterRef("use_case"), is_uncounted=True
        )
        if known_at:
            undone = undone.filter(undone_at__lte=known_at)
        return self.filter(~models.Exists(undone))


class Filing(models.Model):
    """Makes one revision count from `effective_on`; `recorded_at` is when the portal learned it (two clocks)."""

    use_case = models.ForeignKey(UseCase, on_delete=models.CASCADE, related_name="filings")
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="filings")
    effective_on = models.DateField()
    recorded_at = models.DateTimeField()
    filed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=200)
    batch = models.ForeignKey("registry.ImportBatch", on_delete=models.PROTECT, null=True, related_name="filings")

    objects = FilingQuerySet.as_manager()

    class Meta:
        ordering = ["use_case", "effective_on", "id"]
        indexes = [
            models.Index(fields=["use_case", "-effective_on", "-id"]),
            models.Index(fields=["effective_on", "recorded_at"]),
        ]
        triggers = [pgtrigger.Protect(name="no_change", operation=pgtrigger.Update)]
