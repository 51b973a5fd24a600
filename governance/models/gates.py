"""What a decided case passes on its way: a request to go on, being rejected, suspended, confirmed once a year."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from audit.log import Subject
from governance.models.reviews import Decision, Review, signed
from registry.models import Certification, Revision, UseCase


class StageRequest(models.Model):
    """A decided case asks to be piloted or deployed. Its rounds end in a decision that covers the wanted stage.

    One is open at a time. While it is, the decision it rests on stands as before.
    """

    class State(models.TextChoices):
        OPEN = "open", "Being looked at"
        GRANTED = "granted", "Granted"
        DECLINED = "declined", "Declined"
        TAKEN_BACK = "taken_back", "Taken back"
        OVER = "over", "Over: the case was withdrawn"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="stage_requests")
    rests_on = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+", help_text="stands meanwhile")
    stage = models.CharField(max_length=30, help_text="the stage it asks to go on to")
    reason = models.TextField()
    planned_on = models.DateField(help_text="when the stage is planned to begin")
    status_before = models.CharField(max_length=30, help_text="what a no, or taking it back, gives back")
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    closed_for = models.CharField(max_length=200, blank=True, help_text="for whom, when somebody stands in")
    closed_at = models.DateTimeField(null=True)
    closed_because = models.TextField(blank=True)

    class Meta:
        ordering = ["use_case", "-requested_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["use_case"], condition=Q(state="open"), name="stage_request_one_open")
        ]

    def __str__(self) -> str:
        return f"{self.use_case.use_case_id} to {self.stage_words}"

    @property
    def stage_words(self) -> str:
        """What it asks for, as a verb."""
        return {"pilot": "be piloted", "deployed": "be deployed"}.get(self.stage, self.stage)

    @property
    def closer(self) -> str:
        """Who answered it, and for whom."""
        return signed(self.closed_by, self.closed_for)


class Reconsideration(models.Model):
    """A rejected case put forward once more: once for a decision, and to another than who rejected it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="reconsiderations")
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="reconsideration")
    review = models.OneToOneField(Review, on_delete=models.PROTECT, related_name="reconsideration")
    reason = models.TextField(help_text="why the rejection should be looked at again")
    what_is_new = models.TextField(help_text="what was not known when it was rejected")
    goes_to = models.CharField(max_length=60)
    goes_because = models.TextField(help_text="why it goes there")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["use_case", "-asked_at"]


class Suspension(models.Model):
    """A use that was stopped: why, since when, and what has to be mended before it resumes."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="suspensions")
    reason = models.TextField()
    to_mend = models.TextField(blank=True, help_text="blank: what the reason names")
    suspended_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    suspended_for = models.CharField(max_length=200, blank=True, help_text="for whom, when somebody stands in")
    suspended_at = models.DateTimeField(default=timezone.now)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_for = models.CharField(max_length=200, blank=True, help_text="for whom, when somebody stands in")
    ended_at = models.DateTimeField(null=True)
    ended_how = models.CharField(max_length=30, blank=True, help_text="the status it led to")
    mended = models.TextField(blank=True, help_text="how what stopped it was mended")

    class Meta:
        ordering = ["use_case", "-suspended_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["use_case"], condition=Q(ended_at=None), name="suspension_one_open")
        ]

    @property
    def suspender(self) -> str:
        """Who stopped it, and for whom."""
        return signed(self.suspended_by, self.suspended_for)

    @property
    def ender(self) -> str:
        """Who let it resume or ended it otherwise, and for whom."""
        return signed(self.ended_by, self.ended_for)


class Recertification(models.Model):
    """An approved case confirmed for another year, against the filed revision: by who owns it, then by its component.

    Confirming and certifying the yearly data call counts as both (`how`): one way, not two.
    """

    class State(models.TextChoices):
        CONFIRMED = "confirmed", "Confirmed, waits for the component lead"
        CERTIFIED = "certified", "Certified"
        REPLACED = "replaced", "Replaced: the answers were filed anew"

    class How(models.TextChoices):
        HERE = "here", "On the case's page"
        CALL = "call", "In the yearly data call"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="recertifications")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+", help_text="filed, confirmed")
    due_on = models.DateField(help_text="the day it was due, which this answers")
    state = models.CharField(max_length=12, choices=State.choices, default=State.CONFIRMED)
    how = models.CharField(max_length=10, choices=How.choices, default=How.HERE)
    certification = models.ForeignKey(
        Certification, on_delete=models.PROTECT, null=True, related_name="+", help_text="of the data call"
    )
    note = models.TextField(blank=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(default=timezone.now)
    certified_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    certified_for = models.CharField(max_length=200, blank=True, help_text="for whom, when somebody stands in")
    certified_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["use_case", "-confirmed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["use_case"], condition=Q(state="confirmed"), name="recertification_one_waiting"
            ),
            models.UniqueConstraint(
                fields=["use_case", "certification"], condition=Q(how="call"), name="recertification_once_a_call"
            ),
            models.CheckConstraint(
                condition=~Q(state="certified") | Q(certified_by__isnull=False, certified_at__isnull=False),
                name="recertification_is_signed",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="recertification_moves",
                field="state",
                transitions=[("confirmed", "certified"), ("confirmed", "replaced")],
            )
        ]

    @property
    def certifier(self) -> str:
        """Who certified it for the component, and for whom."""
        return signed(self.certified_by, self.certified_for)


class Wave(models.Model):
    """Recorded cases asked for review together, by a day. Nobody is forced through: sending stays the owner's act."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.PositiveIntegerField(unique=True)
    name = models.CharField(max_length=100)
    chosen = models.JSONField(default=dict, help_text="the filter its cases were chosen by: {tier, component}")
    note = models.TextField(blank=True, help_text="what who owns a case is told with it")
    due_on = models.DateField(help_text="cases are sent by")
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"Wave {self.number}: {self.name}"

    @property
    def days_over(self) -> int:
        """Days past its day; 0 or less when it is not."""
        return (timezone.localdate() - self.due_on).days

    def get_absolute_url(self) -> str:
        """How it goes."""
        return f"/reviews/waves/{self.number}/"

    def event_subject(self) -> Subject:
        """How the audit log names it."""
        return Subject("wave", str(self.uuid), str(self), timeline=f"wave-{self.number}")


class WaveCase(models.Model):
    """A case in a wave; it leaves by being excused or moved to another one, and is in one wave at a time."""

    class Left(models.TextChoices):
        EXCUSED = "excused", "Excused"
        MOVED = "moved", "Moved to another wave"

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="members")
    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="waves")
    left_how = models.CharField(max_length=10, choices=Left.choices, blank=True)
    left_because = models.TextField(blank=True)
    left_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    left_at = models.DateTimeField(null=True)
    moved_to = models.ForeignKey(Wave, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["wave", "use_case__use_case_id"]
        constraints = [
            models.UniqueConstraint(fields=["use_case"], condition=Q(left_how=""), name="wave_case_in_one"),
        ]
