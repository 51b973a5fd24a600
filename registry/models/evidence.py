"""Evidence: a file or a link behind an answer or a minimum practice. Replaced or removed, never edited."""

import uuid
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from audit.log import Subject
from registry.models.use_case import UseCase

SOON = timedelta(days=30)


class Practice(models.TextChoices):
    """The minimum practices of M-25-21, Appendix section 4(b)(i) to (vii)."""

    TESTING = "testing", "Pre-deployment testing"
    IMPACT_ASSESSMENT = "impact_assessment", "AI impact assessment"
    MONITORING = "monitoring", "Ongoing monitoring"
    TRAINING = "training", "Human training"
    HUMAN_OVERSIGHT = "human_oversight", "Human oversight and fail-safe"
    APPEALS = "appeals", "Remedies or appeals"
    CONSULTATION = "consultation", "Consultation of users and the public"


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    """Evidence by where it stands."""

    def standing(self) -> "EvidenceQuerySet":
        """Neither removed nor replaced."""
        return self.filter(removed_at=None, replacement=None)

    def current(self, day: date) -> "EvidenceQuerySet":
        """Standing and not expired; the last day counts."""
        return self.standing().filter(Q(expires_on=None) | Q(expires_on__gte=day))

    def expired(self, day: date) -> "EvidenceQuerySet":
        """Standing, but past its last day."""
        return self.standing().filter(expires_on__lt=day)

    def gone(self) -> "EvidenceQuerySet":
        """Replaced or removed; kept on the record."""
        return self.exclude(removed_at=None, replacement=None)


class Evidence(models.Model):
    """One file or link. `file` is its key in the evidence store, empty for a link and for deleted content."""

    class Kind(models.TextChoices):
        TEST_REPORT = "test_report", "Test report"
        IMPACT_ASSESSMENT = "impact_assessment", "Impact assessment"
        PRIVACY = "privacy", "Privacy document (PIA or PTA)"
        SORN = "sorn", "System of records notice (SORN)"
        ATO = "ato", "Authorization to operate (ATO) letter"
        CONTRACT = "contract", "Contract clause"
        TRAINING = "training", "Training record"
        POLICY = "policy", "Policy or procedure"
        CONSULTATION = "consultation", "Consultation record"
        MONITORING = "monitoring", "Monitoring plan or result"
        OTHER = "other", "Other"

    class Scan(models.TextChoices):
        NONE = "none", "Not scanned for viruses: no scanner is set up"
        WAITING = "waiting", "Waiting for the virus scan"
        CLEAN = "clean", "Scanned, no virus found"
        INFECTED = "infected", "A virus was found"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    use_case = models.ForeignKey(UseCase, on_delete=models.CASCADE, related_name="evidence")
    field = models.CharField(max_length=80, blank=True, help_text="the question it supports")
    practice = models.CharField(max_length=30, choices=Practice.choices, blank=True)
    kind = models.CharField(max_length=30, choices=Kind.choices)
    title = models.CharField(max_length=300)
    link = models.URLField(max_length=1000, blank=True)
    file = models.CharField(max_length=100, blank=True, help_text="key in the evidence store")
    file_name = models.CharField(max_length=150, blank=True, help_text="as it was named, cleaned; for display only")
    size = models.PositiveBigIntegerField(null=True)
    media_type = models.CharField(max_length=100, blank=True)
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    dated_on = models.DateField()
    expires_on = models.DateField(null=True, blank=True)
    scan = models.CharField(max_length=10, choices=Scan.choices, default=Scan.NONE)
    scanned_at = models.DateTimeField(null=True)
    replaces = models.OneToOneField("self", on_delete=models.CASCADE, null=True, related_name="replacement")
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    removed_why = models.CharField(max_length=500, blank=True)
    expiry_told_at = models.DateTimeField(null=True, help_text="when the owner was told that it will expire")

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["-recorded_at", "-id"]
        indexes = [
            models.Index(fields=["use_case", "field"]),
            models.Index(fields=["scan"], condition=Q(scan="waiting"), name="evidence_to_scan"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(field="") | Q(practice=""), name="evidence_supports_one_thing"),
            models.CheckConstraint(
                condition=(Q(link="") & ~Q(sha256="")) | (~Q(link="") & Q(sha256="") & Q(file="")),
                name="evidence_is_file_or_link",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="evidence_stands",
                fields=[
                    "uuid", "use_case", "field", "practice", "kind", "title", "link", "file_name", "size",
                    "media_type", "sha256", "dated_on", "expires_on", "replaces", "recorded_at", "recorded_by",
                ],
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def host(self) -> str:
        """Where a link leads."""
        return urlsplit(self.link).hostname or ""

    @property
    def is_file(self) -> bool:
        """Whether it is a file and no link; also when its content was deleted."""
        return bool(self.sha256)

    @property
    def is_standing(self) -> bool:
        """Neither removed nor replaced."""
        return self.removed_at is None and not hasattr(self, "replacement")

    @property
    def state(self) -> str:
        """In a word: removed, replaced, expired or current today."""
        if self.removed_at:
            return "removed"
        if not self.is_standing:
            return "replaced"
        return "expired" if self.expires_on and self.expires_on < timezone.localdate() else "current"

    @property
    def can_be_opened(self) -> bool:
        """Whether there is content that may leave: not while it waits for the scanner."""
        return bool(self.file) and self.scan in (self.Scan.NONE, self.Scan.CLEAN)

    def expires_in(self, day: date) -> int | None:
        """Days until its last day, negative when past; None when it does not run out."""
        return (self.expires_on - day).days if self.expires_on else None

    def get_absolute_url(self) -> str:
        """Its line on the case's evidence page."""
        return f"/use-cases/{self.use_case.use_case_id}/evidence/#e-{self.uuid}"

    def event_subject(self) -> Subject:
        """How the audit log names it."""
        return Subject("evidence", str(self.uuid), self.title, timeline=self.use_case.use_case_id)

    def facts(self) -> dict[str, Any]:
        """What an event keeps of it."""
        return {
            "kind": self.kind, "field": self.field, "practice": self.practice, "sha256": self.sha256,
            "size": self.size, "link": self.link, "dated_on": self.dated_on, "expires_on": self.expires_on,
        }  # fmt: skip
