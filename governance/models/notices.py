"""Notices are dispatched from events: a row per event and person, never a cursor."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User
from audit.models import Event
from governance.models.jobs import Job


class How(models.TextChoices):
    """How a person wants to hear of a group of notices; each stands in the portal in any case."""

    AT_ONCE = "at_once", "A mail at once"
    DAILY = "daily", "One mail a day"
    HERE = "here", "No mail, only here"


class NoticeChoice(models.Model):
    """What a person chose for a group of notices; without a row it is a mail at once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notice_choices")
    group = models.CharField(max_length=20)
    how = models.CharField(max_length=10, choices=How.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "group"], name="notice_choice_once")]


class Digest(Job):
    """One person's mail of a day, about all they chose to hear of once a day."""

    recipient = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["recipient", "day"], name="digest_once_a_day")]
        indexes = [models.Index(fields=["state", "lease_until"])]


class NoticeDispatch(Job):
    """One notice of one event to one person or a team's `address`. Neither: nobody is told and it is done.

    `shown_at` puts it into the person's inbox; whether a mail follows is `how`. The subject names a case by its ID
    only. The job's state is that of the mail: one that failed keeps its error, is tried again, and stays visible.
    """

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="notices")
    recipient = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="notices")
    address = models.EmailField(blank=True)
    group = models.CharField(max_length=20, blank=True)
    how = models.CharField(max_length=10, choices=How.choices, default=How.AT_ONCE)
    subject = models.CharField(max_length=300, blank=True)
    path = models.CharField(max_length=300, blank=True, help_text="the page where one acts")
    shown_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    digest = models.ForeignKey(Digest, on_delete=models.PROTECT, null=True, related_name="notices")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["event", "recipient", "address"], nulls_distinct=False, name="notice_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "lease_until"]),
            models.Index(fields=["recipient", "-id"], condition=Q(shown_at__isnull=False), name="notice_inbox"),
            models.Index(fields=["recipient"], condition=Q(shown_at__isnull=False, read_at=None), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return self.subject or self.event.kind
