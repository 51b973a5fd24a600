"""Somebody who sees to the inventory asks an owner to look at a case again, until a day."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from audit.log import Subject
from registry.models.use_case import UseCase


class UpdateRequest(models.Model):
    """One case to be brought up to date. Those of one bulk share the `act`, and a person gets one mail of it."""

    class Outcome(models.TextChoices):
        FILED = "filed", "New answers were filed"
        UNCHANGED = "unchanged", "Nothing has changed"
        TAKEN_BACK = "taken_back", "Taken back"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    act = models.UUIDField(db_index=True)
    use_case = models.ForeignKey(UseCase, on_delete=models.CASCADE, related_name="update_requests")
    note = models.TextField(blank=True)
    due_on = models.DateField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["use_case"], condition=Q(closed_at=None), name="update_request_open_once"),
            models.CheckConstraint(
                condition=(Q(closed_at=None) & Q(outcome="")) | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                name="update_request_closed_with_outcome",
            ),
        ]

    def event_subject(self) -> Subject:
        """The case whose update is asked for."""
        return self.use_case.event_subject()
