"""Dated records: what stands behind a practice or a privacy or security duty, on both clocks; never changed."""

import uuid
from datetime import date, datetime

import pgtrigger
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import Office, User
from audit.log import Subject
from governance import record_kinds
from registry.models import Evidence, Practice, UseCase


class DatedRecordQuerySet(models.QuerySet["DatedRecord"]):
    """Records by where they stand today."""

    def standing(self) -> "DatedRecordQuerySet":
        """Neither withdrawn nor replaced; a newer one takes the place once it has the parts its kind needs."""
        newer = self.model.objects.filter(supersedes=OuterRef("pk"), withdrawn_at=None)
        for kind in record_kinds.in_force(timezone.localdate()).with_parts:
            for name in kind.needs:
                part = self.model.objects.filter(about=OuterRef("pk"), kind=name, withdrawn_at=None)
                newer = newer.filter(~Q(kind=kind.slug) | Exists(part))
        return self.filter(~Exists(newer), withdrawn_at=None)

    def current(self, day: date) -> "DatedRecordQuerySet":
        """Standing and not run out; the last day counts."""
        return self.standing().filter(Q(expires_on=None) | Q(expires_on__gte=day))


class DatedRecord(models.Model):
    """One dated fact about a case: a test, an assessment, its signature, a PTA, an ATO.

    `kind` and the shape of `details` are data (`governance.record_kinds`, read under `edition`). A newer record
    supersedes it, or it is withdrawn with a reason; nothing of it is changed or deleted. Of a draft that is deleted
    with all it holds, it goes with the draft.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    use_case = models.ForeignKey(UseCase, on_delete=models.CASCADE, related_name="dated_records")
    practice = models.CharField(max_length=30, choices=Practice.choices, blank=True)
    kind = models.CharField(max_length=40)
    edition = models.CharField(max_length=10, blank=True, help_text="of the kinds it was recorded under")
    title = models.CharField(max_length=300, help_text="document or act, e.g. Test report of the field trial")
    reference = models.CharField(max_length=500, blank=True, help_text="where it is kept, or the citation")
    evidence = models.ForeignKey(
        Evidence,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        help_text="the file or link it names",
    )
    note = models.TextField(blank=True)
    details = models.JSONField(default=dict, blank=True, help_text="what its kind says, by field")
    about = models.ForeignKey(
        "self", on_delete=models.RESTRICT, null=True, blank=True, related_name="parts",
        help_text="the record it is a part or a signature of",
    )  # fmt: skip
    supersedes = models.ForeignKey(
        "self", on_delete=models.RESTRICT, null=True, blank=True, related_name="newer",
        help_text="the older record whose place it takes",
    )  # fmt: skip
    effective_on = models.DateField()
    expires_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey(
        Office, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="whose record it is"
    )
    ties = models.JSONField(
        default=list, blank=True, help_text="what ties whoever did it to the case, as it was when it was recorded"
    )
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_why = models.CharField(max_length=1000, blank=True)

    objects = DatedRecordQuerySet.as_manager()

    class Meta:
        ordering = ["use_case", "practice", "-effective_on", "-id"]
        indexes = [models.Index(fields=["kind", "expires_on"], name="dated_record_runs_out")]
        constraints = [
            models.UniqueConstraint(
                fields=["supersedes"], condition=Q(withdrawn_at=None), name="dated_record_superseded_once"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | ~Q(withdrawn_why=""), name="dated_record_withdrawn_with_reason"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="dated_record_stands",
                fields=[
                    "uuid", "use_case", "practice", "kind", "edition", "title", "reference", "evidence", "note",
                    "details", "about", "supersedes", "effective_on", "expires_on", "recorded_at", "recorded_by",
                    "office", "ties",
                ],
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def kind_words(self) -> record_kinds.Kind:
        """Its kind as the edition has it under which it was recorded."""
        return record_kinds.kind_of(self.kind, self.edition)

    @property
    def file_removed_at(self) -> datetime | None:
        """When the file it names was taken away."""
        return self.evidence.removed_at if self.evidence else None

    @property
    def is_replaced(self) -> bool:
        """Whether a newer record names it, complete or not."""
        return self.newer.filter(withdrawn_at=None).exists()

    def get_kind_display(self) -> str:
        """The label of its kind."""
        return self.kind_words.label

    def get_absolute_url(self) -> str:
        """Its own page."""
        return f"/compliance/records/{self.uuid}/"

    def event_subject(self) -> Subject:
        """How the audit log names it; rows of before its kinds were many keep their name there."""
        what = str(self.get_practice_display()) if self.kind_words.is_by_practice else self.kind_words.label
        return Subject("practice_record", str(self.uuid), f"{what}, {self.title}", timeline=self.use_case.use_case_id)
