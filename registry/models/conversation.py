"""The conversation about a case: comments with an audience that is chosen once, answers one level deep."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from audit.log import Subject
from registry.models.use_case import UseCase


class Audience(models.TextChoices):
    """Who may read a thread. It is chosen when the thread begins and never widened."""

    SHARED = "shared", "Shared"
    INTERNAL = "internal", "Internal to the component"
    PRIVILEGED = "privileged", "Privileged: attorney-client"


class Comment(models.Model):
    """What somebody said about a case or one of its answers. A first comment and its answers are a thread.

    There is no editing: a comment is retracted, which leaves that it was there. What was said stays for the record.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    use_case = models.ForeignKey(UseCase, on_delete=models.CASCADE, related_name="comments")
    field = models.CharField(max_length=80, blank=True, help_text="the question it is about")
    audience = models.CharField(max_length=12, choices=Audience.choices)
    text = models.TextField()
    in_reply_to = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="replies")
    mentions = models.ManyToManyField(User, related_name="mentioned_in", blank=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    retracted_at = models.DateTimeField(null=True)
    retracted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["recorded_at", "id"]
        indexes = [models.Index(fields=["use_case", "field"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(in_reply_to=None) | Q(resolved_at=None), name="comment_threads_are_resolved"
            ),
            models.CheckConstraint(condition=~Q(in_reply_to=F("id")), name="comment_answers_another"),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="comment_stands",
                fields=["uuid", "use_case", "field", "audience", "text", "in_reply_to", "recorded_at", "recorded_by"],
            )
        ]

    def __str__(self) -> str:
        return f"comment on {self.use_case.use_case_id}"

    @property
    def is_resolved(self) -> bool:
        """Whether the thread it begins is settled."""
        return self.resolved_at is not None

    def get_absolute_url(self) -> str:
        """Its place on the case's conversation page, whether the thread is open or resolved."""
        return f"/use-cases/{self.use_case.use_case_id}/conversation/?show=all#c-{self.uuid}"

    def event_subject(self) -> Subject:
        """How the audit log names it: never by what it says."""
        label = {"shared": "a comment", "internal": "an internal comment", "privileged": "a privileged comment"}
        return Subject("comment", str(self.uuid), label[self.audience], timeline=self.use_case.use_case_id)
