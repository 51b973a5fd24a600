"""Dated records behind a practice level, on both clocks; superseded, never changed."""

import uuid

from django.db import models
from django.utils import timezone

from accounts.models import User
from audit.log import Subject
from registry.models import Evidence, Practice, UseCase


class PracticeRecord(models.Model):
    """Evidence for a practice, its verification, or the acceptance that it does not apply."""

    class Kind(models.TextChoices):
        EVIDENCE = "evidence", "Evidence"
        VERIFICATION = "verification", "Verification"
        ACCEPTANCE = "acceptance", "Acceptance that it does not apply"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="practice_records")
    practice = models.CharField(max_length=30, choices=Practice.choices)
    kind = models.CharField(max_length=15, choices=Kind.choices)
    title = models.CharField(max_length=300, help_text="document or act, e.g. Test report of the field trial")
    reference = models.CharField(max_length=500, blank=True, help_text="where it is kept, or the citation")
    evidence = models.ForeignKey(
        Evidence,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="the file or link it names",
    )
    note = models.TextField(blank=True)
    effective_on = models.DateField()
    expires_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["use_case", "practice", "-effective_on", "-id"]

    def event_subject(self) -> Subject:
        """How the audit log names this record."""
        label = f"{self.get_practice_display()}, {self.title}"
        return Subject("practice_record", str(self.uuid), label, timeline=self.use_case.use_case_id)
