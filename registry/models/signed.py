"""The signed answer on the impact, as the registry reports it: governance judges and tells it what was signed."""

from django.db import models
from django.utils import timezone

from registry.models.use_case import UseCase


class SignedImpact(models.Model):
    """From when on the inventory reports which signed impact of a case; the newest by a day counts on it.

    Written with a determination (governance), never changed. Without one the case reads as reported.
    """

    use_case = models.ForeignKey(UseCase, on_delete=models.CASCADE, related_name="signed_impacts")
    impact = models.CharField(max_length=30)
    justification = models.TextField(blank=True, help_text="why a presumption was cleared, for the inventory's field")
    signed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["use_case", "-signed_at", "-id"]
        indexes = [models.Index(fields=["use_case", "-signed_at"], name="signed_impact_newest")]

    def __str__(self) -> str:
        return f"{self.use_case_id}: {self.impact}"
