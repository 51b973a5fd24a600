"""What lets a high-impact use run without a practice: waivers and requests for them, extensions, pilot certificates.

Dated and never changed but for their end; what is certified, looked at or reported is a row of its own.
"""

import uuid
from datetime import date

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from audit.log import Subject
from governance import exceptions as rules
from governance.models.material import MaterialChange
from registry.models import Practice, UseCase


class Ground(models.TextChoices):
    """M-25-21 section 4(a), summarised."""

    RISK = "A", "Fulfilling the practice would increase risks to safety or rights overall"
    IMPEDIMENT = "B", "It would be an unacceptable impediment to critical agency operations"


class WaiverTerms(models.Model):
    """What a waiver says, and what its request proposes."""

    Ground = Ground

    practice = models.CharField(max_length=30, choices=Practice.choices)
    ground = models.CharField(max_length=1, choices=Ground.choices)
    risk_assessment = models.TextField()
    consulted = models.JSONField(default=list, help_text="officials consulted: [{name, capacity}]")
    mitigations = models.TextField(blank=True, help_text="what limits the risk meanwhile")
    public_summary = models.TextField(blank=True, help_text="in plain words, for the public")
    expires_on = models.DateField(help_text="its last day, as it was certified last")

    class Meta:
        abstract = True

    @property
    def consulted_words(self) -> str:
        """The officials, a line each."""
        return "\n".join(f"{one['name']}, {one['capacity']}" for one in self.consulted)


class WaiverRequest(WaiverTerms):
    """The owner or lead asks that one practice of one case be waived; what is sent back is asked again by a new row."""

    class State(models.TextChoices):
        OPEN = "open", "Waits for the Chief AI Officer"
        GRANTED = "granted", "Granted"
        SENT_BACK = "sent_back", "Sent back"
        DECLINED = "declined", "Declined"
        TAKEN_BACK = "taken_back", "Taken back"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="waiver_requests")
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="later")
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    answer = models.TextField(blank=True, help_text="why it was sent back or declined")
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["requested_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["use_case", "practice"], condition=Q(state="open"), name="waiver_request_one_open"
            )
        ]
        triggers = [
            pgtrigger.FSM(
                name="waiver_request_moves", field="state",
                transitions=[
                    ("open", "granted"), ("open", "sent_back"), ("open", "declined"), ("open", "taken_back")
                ],
            )
        ]  # fmt: skip

    def get_absolute_url(self) -> str:
        """Its page."""
        return f"/waivers/requests/{self.uuid}/"

    @property
    def days(self) -> int:
        """Days since it was asked."""
        return (timezone.localdate() - timezone.localdate(self.requested_at)).days

    def event_subject(self) -> Subject:
        """How the audit log names this request."""
        label = str(self.get_practice_display())
        return Subject("waiver_request", str(self.uuid), label, timeline=self.use_case.use_case_id)


class Waiver(WaiverTerms):
    """A CAIO waiver of one practice of one case (M-25-21 section 4(a)); non-delegable, reported within 30 days."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="waivers")
    request = models.OneToOneField(WaiverRequest, on_delete=models.PROTECT, null=True, related_name="waiver")
    granted_on = models.DateField()
    revoked_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_because = models.TextField(blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["use_case", "practice", "-granted_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["use_case", "practice"], condition=Q(revoked_on=None), name="waiver_one_in_force"
            )
        ]

    def get_absolute_url(self) -> str:
        """Its page."""
        return f"/waivers/{self.uuid}/"

    @property
    def is_active(self) -> bool:
        """In force today."""
        today = timezone.localdate()
        return self.granted_on <= today <= self.expires_on and (self.revoked_on is None or today < self.revoked_on)

    @property
    def is_revoked(self) -> bool:
        """Ended before its day by the Chief AI Officer; one that ran out and was followed by another was not."""
        return self.revoked_on is not None and self.revoked_on <= self.expires_on

    @property
    def last_day(self) -> date:
        """The day it ends: its last, or that of its revocation."""
        return self.expires_on if self.revoked_on is None else min(self.expires_on, self.revoked_on)

    def report_due(self, about: str) -> date | None:
        """Until when OMB has the report of its grant or revocation; none of a revocation that never was."""
        since = self.granted_on if about == WaiverReport.About.GRANT else self.revoked_on
        if since is None or (about == WaiverReport.About.REVOCATION and not self.is_revoked):
            return None
        return rules.in_force(since).report_due(since)

    def event_subject(self) -> Subject:
        """How the audit log names this waiver."""
        return Subject("waiver", str(self.uuid), str(self.get_practice_display()), timeline=self.use_case.use_case_id)


class WaiverReport(models.Model):
    """The grant or revocation of a waiver was reported to OMB (M-25-21 section 4(a): within 30 days)."""

    class About(models.TextChoices):
        GRANT = "grant", "The grant"
        REVOCATION = "revocation", "The revocation"

    waiver = models.ForeignKey(Waiver, on_delete=models.PROTECT, related_name="reports")
    about = models.CharField(max_length=10, choices=About.choices)
    reported_on = models.DateField()
    reference = models.CharField(max_length=300, help_text="of the message or submission")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["waiver", "about"]
        constraints = [models.UniqueConstraint(fields=["waiver", "about"], name="waiver_report_once")]


class WaiverCertification(models.Model):
    """A waiver certified for another year; `before` is the last day it had until then."""

    waiver = models.ForeignKey(Waiver, on_delete=models.PROTECT, related_name="certifications")
    certified_on = models.DateField()
    before = models.DateField()
    until = models.DateField()
    reason = models.TextField(help_text="why it is still needed")
    certified_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["waiver", "certified_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("before")), name="waiver_certified_for_longer"),
            models.UniqueConstraint(fields=["waiver", "before"], name="waiver_certified_once"),
        ]


class WaiverLook(models.Model):
    """The Chief AI Officer looked at a waiver after a material change; `rules`: which changes were seen."""

    class Said(models.TextChoices):
        HOLDS = "holds", "It still holds"
        GRANTED = "granted", "Granted knowing of the change"

    waiver = models.ForeignKey(Waiver, on_delete=models.PROTECT, related_name="looks")
    change = models.ForeignKey(MaterialChange, on_delete=models.PROTECT, related_name="+")
    rules = models.JSONField(default=list)
    said = models.CharField(max_length=10, choices=Said.choices)
    reason = models.TextField(blank=True)
    looked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    looked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["waiver", "looked_at", "id"]


class Extension(models.Model):
    """More time for practices of a case, granted by OMB under an instrument that knows extensions."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="extensions")
    instrument = models.CharField(max_length=60, help_text="slug of the instrument it is granted under")
    granted_by = models.CharField(max_length=200, help_text="who granted it, e.g. OMB")
    granted_on = models.DateField()
    until = models.DateField(help_text="its last day")
    practices = ArrayField(models.CharField(max_length=30), default=list, blank=True, help_text="empty: all seven")
    source = models.CharField(max_length=500, help_text="the document that shows it, and where it is kept")
    note = models.TextField(blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, help_text="it was recorded by mistake")
    removed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    removed_because = models.TextField(blank=True)

    class Meta:
        ordering = ["until", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("granted_on")), name="extension_ends_after_it_begins"),
            models.UniqueConstraint(
                fields=["use_case", "instrument", "until"], condition=Q(removed_at=None), name="extension_once"
            ),
        ]

    def get_absolute_url(self) -> str:
        """Its page."""
        return f"/waivers/extensions/{self.uuid}/"

    @property
    def is_active(self) -> bool:
        """Whether it excuses anything today."""
        return self.removed_at is None and self.granted_on <= timezone.localdate() <= self.until

    def event_subject(self) -> Subject:
        """How the audit log names this extension."""
        label = f"to {self.until.day} {self.until:%B %Y}"
        return Subject("extension", str(self.uuid), label, timeline=self.use_case.use_case_id)


class PilotCertificate(models.Model):
    """The Chief AI Officer certifies a pilot of limited scale and duration (M-25-21, appendix section 4, summary)."""

    class Choice(models.TextChoices):
        OPT_IN = "opt_in", "People choose to take part"
        OPT_OUT = "opt_out", "People can choose not to take part"
        NEITHER = "neither", "People cannot choose"

    class Closed(models.TextChoices):
        DEPLOYED = "deployed", "It goes on as a deployed use and owes the practices"
        STOPPED = "stopped", "The pilot is over and the use has stopped"
        RENEWED = "renewed", "Certified anew"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="pilot_certificates")
    scale = models.TextField(help_text="where, how many people, how many decisions")
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="its last day")
    choice = models.CharField(max_length=10, choices=Choice.choices)
    notice = models.TextField(help_text="how people are told; why there is no choice, where there is none")
    applied = ArrayField(models.CharField(max_length=30), default=list, blank=True, help_text="practices applied")
    not_applied = models.TextField(blank=True, help_text="why the other practices are not practicable")
    certified_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    closed_on = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_how = models.CharField(max_length=10, choices=Closed.choices, blank=True)
    closed_because = models.TextField(blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["ends_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="pilot_ends_after_it_begins"),
            models.UniqueConstraint(fields=["use_case"], condition=Q(closed_on=None), name="pilot_one_open"),
        ]

    def get_absolute_url(self) -> str:
        """Its page."""
        return f"/waivers/pilots/{self.uuid}/"

    @property
    def days(self) -> int:
        """Days it has been running; until it was closed."""
        return max(0, ((self.closed_on or timezone.localdate()) - self.starts_on).days)

    @property
    def days_left(self) -> int:
        """Days to its last day; below 0 it is over."""
        return (self.ends_on - timezone.localdate()).days

    @property
    def is_over(self) -> bool:
        """Past its end, and nobody has said what follows."""
        return self.closed_on is None and self.days_left < 0

    @property
    def days_over(self) -> int:
        """Days past its end without a decision."""
        return max(0, -self.days_left) if self.closed_on is None else 0

    def event_subject(self) -> Subject:
        """How the audit log names this certificate."""
        label = f"to {self.ends_on.day} {self.ends_on:%B %Y}"
        return Subject("pilot", str(self.uuid), label, timeline=self.use_case.use_case_id)
