"""The AI Governance Board: meetings, agenda items and votes."""

import uuid

from django.db import models
from django.utils import timezone

from accounts.models import Agency, User
from audit.log import Subject
from governance.models.reviews import Review
from registry.models import UseCase


class Board(models.Model):
    """A governing body that votes; its quorum is data. Seats are Memberships."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="boards")
    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    quorum = models.PositiveIntegerField(help_text="seated members who must be present, recused ones left out")

    def __str__(self) -> str:
        return self.name


class Meeting(models.Model):
    """One sitting of a board."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="meetings")
    held_on = models.DateField()
    place = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-held_on", "-id"]

    def __str__(self) -> str:
        return f"{self.board.name}, {self.held_on:%-d %B %Y}"

    def get_absolute_url(self) -> str:
        """The meeting's page."""
        return f"/board/meetings/{self.uuid}/"

    def event_subject(self) -> Subject:
        """How the audit log names this meeting."""
        return Subject("meeting", str(self.uuid), str(self))


class AgendaItem(models.Model):
    """A referred case before the Board. Without a meeting it waits for the next one."""

    class Outcome(models.TextChoices):
        APPROVE = "approve", "Approve"
        APPROVE_WITH_CONDITIONS = "approve_with_conditions", "Approve with conditions"
        REJECT = "reject", "Reject"
        DEFER = "defer", "Defer"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, null=True, related_name="items")
    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="agenda_items")
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="agenda_items")
    question = models.TextField(help_text="what the Board is asked to decide")
    position = models.PositiveIntegerField(default=0)
    referred_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    referred_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=30, choices=Outcome.choices, blank=True)
    minutes = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["meeting", "position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["use_case"], condition=models.Q(closed_at=None), name="agenda_item_one_open"
            )
        ]

    def event_subject(self) -> Subject:
        """How the audit log names this item."""
        return Subject("agenda_item", str(self.uuid), self.question[:120], timeline=self.use_case.use_case_id)


class Vote(models.Model):
    """One member's vote; a changed vote replaces the row, both stand in the audit log."""

    class Choice(models.TextChoices):
        APPROVE = "approve", "Approve"
        APPROVE_WITH_CONDITIONS = "approve_with_conditions", "Approve with conditions"
        REJECT = "reject", "Reject"
        DEFER = "defer", "Defer"
        ABSTAIN = "abstain", "Abstain"
        RECUSE = "recuse", "Recuse myself"

    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="votes")
    member = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    choice = models.CharField(max_length=30, choices=Choice.choices)
    comment = models.TextField(blank=True, help_text="a condition asked for, or why")
    cast_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["item", "member"]
        constraints = [models.UniqueConstraint(fields=["item", "member"], name="vote_once")]
