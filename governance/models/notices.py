"""Notices are dispatched from events: a row per event and person, never a cursor."""

from django.db import models

from accounts.models import User
from audit.models import Event
from governance.models.jobs import Job


class NoticeDispatch(Job):
    """One mail about one event to one person or a team's `address`. Neither: the event needs no mail and is done."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="notices")
    recipient = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    address = models.EmailField(blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["event", "recipient", "address"], nulls_distinct=False, name="notice_once")
        ]
        indexes = [models.Index(fields=["state", "lease_until"])]
