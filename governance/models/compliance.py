"""Scheduled checks: runs, what each found, and the findings people work on."""

import uuid

from django.db import models
from django.utils import timezone

from accounts.models import User
from audit.log import Subject
from governance.models.jobs import Job
from registry.models import Provision, UseCase


class CheckRun(Job):
    """One sweep of the checks for a day. Only a run not older than the last reconciled one changes findings."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    as_of = models.DateField()
    known_at = models.DateTimeField(null=True, help_text="ignore what was recorded later")
    component_code = models.CharField(max_length=20, blank=True, help_text="blank: the whole registry")
    use_case = models.ForeignKey(
        UseCase, on_delete=models.CASCADE, null=True, related_name="check_runs", help_text="the only case it looks at"
    )
    is_reconciled = models.BooleanField(default=False, help_text="whether it changed findings")
    counts = models.JSONField(default=dict)
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
    def is_whole(self) -> bool:
        """Whether it looks at the whole registry."""
        return not self.component_code and self.use_case_id is None


class CheckResult(models.Model):
    """What one run found in one case: problems of each check, as the check yielded them."""

    run = models.ForeignKey(CheckRun, on_delete=models.CASCADE, related_name="results")
    use_case = models.ForeignKey(UseCase, on_delete=models.CASCADE, related_name="check_results")
    problems = models.JSONField(
        help_text="[{ref, edition, check, key, severity, message, remedy, field, due_on, practice, advisory, waived}]"
    )
    levels = models.JSONField(default=dict, help_text="{practice: level} of the case that day")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "use_case"], name="check_result_once")]


class Finding(models.Model):
    """A problem that stands until a later run no longer finds it."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        WAIVED = "waived", "Covered by a waiver"
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
    last_run = models.ForeignKey(CheckRun, on_delete=models.PROTECT, related_name="+")
    resolved_on = models.DateField(null=True)
    is_baseline = models.BooleanField(default=False, help_text="opened by the first run over the registry")
    has_regressed = models.BooleanField(default=False)
    assigned_to = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="findings")

    class Meta:
        ordering = ["use_case", "id"]
        constraints = [
            models.UniqueConstraint(fields=["use_case", "provision", "check_name", "key"], name="finding_unique")
        ]
        indexes = [models.Index(fields=["state", "due_on"]), models.Index(fields=["use_case", "state"])]

    def event_subject(self) -> Subject:
        """How the audit log names this finding."""
        return Subject("finding", str(self.uuid), self.message[:120], timeline=self.use_case.use_case_id)
