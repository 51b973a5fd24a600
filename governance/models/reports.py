"""Reports as made: parameters, the seal they were made at, the files and their sha256."""

import uuid

from django.db import models

from accounts.models import User
from audit.log import Subject
from governance.models.jobs import Job


class Report(Job):
    """One edition of a report. The files are what was rendered then; the row proves them by sha256."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    as_of = models.DateField()
    known_at = models.DateTimeField(null=True)
    seal_number = models.PositiveIntegerField(null=True)
    params = models.JSONField(default=dict)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="reports")
    pages = models.PositiveIntegerField(null=True)
    facts = models.JSONField(default=dict, help_text="the figures it states, for the next edition to compare with")
    pdf = models.BinaryField(null=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    html = models.TextField(blank=True)
    xlsx = models.BinaryField(null=True)
    xlsx_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-queued_at"]
        indexes = [models.Index(fields=["slug", "-as_of"]), models.Index(fields=["state", "lease_until"])]

    def __str__(self) -> str:
        return f"{self.title}, as of {self.as_of:%-d %B %Y}"

    def get_absolute_url(self) -> str:
        """The report's page."""
        return f"/reports/{self.uuid}/"

    def event_subject(self) -> Subject:
        """How the audit log names this report."""
        return Subject("report", str(self.uuid), str(self))
