"""Waivers, on both clocks; revoked, never changed."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from audit.log import Subject
from registry.models import Practice, UseCase


class Waiver(models.Model):
    """A CAIO waiver of one practice of one case (M-25-21 section 4(a)); non-delegable, reported within 30 days."""

    class Ground(models.TextChoices):
        RISK = "A", "Fulfilling the practice would increase risks to safety or rights overall"
        IMPEDIMENT = "B", "It would be an unacceptable impediment to critical agency operations"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="waivers")
    practice = models.CharField(max_length=30, choices=Practice.choices)
    ground = models.CharField(max_length=1, choices=Ground.choices)
    risk_assessment = models.TextField()
    granted_on = models.DateField()
    expires_on = models.DateField()
    revoked_on = models.DateField(null=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["use_case", "practice", "-granted_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["use_case", "practice"], condition=Q(revoked_on=None), name="waiver_one_in_force"
            )
        ]

    def event_subject(self) -> Subject:
        """How the audit log names this waiver."""
        return Subject("waiver", str(self.uuid), str(self.get_practice_display()), timeline=self.use_case.use_case_id)
