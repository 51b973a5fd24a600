"""Scheduled checks: runs, what each found, and the findings people work on."""

import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils import timezone

from accounts.models import Office, User
from audit.log import Subject
from governance.models.jobs import Job
from registry.models import Evidence, Provision, UseCase


class CheckRun(Job):
    """One sweep of the checks for a day. Only a run not older than the last reconciled one changes findings.

    Its work lies in chunks that any worker takes; its lease says only that somebody was at work lately.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    as_of = models.DateField()
    known_at = models.DateTimeField(null=True, help_text="ignore what was recorded later")
    component_code = models.CharField(max_length=20, blank=True, help_text="blank: the whole registry")
    use_case = models.ForeignKey(
        UseCase, on_delete=models.CASCADE, null=True, related_name="check_runs", help_text="the only case it looks at"
    )
    is_incremental = models.BooleanField(default=False, help_text="only what changed or fell due")
    is_afresh = models.BooleanField(default=False, help_text="every case judged again, whatever it reads")
    changes_findings = models.BooleanField(default=False, help_text="settled when it is planned; else a reproduction")
    is_baseline = models.BooleanField(default=False, help_text="the first one over the registry that changes findings")
    is_reconciled = models.BooleanField(default=False, help_text="done, and it changed findings")
    basis = models.JSONField(
        default=dict, help_text="{editions: [{edition, sha256, advisory}], form, cycles}: what it was judged under"
    )
    counts = models.JSONField(default=dict)
    standing = models.JSONField(
        default=dict, help_text="{component: {open or restricted: {figure: n}}} of a whole run, for the trend"
    )
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-started_at"]
        indexes = [
            models.Index(fields=["as_of", "state"]),
            models.Index(fields=["state", "lease_until"]),
            models.Index(fields=["is_reconciled", "-finished_at"]),
        ]

    def event_subject(self) -> Subject:
        """How the audit log names this run."""
        return Subject("check_run", str(self.uuid), f"as of {self.as_of:%-d %B %Y}")

    @property
    def is_sweep(self) -> bool:
        """Whether it may keep judgements that stand: it goes over many cases because it is time to."""
        return self.use_case_id is None and not (self.is_incremental or self.is_afresh)

    @property
    def is_whole(self) -> bool:
        """Whether it looks at the whole registry."""
        return not self.component_code and self.use_case_id is None and not self.is_incremental


class CheckChunk(Job):
    """Some cases of a run, judged by one worker and settled in one transaction."""

    run = models.ForeignKey(CheckRun, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    cases = ArrayField(models.BigIntegerField(), help_text="primary keys of use cases")
    counts = models.JSONField(default=dict)

    class Meta:
        ordering = ["run", "number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="check_chunk_once")]


class CheckResult(models.Model):
    """What the checks say of one case, from the run that first found it so until a later one finds otherwise.

    A reproduction of a past day keeps its results apart. `compliance.results` reads both.
    """

    run = models.ForeignKey(CheckRun, on_delete=models.CASCADE, related_name="results")
    use_case = models.ForeignKey(UseCase, on_delete=models.CASCADE, related_name="check_results")
    problems = models.JSONField(
        help_text="[{ref, edition, check, key, severity, message, remedy, field, due_on, practice, advisory, waived}]"
    )
    levels = models.JSONField(default=dict, help_text="{practice: level} of the case that day")
    not_evaluated = models.JSONField(default=list, help_text="[{ref, edition, check, error}]: a check that raised")
    digest = models.CharField(
        max_length=32, default="", help_text="over all of the above: whether anything is different"
    )
    facts = models.CharField(
        max_length=32,
        default="",
        help_text="over all it rests on: while that is the same, it is kept; empty: it is not",
    )
    problem_count = models.PositiveIntegerField(default=0, help_text="problems no exception covers")
    waived_count = models.PositiveIntegerField(default=0)
    finding_count = models.PositiveIntegerField(default=0, help_text="findings that follow from it")
    place = ArrayField(
        models.CharField(max_length=40), null=True, help_text="[component, open or restricted, standing] for the trend"
    )
    is_judged = models.BooleanField(default=True, help_text="False: the case is not in the inventory")
    is_reproduction = models.BooleanField(default=False)
    due_on = models.DateField(null=True, help_text="the next day on which it may come out differently by itself")
    judged_at = models.DateTimeField(default=timezone.now, help_text="when its facts began to be read")
    recorded_at = models.DateTimeField(default=timezone.now)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "use_case"], name="check_result_once"),
            models.UniqueConstraint(
                fields=["use_case"],
                condition=models.Q(replaced_at=None, is_reproduction=False),
                name="check_result_standing",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"],
                condition=models.Q(replaced_at=None, is_reproduction=False, due_on__isnull=False),
                name="check_result_due",
            ),
            models.Index(fields=["run"], condition=~models.Q(not_evaluated=[]), name="check_result_raised"),
        ]


class CheckMark(models.Model):
    """A case is to be looked at: something about it changed. Taken away by the chunk that has looked.

    Only ever added, so that no act waits for a run. Acts add them by `check_soon`; what the registry files, imports,
    undoes or moves adds them by triggers of the database (migration 0017), which nobody can forget to call.
    """

    use_case = models.ForeignKey(UseCase, on_delete=models.CASCADE, related_name="+")


class NameKey(models.Model):
    """What a case's name and justification are compared by, so that its namesakes are found by an index.

    As of the last look; empty where there is none. `is_seen` False: nobody's namesake (restricted).
    """

    use_case = models.OneToOneField(UseCase, on_delete=models.CASCADE, primary_key=True, related_name="+")
    name = models.CharField(max_length=32, blank=True, help_text="a hash")
    text = models.CharField(max_length=32, blank=True, help_text="a hash")
    is_seen = models.BooleanField(default=True)

    class Meta:
        indexes = [
            models.Index(fields=["name"], condition=~models.Q(name=""), name="name_key_name"),
            models.Index(fields=["text"], condition=~models.Q(text=""), name="name_key_text"),
        ]


class Finding(models.Model):
    """A problem that stands until a later run no longer finds it."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        WAIVED = "waived", "Covered by a waiver"
        ACCEPTED = "accepted", "Risk accepted"
        RESOLVED = "resolved", "Resolved"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    use_case = models.ForeignKey(UseCase, on_delete=models.CASCADE, related_name="findings")
    provision = models.ForeignKey(Provision, on_delete=models.PROTECT, related_name="findings")
    check_name = models.CharField(max_length=80)
    key = models.CharField(max_length=200, blank=True, help_text="tells two problems of one check in one case apart")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    severity = models.CharField(max_length=10)
    is_advisory = models.BooleanField(default=False)
    message = models.TextField()
    remedy = models.TextField()
    field = models.CharField(max_length=60, blank=True, help_text="the answer it is about")
    due_on = models.DateField(null=True)
    opened_on = models.DateField(help_text="as-of date of the run that opened it")
    opened_by_run = models.ForeignKey(CheckRun, on_delete=models.PROTECT, related_name="+")
    last_run = models.ForeignKey(
        CheckRun, on_delete=models.PROTECT, related_name="+", help_text="the one that last changed it"
    )
    resolved_on = models.DateField(null=True)
    is_baseline = models.BooleanField(default=False, help_text="opened by the first run over the registry")
    has_regressed = models.BooleanField(default=False)
    # Whose it is: the person, else the office, else who `falls_to` names (design: an owner who changes takes it along).
    falls_to = models.CharField(max_length=20, default="owner", help_text="by its provision: a role, or an office")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, related_name="findings")
    assigned_to = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="findings")
    assigned_at = models.DateTimeField(null=True, help_text="a person said whose it is, so the engine leaves that be")
    attended_at = models.DateTimeField(null=True, help_text="the last comment, evidence, assignment or acceptance")
    accepted_until = models.DateField(null=True, help_text="the last day of an accepted risk")
    accepted_why = models.TextField(blank=True)
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["use_case", "id"]
        constraints = [
            models.UniqueConstraint(fields=["use_case", "provision", "check_name", "key"], name="finding_unique")
        ]
        indexes = [models.Index(fields=["state", "due_on"]), models.Index(fields=["use_case", "state"])]

    def get_absolute_url(self) -> str:
        """The finding's own page."""
        return reverse("findings-detail", args=[self.uuid])

    @property
    def is_standing(self) -> bool:
        """Whether the last run still found it, whatever covers it."""
        return self.state != self.State.RESOLVED

    @property
    def seen(self) -> str:
        """What a form was shown, to tell whether somebody else acted meanwhile."""
        return f"{self.state}.{self.assigned_to_id or 0}.{self.office_id or 0}.{self.accepted_until or 0}"

    def event_subject(self) -> Subject:
        """How the audit log names this finding."""
        return Subject("finding", str(self.uuid), self.message[:120], timeline=self.use_case.use_case_id)


class FindingNote(models.Model):
    """A comment on a finding, with or without evidence of the case that bears on it. Never changed."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(blank=True)
    evidence = models.ForeignKey(Evidence, on_delete=models.RESTRICT, null=True, related_name="+")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["recorded_at", "pk"]
        triggers = [pgtrigger.Protect(name="no_change", operation=pgtrigger.Update)]
