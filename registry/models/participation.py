"""Taking part in another component's case, and what was said about cases that are alike."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Component, User
from audit.log import Subject
from registry.models.use_case import UseCase


class JoinRequest(models.Model):
    """A component asks to take part in a case instead of registering its own; the case's owner answers."""

    class State(models.TextChoices):
        OPEN = "open", "Waiting for an answer"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        TAKEN_BACK = "taken_back", "Taken back"
        CLOSED = "closed", "Closed: the case is no longer open to your component"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    use_case = models.ForeignKey(UseCase, on_delete=models.CASCADE, related_name="join_requests")
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="join_requests")
    part = models.TextField(help_text="what the component would use it for")
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["use_case", "component"], condition=Q(state="open"), name="join_request_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.component} asks to join {self.use_case}"

    def event_subject(self) -> Subject:
        """How the audit log names this request."""
        return Subject("join_request", str(self.uuid), str(self.component), timeline=self.use_case.use_case_id)


class SimilarAnswer(models.Model):
    """What somebody said of an existing case like their own when they registered it."""

    class Answer(models.TextChoices):
        NEW = "new", "Mine is another use case"
        REUSE = "reuse", "Mine reuses it for another purpose"

    use_case = models.ForeignKey(UseCase, on_delete=models.CASCADE, related_name="similar_answers")
    other = models.ForeignKey(UseCase, on_delete=models.CASCADE, related_name="named_similar")
    answer = models.CharField(max_length=6, choices=Answer.choices)
    why = models.CharField(max_length=1000)
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["use_case", "other"]
        constraints = [models.UniqueConstraint(fields=["use_case", "other"], name="similar_answer_once")]
