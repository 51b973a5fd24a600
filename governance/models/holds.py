"""Prohibited uses: the hold an answer opens, what each office says of it, and the order to stop a use."""

import uuid
from datetime import date

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Office, User
from audit.log import Subject
from governance.models.reviews import signed
from registry.models import Revision, UseCase

NEUTRAL = "a prohibited use"  # the log and mails never say which: the question may be a restricted one
ANSWERS = [
    ("yes", "Yes"), ("unknown", "Not known yet"), ("no", "No"), ("", "No answer"), ("withheld", "Withheld"),
    ("flagged", "Not understood"),
]  # fmt: skip


class Hold(models.Model):
    """One question of DHS Directive 139-08 that the offices have to settle before anything is approved.

    A case has one at most that counts for a prohibition (`is_live`): open, settled until the answer changes, or
    standing as applied. What is settled anew gets a row of its own, which `follows` the one before.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        LIFTED = "lifted", "Lifted: does not apply"
        APPLIES = "applies", "The prohibition applies"
        OVER = "over", "Over: the case is retired or withdrawn"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="holds")
    prohibition = models.CharField(max_length=40, help_text="the question: its field")
    answer = models.CharField(max_length=10, choices=ANSWERS, blank=True, help_text="as filed in `revision`")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+", help_text="filed, that says so")
    looked_number = models.PositiveIntegerField(help_text="the filed revision it was last compared with")
    edition = models.CharField(max_length=20, help_text="of the list of prohibitions")
    offices = ArrayField(models.CharField(max_length=30), help_text="codes of those who determine, as they were then")
    report_within_days = models.PositiveSmallIntegerField(default=3, help_text="frozen with it, for an order to stop")
    opened_at = models.DateTimeField(default=timezone.now)
    due_on = models.DateField(help_text="until when the offices speak")
    told_on = models.DateField(null=True, help_text="when offices were last reminded")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    closed_at = models.DateTimeField(null=True)
    is_live = models.BooleanField(default=True, help_text="what counts now for its case and prohibition")
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="later")
    reopened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reopened_as = models.CharField(max_length=60, blank=True, help_text="Chief AI Officer, or the Board")
    reopened_because = models.TextField(blank=True)
    # The Chief AI Officer's question to the Board about it, and what the Board said.
    question = models.TextField(blank=True)
    referred_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    referred_at = models.DateTimeField(null=True)
    minutes = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["opened_at", "id"]
        indexes = [models.Index(fields=["state", "opened_at"]), models.Index(fields=["use_case", "is_live"])]
        constraints = [
            models.UniqueConstraint(
                fields=["use_case", "prohibition"], condition=Q(is_live=True), name="hold_one_live"
            ),
            models.CheckConstraint(condition=~Q(state="open") | Q(is_live=True), name="hold_open_is_live"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None) | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="hold_closed_on_a_day",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="hold_moves", field="state",
                transitions=[("open", "applies"), ("open", "lifted"), ("open", "over")],
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.use_case.use_case_id}: {self.prohibition}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return f"/holds/{self.uuid}/"

    @property
    def is_open(self) -> bool:
        """Whether offices still have to speak."""
        return self.state == self.State.OPEN

    @property
    def days(self) -> int:
        """Days it has been open, or was."""
        return (timezone.localdate(self.closed_at) - timezone.localdate(self.opened_at)).days

    @property
    def days_over(self) -> int:
        """Days past the day by which the offices were to speak; 0 when it has not come, or all is said."""
        return max(0, (timezone.localdate() - self.due_on).days) if self.is_open else 0

    @property
    def is_before_board(self) -> bool:
        """Whether the Board was asked and has not answered."""
        return self.referred_at is not None and self.answered_at is None

    def event_subject(self) -> Subject:
        """How the audit log names it: not by its question."""
        return Subject("hold", str(self.uuid), NEUTRAL, timeline=self.use_case.use_case_id)


class HoldWord(models.Model):
    """What an office says of a hold, with its reasons. A corrected one stays, marked as replaced."""

    class Says(models.TextChoices):
        DOES_NOT_APPLY = "does_not_apply", "Does not apply"
        APPLIES = "applies", "Applies"

    class Gone(models.TextChoices):
        CORRECTED = "corrected", "Corrected by the office"
        ANSWER = "answer", "The answer changed since"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="words")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    says = models.CharField(max_length=20, choices=Says.choices)
    reasons = models.TextField()
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    acting_for = models.CharField(max_length=200, blank=True, help_text="for whom, when somebody stands in")
    said_at = models.DateTimeField(default=timezone.now)
    replaced_at = models.DateTimeField(null=True)
    replaced_how = models.CharField(max_length=10, choices=Gone.choices, blank=True)

    class Meta:
        ordering = ["hold", "said_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["hold", "office"], condition=Q(replaced_at=None), name="hold_word_once_an_office"
            ),
            models.UniqueConstraint(
                fields=["hold", "person"], condition=Q(replaced_at=None), name="hold_word_once_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office.code}: {self.get_says_display()}"

    @property
    def signer(self) -> str:
        """Who said it, and for whom."""
        return signed(self.person, self.acting_for)


class StopOrder(models.Model):
    """An order to stop a use. Until somebody else has confirmed that it is stopped, the use counts as running."""

    class State(models.TextChoices):
        ORDERED = "ordered", "Ordered"
        REPORTED = "reported", "Reported stopped"
        CONFIRMED = "confirmed", "Confirmed stopped"
        LIFTED = "lifted", "Lifted"

    class Because(models.TextChoices):
        PROHIBITED = "prohibited", "A prohibition of Directive 139-08 applies"
        NOT_COMPLIANT = "not_compliant", "It does not comply and no waiver covers it"

    class How(models.TextChoices):
        ATO = "ato", "The authorization to operate was withdrawn"
        NETWORK = "network", "Access or network connection was cut"
        CONTRACT = "contract", "The contract or license was ended"
        OTHER = "other", "In another way"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="stop_orders")
    because = models.CharField(max_length=20, choices=Because.choices)
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, null=True, related_name="stop_orders")
    reason = models.TextField(blank=True)
    practices = ArrayField(
        models.CharField(max_length=30), default=list, blank=True, help_text="not met when it was ordered"
    )
    ordered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ordered_for = models.CharField(max_length=200, blank=True, help_text="for whom, when somebody stands in")
    ordered_as = models.CharField(max_length=200, help_text="the office or the capacity")
    ordered_at = models.DateTimeField(default=timezone.now)
    effective_on = models.DateField()
    report_by = models.DateField(help_text="until when the owner reports that it is stopped")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ORDERED)
    how = models.CharField(max_length=10, choices=How.choices, blank=True)
    stopped_on = models.DateField(null=True)
    evidence = models.TextField(blank=True, help_text="what shows it, and where it is kept")
    reported_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reported_at = models.DateTimeField(null=True)
    not_confirmed = models.TextField(blank=True, help_text="why it went back the last time")
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_for = models.CharField(max_length=200, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_because = models.TextField(blank=True)
    told_on = models.DateField(null=True, help_text="when it was last told of as overdue")

    class Meta:
        ordering = ["report_by", "id"]
        indexes = [models.Index(fields=["state", "report_by"])]
        constraints = [
            models.UniqueConstraint(fields=["use_case"], condition=~Q(state="lifted"), name="stop_order_one_stands"),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=models.F("reported_by")),
                name="stop_confirmed_by_another",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="stop_order_moves", field="state",
                transitions=[
                    ("ordered", "reported"), ("reported", "ordered"), ("reported", "confirmed"),
                    ("ordered", "lifted"), ("reported", "lifted"), ("confirmed", "lifted"),
                ],
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.use_case.use_case_id}: order of {self.ordered_at:%-d %B %Y}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return f"/holds/orders/{self.uuid}/"

    @property
    def orderer(self) -> str:
        """Who ordered it, for whom."""
        return signed(self.ordered_by, self.ordered_for)

    @property
    def confirmer(self) -> str:
        """Who confirmed it, for whom."""
        return signed(self.confirmed_by, self.confirmed_for)

    @property
    def counts_as_running(self) -> bool:
        """Not before somebody has confirmed it is a use taken as stopped."""
        return self.state in (self.State.ORDERED, self.State.REPORTED)

    @property
    def due_on(self) -> date:
        """Until when it is reported stopped; once it is, who confirms it has as many days from then."""
        if self.state == self.State.ORDERED or self.reported_at is None:
            return self.report_by
        return timezone.localdate(self.reported_at) + (self.report_by - self.effective_on)

    @property
    def days_over(self) -> int:
        """Days past the day something is waited for; 0 or less when it is not."""
        return (timezone.localdate() - self.due_on).days

    @property
    def is_overdue(self) -> bool:
        """Not reported or not confirmed, and its day has passed."""
        return self.counts_as_running and self.days_over > 0

    def event_subject(self) -> Subject:
        """How the audit log names it."""
        return Subject("stop_order", str(self.uuid), "an order to stop", timeline=self.use_case.use_case_id)
