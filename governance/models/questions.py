"""Questions an office asks before it answers: the conversation of its lane."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from governance.models.reviews import Lane


class LaneQuestion(models.Model):
    """What an office asks the owner or the submitter before it answers; the lane's clock stands until the answer.

    Its own record and no comment: one question has one answer, and the answer makes the clock go on.
    """

    class Ended(models.TextChoices):
        ANSWERED = "answered", "Answered"
        WITHDRAWN = "withdrawn", "Withdrawn"
        CLOSED = "closed", "Closed with the round"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lane = models.ForeignKey(Lane, on_delete=models.PROTECT, related_name="questions")
    text = models.TextField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_of = models.ForeignKey(User, on_delete=models.PROTECT, related_name="lane_questions")
    asked_at = models.DateTimeField(default=timezone.now)
    answer = models.TextField(blank=True)
    ended_how = models.CharField(max_length=10, choices=Ended.choices, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    days_paused = models.PositiveIntegerField(default=0, help_text="days the due day moved by")

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["lane"], condition=Q(ended_at=None), name="lane_question_one_open"),
            models.CheckConstraint(
                condition=(Q(ended_at=None) & Q(ended_how="")) | (Q(ended_at__isnull=False) & ~Q(ended_how="")),
                name="lane_question_ended_somehow",
            ),
        ]
        indexes = [models.Index(fields=["asked_of", "ended_at"])]
        triggers = [
            pgtrigger.ReadOnly(
                name="lane_question_stands", fields=["uuid", "lane", "text", "asked_by", "asked_of", "asked_at"]
            )
        ]

    def __str__(self) -> str:
        return f"question on {self.lane}"
