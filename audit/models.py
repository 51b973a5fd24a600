"""What happened: events that cannot be changed, and the seals over them."""

import uuid

from django.conf import settings
from django.db import models


class Event(models.Model):
    """One act on one subject, written in the act's own transaction.

    Append-only by SQL triggers in migration 0002 (UPDATE, DELETE and TRUNCATE are refused, also to the owner of
    the table). `canonical` holds the bytes a seal covers; `audit.log.canonical()` makes them from the columns.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    act = models.UUIDField(db_index=True, help_text="shared by all events of one act")
    kind = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=80)
    subject_label = models.CharField(max_length=300, blank=True)
    timeline = models.CharField(
        max_length=80, blank=True, help_text="the record whose timeline shows it, e.g. DHS-2705"
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="null: the portal itself",
    )
    actor_label = models.CharField(max_length=200)
    acting_for = models.CharField(max_length=200, blank=True, help_text="office or person on whose behalf")
    reason = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    recorded_at = models.DateTimeField()
    canonical = models.BinaryField()

    class Meta:
        indexes = [
            models.Index(fields=["timeline", "recorded_at"]),
            models.Index(fields=["subject_type", "subject_id", "recorded_at"]),
            models.Index(fields=["kind", "recorded_at"]),
        ]
        ordering = ["recorded_at", "id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"


class Seal(models.Model):
    """A SHA-256 over the seal before it and the canonical bytes of the events it took: the link of its last one."""

    number = models.PositiveIntegerField(unique=True)
    previous_sha256 = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    event_count = models.PositiveIntegerField()
    sealed_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"seal {self.number}"


class SealedEvent(models.Model):
    """Which seal took which event. A row an event, so commit order cannot make the sealer skip one."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="sealed")
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="events")
    position = models.PositiveIntegerField(help_text="from 0, without a gap")
    link = models.BinaryField(default=b"", help_text="SHA-256 over the link before it and the event's canonical bytes")

    class Meta:
        ordering = ["seal", "position"]
        constraints = [models.UniqueConstraint(fields=["seal", "position"], name="sealed_event_position")]
