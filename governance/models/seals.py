"""Verifications of the audit log: asked for by a person or every night, done by a worker, kept with their outcome."""

import uuid

from django.db import models

from accounts.models import User
from audit.log import Subject
from governance.models.jobs import Job


class Verification(Job):
    """One walk along the chain of seals; `result` is `audit.verify.Verified`."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    requested_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", help_text="null: the nightly one"
    )
    printed = models.JSONField(default=dict, help_text="{number of a seal: sha256 as a report prints it}")
    result = models.JSONField(default=dict)

    class Meta:
        ordering = ["-queued_at", "-id"]
        indexes = [models.Index(fields=["state", "lease_until"], name="verification_waiting")]

    def __str__(self) -> str:
        return f"Verification of {self.queued_at:%-d %B %Y}"

    @property
    def is_waiting(self) -> bool:
        """Whether it is still to be done."""
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    def event_subject(self) -> Subject:
        """How the audit log names it."""
        return Subject("verification", str(self.uuid), str(self))
