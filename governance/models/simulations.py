"""What-if: a draft edition somebody brought, and what it would change."""

import uuid

from django.db import models

from accounts.models import User
from audit.log import Subject
from governance.models.jobs import Job


class Simulation(Job):
    """A draft edition held against the registry as of a day. It changes no finding and is no edition."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=200, help_text="of the file")
    text = models.TextField(help_text="the file, YAML")
    instrument = models.CharField(max_length=60)
    title = models.CharField(max_length=300)
    effective_on = models.DateField()
    as_of = models.DateField()
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    result = models.JSONField(
        default=dict, help_text="{ref: {title, newly_failing: [[component, ID]], newly_passing, unchanged}}"
    )

    class Meta:
        ordering = ["-queued_at", "-id"]
        indexes = [models.Index(fields=["state", "lease_until"], name="simulation_waiting")]

    def __str__(self) -> str:
        return f"{self.title}, as of {self.as_of:%-d %B %Y}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return f"/policy/what-if/{self.uuid}/"

    @property
    def is_waiting(self) -> bool:
        """Whether it is still to be done."""
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    def event_subject(self) -> Subject:
        """How the audit log names it."""
        return Subject("simulation", str(self.uuid), str(self))
