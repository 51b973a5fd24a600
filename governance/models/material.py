"""What changed materially in an approved case since its decision, and until when it is looked at again."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.log import Subject
from governance.models.reviews import Decision
from registry.models import Revision, UseCase


class MaterialChange(models.Model):
    """One open row a case at most: it grows while more changes are filed, and closes with the next round."""

    class Closed(models.TextChoices):
        SENT = "sent", "Sent for review again"
        UNDONE = "undone", "The answers are as they were approved"
        OVER = "over", "The case is not approved any more"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="material_changes")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+", help_text="filed, last compared")
    edition = models.CharField(max_length=20, help_text="of the list of material changes")
    changes = models.JSONField(default=list, help_text="[{rule, because, fields}]")
    found_at = models.DateTimeField(default=timezone.now)
    due_on = models.DateField(help_text="until when it is sent for review again")
    closed_at = models.DateTimeField(null=True)
    closed_how = models.CharField(max_length=10, choices=Closed.choices, blank=True)

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["use_case"], condition=Q(closed_at=None), name="material_change_one_open")
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(closed_at=None), name="material_change_due")]

    def __str__(self) -> str:
        return f"{self.use_case.use_case_id}: {self.because}"

    @property
    def because(self) -> str:
        """All of it in words."""
        return "; ".join(change["because"] for change in self.changes)

    def event_subject(self) -> Subject:
        """How the audit log names it: by its case."""
        return self.use_case.event_subject()
