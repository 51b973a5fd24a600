"""Systems: facts entered once for every use case on them, with their history, links and marks."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Agency, Component, User
from audit.log import Subject
from registry import systems
from registry.models.use_case import Handling, UseCase


class System(models.Model):
    """A system as it is now. The columns are the facts of the revision that counts; `name` is the authorization's."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="systems")
    name = models.CharField(max_length=300)
    description = models.TextField(blank=True)
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="systems")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="systems")
    mailbox = models.EmailField(blank=True, help_text="where to ask while no person is named")
    ato = models.CharField(max_length=10, choices=list(systems.ATO.items()), blank=True)
    ato_granted_on = models.DateField(null=True, blank=True)
    ato_expires_on = models.DateField(null=True, blank=True)
    ato_office = models.CharField(max_length=200, blank=True)
    pta_reference = models.CharField(max_length=200, blank=True)
    pta_on = models.DateField(null=True, blank=True)
    pia_reference = models.CharField(max_length=500, blank=True)
    sorn_reference = models.CharField(max_length=200, blank=True)
    vendor_name = models.CharField(max_length=300, blank=True)
    contract_number = models.CharField(max_length=100, blank=True)
    option_on = models.DateField(null=True, blank=True)
    handling = models.CharField(max_length=12, choices=Handling.choices, default=Handling.INTERNAL)
    revision_number = models.PositiveIntegerField(default=0)
    effective_on = models.DateField(null=True, help_text="since when the facts in the columns are true")
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["component", "ato"])]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The system's page."""
        return f"/systems/{self.uuid}/"

    def event_subject(self) -> Subject:
        """How the audit log names this system: a restricted one not by its name, for logs are read more widely."""
        label = "a restricted system" if self.handling == Handling.RESTRICTED else self.name
        return Subject("system", str(self.uuid), label, timeline=str(self.uuid))

    def subject_on(self, use_case: UseCase) -> Subject:
        """The same, on a case's timeline."""
        own = self.event_subject()
        return Subject(own.type, own.id, own.label, timeline=use_case.use_case_id)

    def openly(self, text: str) -> str:
        """Words about the system as a case's timeline may keep them: none of a restricted one."""
        return "" if self.handling == Handling.RESTRICTED else text

    @property
    def facts(self) -> dict[str, str]:
        """The facts as a revision keeps them."""
        kept = {}
        for fact in systems.FACTS:
            value = getattr(self, fact.name)
            kept[fact.name] = "" if value is None else str(value)
        return kept


class SystemRevision(models.Model):
    """An immutable state of a system's facts, true from `effective_on`, known since `recorded_at` (two clocks)."""

    system = models.ForeignKey(System, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    facts = models.JSONField()
    why = models.CharField(max_length=500, blank=True)
    effective_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["system", "number"]
        constraints = [models.UniqueConstraint(fields=["system", "number"], name="system_revision_number_unique")]
        triggers = [pgtrigger.Protect(name="no_change", operation=pgtrigger.Update)]


class UseCaseSystem(models.Model):
    """A use case uses a system from a day, until a day. An ended link stays."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    use_case = models.ForeignKey(UseCase, on_delete=models.CASCADE, related_name="system_links")
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="links")
    started_on = models.DateField()
    why = models.CharField(max_length=500, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_on = models.DateField(null=True)
    ended_why = models.CharField(max_length=500, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["system__name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["use_case", "system"], condition=Q(ended_at=None), name="system_linked_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=models.F("started_on")), name="system_link_dates_in_order"
            ),
        ]


class KeptAnswer(models.Model):
    """Why a case's answer stays other than its system's record. It holds while neither of the two changes."""

    link = models.ForeignKey(UseCaseSystem, on_delete=models.CASCADE, related_name="kept")
    field = models.CharField(max_length=60)
    answer = models.JSONField(help_text="what the case answered then")
    says = models.TextField(help_text="what the record said then")
    because = models.CharField(max_length=500)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-recorded_at", "-id"]


class SystemMark(models.Model):
    """Something about a system that a case on it has to look at. Without a case: the same, for the system's owner."""

    class Cleared(models.TextChoices):
        CONFIRMED = "confirmed", "The answers still hold"
        AGREES = "agrees", "The answers were changed"
        OVERTAKEN = "overtaken", "The record has moved on"
        UNLINKED = "unlinked", "The case no longer uses the system"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    act = models.UUIDField(db_index=True, help_text="the act that raised it; one mail tells a person of all of it")
    use_case = models.ForeignKey(UseCase, on_delete=models.CASCADE, null=True, related_name="system_marks")
    system = models.ForeignKey(System, on_delete=models.CASCADE, related_name="marks")
    key = models.CharField(max_length=80, help_text="what raised it, so that the same is not raised twice")
    facts = models.JSONField(default=list, help_text="names of the facts it is about")
    what = models.TextField()
    raised_at = models.DateTimeField(default=timezone.now)
    cleared = models.CharField(max_length=12, choices=Cleared.choices, blank=True)
    cleared_at = models.DateTimeField(null=True)
    cleared_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["raised_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["use_case", "system", "key"], nulls_distinct=False, name="system_mark_once")
        ]
        indexes = [models.Index(fields=["use_case"], condition=Q(cleared_at=None), name="system_mark_open")]
