"""The yearly inventory: a cycle, each component's part in it, what was confirmed, and workbooks that travel by mail."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Agency, Component, User
from audit.log import Subject
from registry import cycle_lifecycles as lifecycles
from registry.models.use_case import UseCase


class Cycle(models.Model):
    """One reporting year: opened with dates, closed, frozen. `before_on` is the day it is compared with."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        CLOSED = "closed", "Call closed"
        FROZEN = "frozen", "Frozen"

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveIntegerField(help_text="reporting year")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    layout = models.CharField(max_length=60, help_text="the column table it is reported in")
    before_on = models.DateField(help_text="the inventory of the year before, as it counted on this day")
    due_on = models.DateField(help_text="components answer by")
    certify_on = models.DateField(help_text="components certify by")
    submit_on = models.DateField(help_text="the whole inventory leaves by")
    note = models.TextField(blank=True, help_text="stands in the call's mail and on its pages")
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    change_counts = models.JSONField(default=dict, help_text="changes against the year before, by kind")
    changes_counted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "year"], name="cycle_once_a_year"),
            models.CheckConstraint(
                condition=Q(certify_on__gte=models.F("due_on"), submit_on__gte=models.F("certify_on")),
                name="cycle_dates_in_order",
            ),
        ]
        triggers = [pgtrigger.FSM(name="cycle_moves", field="status", transitions=sorted(lifecycles.pairs("cycle")))]

    def __str__(self) -> str:
        return f"the inventory of {self.year}"

    @property
    def is_frozen(self) -> bool:
        """Whether it left the portal: what is corrected now is an amendment."""
        return self.status == lifecycles.FROZEN

    def get_absolute_url(self) -> str:
        """The cycle's overview."""
        return f"/inventory/cycles/{self.year}/"

    def event_subject(self) -> Subject:
        """How the audit log names this cycle."""
        return Subject("cycle", str(self.year), str(self), timeline=f"cycle-{self.year}")


class ComponentCall(models.Model):
    """One component's part of a cycle, and until when it answers."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="calls")
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="calls")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    due_on = models.DateField()
    extension_reason = models.TextField(blank=True, help_text="why it is later than the cycle's own date")
    reminded_on = models.DateField(null=True)

    class Meta:
        ordering = ["component__code"]
        constraints = [models.UniqueConstraint(fields=["cycle", "component"], name="call_once")]
        triggers = [pgtrigger.FSM(name="call_moves", field="status", transitions=sorted(lifecycles.pairs("call")))]

    def __str__(self) -> str:
        return f"{self.component.code} in the inventory of {self.cycle.year}"

    @property
    def is_answerable(self) -> bool:
        """Whether answers are still taken."""
        return self.status == lifecycles.OPEN and self.cycle.status == lifecycles.OPEN

    def get_absolute_url(self) -> str:
        """The component's own page of the cycle."""
        return f"{self.cycle.get_absolute_url()}{self.component.code}/"

    def event_subject(self) -> Subject:
        """How the audit log names this part."""
        return Subject("call", str(self.uuid), str(self), timeline=f"cycle-{self.cycle.year}")


class StillTrue(models.Model):
    """What somebody said of each answer of a case for a cycle: still true, or changed; on which revision, and when.

    A row an act; the newest is `is_current`. `confirmed_by` entered it, `on_behalf_of` said it where that is another.
    """

    class How(models.TextChoices):
        PAGE = "page", "On the case's page"
        ALL = "all", "All at once, on the case's page"
        WORKBOOK = "workbook", "In a workbook"

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="confirmations")
    use_case = models.ForeignKey(UseCase, on_delete=models.CASCADE, related_name="confirmations")
    revision_number = models.PositiveIntegerField(help_text="the revision that holds what was confirmed")
    fields = models.JSONField(help_text="{field: still_true | changed}")
    how = models.CharField(max_length=10, choices=How.choices)
    is_current = models.BooleanField(default=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-confirmed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "use_case"], condition=Q(is_current=True), name="still_true_one_current"
            )
        ]

    @property
    def who(self) -> str:
        """Who said it, and who entered it where that is another person."""
        return f"{self.on_behalf_of}, entered by {self.confirmed_by}" if self.on_behalf_of else str(self.confirmed_by)


class CallWorkbook(models.Model):
    """A workbook that was handed out: which cases, at which revisions, and what it kept back from its reader."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    call = models.ForeignKey(ComponentCall, on_delete=models.PROTECT, related_name="workbooks")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", help_text="whose cases")
    cases = models.JSONField(help_text="{Use Case ID: {revision, hidden}}")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        whose = f"the cases of {self.owner}" if self.owner else self.call.component.code
        return f"workbook of {self.call.cycle.year}, {whose}"

    def event_subject(self) -> Subject:
        """How the audit log names this workbook."""
        return Subject("call_workbook", str(self.uuid), str(self), timeline=f"cycle-{self.call.cycle.year}")


class WorkbookReturn(models.Model):
    """A workbook that came back: read, looked at, then taken over as a whole or put aside."""

    class State(models.TextChoices):
        READ = "read", "Waiting to be taken over"
        TAKEN = "taken", "Taken over"
        DISCARDED = "discarded", "Put aside"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    workbook = models.ForeignKey(CallWorkbook, on_delete=models.PROTECT, related_name="returns")
    file_name = models.CharField(max_length=255)
    content = models.BinaryField(help_text="the file as it came back")
    sha256 = models.CharField(max_length=64)
    plan = models.JSONField(help_text="what its cells say: edits by case, cells not taken, notices")
    result = models.JSONField(default=dict, help_text="what became of it")
    state = models.CharField(max_length=10, choices=State.choices, default=State.READ)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-entered_at"]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        """What it would change, and afterwards what it did."""
        return f"/inventory/returns/{self.uuid}/"

    def event_subject(self) -> Subject:
        """How the audit log names this file."""
        return Subject("call_workbook", str(self.uuid), self.file_name,
                       timeline=f"cycle-{self.workbook.call.cycle.year}")  # fmt: skip


class Certification(models.Model):
    """A component's part declared complete and correct, against exactly the filed revisions its signer saw."""

    class Status(models.TextChoices):
        SIGNED = "signed", "Waiting for the countersignature"
        CERTIFIED = "certified", "Certified"
        WITHDRAWN = "withdrawn", "Withdrawn"
        REPLACED = "replaced", "Replaced by a newer one"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    call = models.ForeignKey(ComponentCall, on_delete=models.PROTECT, related_name="certifications")
    status = models.CharField(max_length=10, choices=Status.choices)
    revisions = models.JSONField(help_text="{Use Case ID: filed revision}")
    checksum = models.BigIntegerField(help_text="over cases and filed revisions, to see a later change at once")
    gaps = models.JSONField(default=list, help_text="what was not complete when it was signed")
    statement = models.TextField()
    why = models.TextField(blank=True, help_text="why it was signed in spite of the gaps")
    because = models.CharField(max_length=200, blank=True, help_text="why a second person has to sign")
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    signed_for = models.CharField(max_length=200, blank=True, help_text="for whom, when a delegate did")
    signed_at = models.DateTimeField(default=timezone.now)
    countersigned_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    countersigned_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_because = models.TextField(blank=True)
    outdated_told_at = models.DateTimeField(null=True, help_text="when people were told that it is out of date")

    class Meta:
        ordering = ["-signed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["call"], condition=Q(status__in=lifecycles.STANDING), name="certification_one_standing"
            )
        ]
        triggers = [
            pgtrigger.FSM(
                name="certification_moves", field="status", transitions=sorted(lifecycles.pairs("certification"))
            )
        ]

    def __str__(self) -> str:
        return f"certification of {self.call}"

    @property
    def signer(self) -> str:
        """Who signed it, and for whom."""
        return f"{self.signed_by} for {self.signed_for}" if self.signed_for else str(self.signed_by)

    def event_subject(self) -> Subject:
        """How the audit log names this certification."""
        return Subject("certification", str(self.uuid), str(self.call), timeline=f"cycle-{self.call.cycle.year}")
