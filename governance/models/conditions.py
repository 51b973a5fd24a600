"""What an approval or a sign-off rests on, and whom its being overdue was taken to."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Component, User
from audit.log import Subject
from governance.models.reviews import Decision, Lane, signed
from registry.models import Evidence, Practice, UseCase


class Condition(models.Model):
    """Something an approval or a sign-off rests on."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        MET = "met", "Reported met"
        ACCEPTED = "accepted", "Accepted"

    class Blocks(models.TextChoices):
        NEXT_STAGE = "next_stage", "The next stage"
        PRACTICE = "practice", "A minimum practice"
        NOTHING = "nothing", "Nothing"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="conditions")
    lane = models.ForeignKey(Lane, on_delete=models.PROTECT, null=True, related_name="conditions")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, related_name="conditions")
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", help_text="null: the owner of the case"
    )
    consequence = models.TextField(blank=True, help_text="what happens when it is not met")
    blocks = models.CharField(max_length=12, choices=Blocks.choices, default=Blocks.NEXT_STAGE)
    practice = models.CharField(max_length=30, choices=Practice.choices, blank=True)
    set_at_stage = models.CharField(
        max_length=30, blank=True, help_text="the reported stage it was set at; what lies beyond is blocked"
    )
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)
    evidence = models.TextField(blank=True, help_text="what the evidence shows, in words")
    proof = models.ForeignKey(
        Evidence, on_delete=models.PROTECT, null=True, related_name="+", help_text="the file or link behind it"
    )
    met_at = models.DateTimeField(null=True)
    met_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    accepted_for = models.CharField(max_length=200, blank=True, help_text="for whom, when somebody stands in")
    not_accepted = models.TextField(blank=True, help_text="why it went back the last time")

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["state", "due_on"]), models.Index(fields=["owner", "state"])]
        constraints = [
            models.CheckConstraint(
                condition=(Q(blocks="practice") & ~Q(practice="")) | (~Q(blocks="practice") & Q(practice="")),
                name="condition_names_its_practice",
            )
        ]

    def __str__(self) -> str:
        return f"{self.text[:60]} ({self.use_case.use_case_id})"

    def get_absolute_url(self) -> str:
        """Its page."""
        return f"/reviews/conditions/{self.uuid}/"

    @property
    def answerable(self) -> User | None:
        """Who has to see to it: the person named, else the owner of the case."""
        return self.owner or self.use_case.owner

    @property
    def source(self) -> str:
        """Who set it, in words."""
        if self.lane:
            return f"the {self.lane.office.name}"
        return f"the decision of the {self.decision.decided_as}" if self.decision else "the decision"

    @property
    def judge(self) -> str:
        """Who says whether it is met."""
        return f"the {self.lane.office.name}" if self.lane else "the Chief AI Officer"

    @property
    def accepter(self) -> str:
        """Who accepted it, and for whom."""
        return signed(self.accepted_by, self.accepted_for)

    @property
    def days_over(self) -> int:
        """Days past its due date; 0 or less when it is not."""
        return (timezone.localdate() - self.due_on).days

    @property
    def is_overdue(self) -> bool:
        """Not reported met, and its day has passed."""
        return self.state == self.State.OPEN and self.days_over > 0

    @property
    def blocks_words(self) -> str:
        """What it blocks until it is accepted."""
        if self.blocks == self.Blocks.PRACTICE:
            return self.get_practice_display()
        return str(self.get_blocks_display())

    def event_subject(self) -> Subject:
        """How the audit log names this condition."""
        return Subject("condition", str(self.uuid), self.text[:120].rstrip("."), timeline=self.use_case.use_case_id)


class ConditionEscalation(models.Model):
    """An overdue condition was taken to somebody: once a level for each due day, whatever is killed in between."""

    class Level(models.TextChoices):
        LEAD = "lead", "The component lead"
        CAIO = "caio", "The Chief AI Officer"

    condition = models.ForeignKey(Condition, on_delete=models.PROTECT, related_name="escalations")
    level = models.CharField(max_length=10, choices=Level.choices)
    due_on = models.DateField(help_text="the due day it was over: a later one is told of anew")
    told_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["condition", "told_at"]
        constraints = [
            models.UniqueConstraint(fields=["condition", "level", "due_on"], name="condition_escalated_once")
        ]

    def __str__(self) -> str:
        return f"{self.condition_id} to {self.get_level_display()}"
