"""A review round, its lanes, and what was decided."""

import uuid
from typing import Any

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Office, User
from audit.log import Subject
from governance import lifecycles, risk
from registry.models import Revision, UseCase


def signed(person: User | None, acting_for: str) -> str:
    """Whose signature it is: "X", or "X for Y" when X stood in."""
    return f"{person} for {acting_for}" if acting_for else str(person or "")


class Review(models.Model):
    """One round: from submitting to a decision or a return. Bound to the revision that was submitted."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="reviews")
    round = models.PositiveIntegerField()
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="reviews")
    routes_edition = models.CharField(max_length=100, blank=True, help_text="route file it was opened under")
    routes = models.JSONField(
        default=dict, help_text="the routes as they were then, and the offices not needed with why"
    )
    risk = models.PositiveSmallIntegerField(default=risk.REST, help_text="`governance.risk`: its place in queues")
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(default=timezone.now)
    statement = models.TextField(blank=True, help_text="the statement the submitter signed")
    endorsed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    endorsed_at = models.DateTimeField(null=True)
    endorsed_for = models.CharField(max_length=200, blank=True, help_text="for whom, when a delegate did")
    triaged_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    triaged_at = models.DateTimeField(null=True)
    triage = models.JSONField(default=dict, help_text="answers at triage: in scope, AI, complete, duplicate")
    ended_at = models.DateTimeField(null=True)
    ended_how = models.CharField(max_length=30, blank=True, help_text="returned, decided or withdrawn")
    wanted_stage = models.CharField(max_length=30, blank=True, help_text="the stage a request asks to go on to")
    continues = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", help_text="a reconsideration judges by its lanes"
    )

    class Meta:
        ordering = ["use_case", "-round"]
        constraints = [
            models.UniqueConstraint(fields=["use_case", "round"], name="review_round_unique"),
            models.UniqueConstraint(fields=["use_case"], condition=Q(ended_at=None), name="review_one_open"),
        ]

    def __str__(self) -> str:
        return f"{self.use_case.use_case_id}, round {self.round}"

    @property
    def stage(self) -> str:
        """The stage a decision would cover: the one a request asks for, else the one the revision reports.

        A later one is not covered.
        """
        return self.wanted_stage or str((self.revision.document.get("answers") or {}).get("development_stage") or "")

    @property
    def span(self) -> tuple[int, ...]:
        """The rounds whose lanes speak in this one: its own, and that which a reconsideration continues."""
        return (self.pk, self.continues_id) if self.continues_id else (self.pk,)

    @property
    def asked(self) -> Any:
        """The request for a later stage this round looks at."""
        return self.use_case.stage_requests.filter(state="open").select_related("rests_on", "requested_by").first()

    @property
    def endorser(self) -> str:
        """Who endorsed it, and for whom."""
        return signed(self.endorsed_by, self.endorsed_for)


class Lane(models.Model):
    """One office's part of a round. Never skipped, and silence never approves."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waits for an earlier office"
        OPEN = "open", "Open"
        ASKED = "asked", "Waits for an answer"
        SECOND = "second_reading", "With the second reader"
        SIGNED_OFF = "signed_off", "Signed off"
        SIGNED_OFF_WITH_CONDITIONS = "signed_off_with_conditions", "Signed off with conditions"
        RETURNED = "returned", "Sent back"
        OBJECTED = "objected", "Objected"
        NOT_APPLICABLE = "not_applicable", "Not applicable"
        ADVISED = "advised", "Advice given"
        CLOSED = "closed", "Closed with the round"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="lanes")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="lanes")
    status = models.CharField(max_length=30, choices=State.choices, default=State.OPEN)
    because = models.JSONField(default=list, help_text="sentences: why the lane was opened")
    rules = models.JSONField(default=list, help_text="ids of the routing rules that opened it")
    opening_answers = models.JSONField(default=dict, help_text="{field: answer} that opened it")
    is_advisory = models.BooleanField(default=False, help_text="advises: recorded, blocks nothing, sends nothing back")
    after = models.JSONField(default=list, help_text="codes of the offices it waited for when it was opened")
    due_days = models.PositiveSmallIntegerField(default=10, help_text="days it has once its clock runs")
    called_in_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now, help_text="since when its clock runs")
    due_on = models.DateField(help_text="while it waits for another office: the day it would be due at the soonest")
    paused_on = models.DateField(null=True, help_text="the clock stands since: a question is not answered")
    assigned_to = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="lanes")
    assigned_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_for = models.CharField(max_length=200, blank=True, help_text="for whom, when somebody stands in")
    conflict_statement = models.ForeignKey(
        "governance.ConflictStatement", on_delete=models.PROTECT, null=True, related_name="+"
    )
    reasons = models.JSONField(default=list, help_text="codes of the reasons given")
    message = models.TextField(blank=True)
    second_reader = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="second_readings")
    second_asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    second_read_at = models.DateTimeField(null=True, help_text="when the second reader agreed")
    second_for = models.CharField(max_length=200, blank=True, help_text="for whom, when somebody stands in")
    second_statement = models.ForeignKey(
        "governance.ConflictStatement", on_delete=models.PROTECT, null=True, related_name="+"
    )
    proposal = models.JSONField(default=dict, help_text="what the first reader would say, while the second reads it")
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    carried_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["review", "due_on", "id"]
        indexes = [
            models.Index(fields=["office", "status", "due_on"]),
            models.Index(fields=["assigned_to", "status"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["review", "office"], name="lane_once_per_office"),
            models.CheckConstraint(
                condition=Q(proposed_by=None) | ~Q(proposed_by=F("second_reader")), name="lane_second_reader_is_another"
            ),
            models.CheckConstraint(
                condition=~Q(is_advisory=True) | ~Q(status__in=lifecycles.BINDING), name="lane_advice_binds_nobody"
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="lane_moves", field="status", transitions=sorted(lifecycles.lane_pairs())),
            pgtrigger.Trigger(
                name="lane_at_birth",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__status__in=sorted(lifecycles.BORN)),
                func="RAISE EXCEPTION 'A lane is born open or waiting, not as %', NEW.status;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review.use_case.use_case_id} at {self.office.code}"

    @property
    def signer(self) -> str:
        """Who decided it, and for whom."""
        return signed(self.decided_by, self.decided_for)

    @property
    def second_signer(self) -> str:
        """Who read it second and agreed, and for whom."""
        return signed(self.second_reader, self.second_for)

    @property
    def proposer(self) -> str:
        """Who put a decision before the second reader, and for whom."""
        return signed(self.proposed_by, self.proposal.get("acting_for", ""))

    @property
    def is_pending(self) -> bool:
        """Whether the office still owes its answer."""
        return self.status in lifecycles.PENDING

    @property
    def is_second_read(self) -> bool:
        """Whether a second reader agreed to what the office said."""
        return self.second_read_at is not None

    def event_subject(self) -> Subject:
        """How the audit log names this lane."""
        return Subject("lane", str(self.uuid), self.office.name, timeline=self.review.use_case.use_case_id)


class Decision(models.Model):
    """What the Chief AI Officer, the deputy or the Board decided on one revision."""

    class Outcome(models.TextChoices):
        APPROVED = "approved", "Approved"
        APPROVED_WITH_CONDITIONS = "approved_with_conditions", "Approved with conditions"
        REJECTED = "rejected", "Rejected"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="decisions")
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="decisions")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(max_length=30, choices=Outcome.choices)
    reason = models.TextField()
    covers_stage = models.CharField(
        max_length=30, help_text="the stage the revision reported or a request asked for; a later one is not covered"
    )
    objections_answered = models.TextField(blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_for = models.CharField(max_length=200, blank=True, help_text="for whom, when a delegate did")
    decided_as = models.CharField(max_length=60, help_text="Chief AI Officer, Deputy, or AI Governance Board")
    meeting = models.ForeignKey("governance.Meeting", on_delete=models.PROTECT, null=True, related_name="decisions")
    determination = models.ForeignKey(
        "governance.Determination", on_delete=models.PROTECT, null=True, related_name="decisions",
        help_text="what was determined of the impact when it was decided",
    )  # fmt: skip
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["use_case", "-decided_at", "-id"]

    @property
    def decider(self) -> str:
        """Who decided, for whom, or in which capacity."""
        if self.decided_for:
            return signed(self.decided_by, self.decided_for)
        return f"{self.decided_by}, {self.decided_as}"
