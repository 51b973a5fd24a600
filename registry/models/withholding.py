"""Reviews of what is withheld from the public inventory: who looked at the ground and the reason, and until when."""

import uuid

from django.db import models
from django.utils import timezone

from accounts.models import User
from registry.models.use_case import UseCase

WHOLE = ""  # as a field: the case as a whole


class WithholdingReview(models.Model):
    """One reviewer's verdict on one withholding, of the words that stood there; the newest of a field counts."""

    class Verdict(models.TextChoices):
        UPHELD = "upheld", "Upheld"
        REFUSED = "refused", "Refused"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    use_case = models.ForeignKey(UseCase, on_delete=models.CASCADE, related_name="withholding_reviews")
    field = models.CharField(max_length=80, blank=True, help_text="the answer withheld; empty: the whole case")
    category = models.CharField(max_length=40, blank=True, help_text="of a whole case: OMB's answer")
    ground = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    revision_number = models.PositiveIntegerField()
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    why = models.CharField(max_length=2000)
    reviewed_at = models.DateTimeField(default=timezone.now)
    expires_on = models.DateField(null=True, help_text="of one upheld: the last day it holds")

    class Meta:
        ordering = ["-reviewed_at", "-id"]
        indexes = [models.Index(fields=["use_case", "field", "-reviewed_at"])]

    def __str__(self) -> str:
        return f"{self.use_case_id} {self.field or 'whole case'} {self.verdict}"
