"""A use case: the workflow's row, with copies of the newest and of the filed document."""

import uuid
from collections.abc import Mapping
from typing import Any

import pgtrigger
from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Case, F, GeneratedField, TextField, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, Left, Upper
from django.utils import timezone

from accounts.models import Agency, Component, Office, User
from audit.log import Subject
from registry import handling as handlings
from registry import lifecycle


class Status(models.TextChoices):
    """The portal's workflow, guarded by `registry.lifecycle`; not to be mixed up with OMB's stage."""

    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"
    ENDORSED = "endorsed", "Endorsed"
    IN_REVIEW = "in_review", "In review"
    READY = "ready_for_decision", "Ready for decision"
    AT_BOARD = "at_board", "At the Board"
    APPROVED = "approved", "Approved"
    APPROVED_WITH_CONDITIONS = "approved_with_conditions", "Approved with conditions"
    REJECTED = "rejected", "Rejected"
    RETURNED = "returned", "Sent back"
    RECORDED = "recorded", "Recorded, not reviewed"
    SUSPENDED = "suspended", "Suspended"
    RETIRED = "retired", "Retired"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Handling(models.TextChoices):
    """Who may know of a case or field (design section 4, need to know)."""

    PUBLIC = "public", "Public"
    INTERNAL = "internal", "Internal"
    RESTRICTED = "restricted", "Restricted"


def _shown(field: str) -> Case:
    """The filed answer once there is a filing, before that the newest one."""
    return Case(
        When(filed_document__isnull=False, then=KT(f"filed_document__answers__{field}")),
        default=KT(f"document__answers__{field}"),
        output_field=TextField(),
    )


def _text(field: str) -> Coalesce:
    return Coalesce(_shown(field), Value("", output_field=TextField()), output_field=TextField())


def _open_text(field: str) -> Any:
    """The answer unless it is restricted in this case: what is found must not tell what it says."""
    if field in handlings.LISTED:
        return _text(field)
    nothing = Value("", output_field=TextField())
    return Case(When(restricted_fields__contains=[field], then=nothing), default=_text(field), output_field=TextField())


def _searchable(*fields: str) -> Any:
    """Text for the search vector: PostgreSQL refuses one over 1 MB, so it takes the first 100,000 characters."""
    parts: list[Any] = [Left(_open_text(field), 100_000 // len(fields)) for field in fields]
    return SearchVector(*parts, config="english")


class UseCase(models.Model):
    """One use of AI. `document` is the newest revision's, `filed_document` the one that counts.

    Document: {"answers": {field: value}, "withheld": {field: source text}, "flagged": {field: {text, code, message}}}.
    """

    use_case_id = models.CharField("Use Case ID", max_length=60, unique=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="use_cases")
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="use_cases")
    status = models.CharField(max_length=30, choices=Status.choices, default=Status.DRAFT)
    handling = models.CharField(max_length=12, choices=Handling.choices, default=Handling.INTERNAL)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="owned_use_cases")
    backup_owner = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="backed_use_cases"
    )
    team_mailbox = models.EmailField(
        blank=True, help_text="told of what the owner is told of, never of a restricted case"
    )
    is_demo = models.BooleanField(default=False)
    restricted_fields = models.JSONField(
        default=list, blank=True, help_text="answers only people with need to know of the case may read"
    )

    document = models.JSONField(default=dict)
    revision_number = models.PositiveIntegerField(default=0)
    edition = models.CharField(
        max_length=60,
        blank=True,
        help_text="the questionnaire edition its newest revision answers; a file's layout before anybody edited it",
    )
    filed_document = models.JSONField(null=True)
    filed_number = models.PositiveIntegerField(null=True, help_text="revision number of the newest filing")
    filed_effective_on = models.DateField(null=True)

    signed_impact = models.CharField(
        max_length=30,
        blank=True,
        help_text="copy of the newest `SignedImpact`; empty: as reported, not determined here",
    )
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    status_changed_at = models.DateTimeField(default=timezone.now)
    suspended_from = models.CharField(max_length=30, blank=True, help_text="the status resuming gives back")

    name = GeneratedField(expression=_text("use_case_name"), output_field=TextField(), db_persist=True)
    stage = GeneratedField(expression=_shown("development_stage"), output_field=TextField(), db_persist=True)
    impact = GeneratedField(expression=_shown("is_high_impact"), output_field=TextField(), db_persist=True)
    topic_area = GeneratedField(expression=_shown("topic_area"), output_field=TextField(), db_persist=True)
    classification = GeneratedField(expression=_shown("classification"), output_field=TextField(), db_persist=True)
    search_vector = GeneratedField(
        expression=_searchable(*handlings.SEARCHED),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        ordering = ["use_case_id"]
        indexes = [
            GinIndex(fields=["search_vector"]),
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="use_case_name_part"),
            models.Index(fields=["component", "status"]),
            models.Index(fields=["status", "status_changed_at"]),
            models.Index(fields=["stage", "impact"]),
            models.Index(F("id").desc(), name="use_case_newest"),
            # The list counts its filters in one pass: with all it asks for in the index it never reads the rows.
            models.Index(
                fields=["component", "stage", "impact", "status", "topic_area"],
                include=["id", "owner", "backup_owner", "handling", "edition"],
                name="use_case_filters",
            ),
            # The overview of a yearly cycle counts every case of a component without reading the rows.
            models.Index(
                fields=["component", "filed_effective_on"],
                include=["id", "agency", "status", "stage", "filed_number", "revision_number", "owner", "handling"],
                name="use_case_cycle",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=sorted(lifecycle.STATUSES)), name="use_case_status_known"
            )
        ]
        # The database's twin of the transition table: whoever updates a status past move() is refused too.
        triggers = [
            pgtrigger.FSM(name="status_moves", field="status", transitions=sorted(lifecycle.pairs())),
            pgtrigger.Trigger(
                name="status_at_birth",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__status__in=sorted(lifecycle.BORN)),
                func="RAISE EXCEPTION 'A use case is born as a draft or recorded, not as %', NEW.status;",
            ),
        ]

    # What the person this row was read for may not know; `registry.permissions.know.for_reader` sets it.
    hidden: frozenset[str] = frozenset()
    marker = ""

    def __str__(self) -> str:
        return self.use_case_id

    @property
    def restricted(self) -> frozenset[str]:
        """The fields whose answers need need to know, of this case alone."""
        return handlings.restricted(self.restricted_fields)

    @property
    def whom(self) -> str:
        """Who answers questions about the case: its owner, without one the component's lead."""
        return str(self.owner or f"the {self.component} lead")

    @property
    def ask(self) -> str:
        """What stands in place of an answer one may not know."""
        return f"{handlings.PREFIX}ask {self.whom}"

    def hide(self) -> None:
        """Cut the row for somebody without need to know. It is for reading only then: `write_revision` refuses it."""
        self.hidden, self.marker = self.restricted, self.ask
        self.document = self.readable(self.document)
        if self.filed_document is not None:
            self.filed_document = self.readable(self.filed_document)

    def readable(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """A document of this case, of any revision, as whoever the row was read for may read it."""
        return handlings.readable(document, self.hidden, self.marker) if self.hidden else dict(document)

    @property
    def title(self) -> str:
        """The name to show, also while there is none."""
        return self.name or self.document.get("answers", {}).get("use_case_name") or "Unnamed use case"

    @property
    def has_unfiled_changes(self) -> bool:
        """Whether a newer revision than the filed one exists."""
        return self.filed_number != self.revision_number

    @property
    def is_running(self) -> bool:
        """In use as far as was filed: piloted or deployed (stage is a fact, whatever the status says)."""
        return self.stage in {"pilot", "deployed"}

    def get_absolute_url(self) -> str:
        """The use case's page."""
        return f"/use-cases/{self.use_case_id}/"

    def event_subject(self) -> Subject:
        """How the audit log names this use case."""
        return Subject("use_case", self.use_case_id, self.title, timeline=self.use_case_id)


class UseCaseComponent(models.Model):
    """A component's part in a use case: exactly one owns it, others take part."""

    use_case = models.ForeignKey(UseCase, on_delete=models.CASCADE, related_name="parts")
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="parts")
    is_owner = models.BooleanField(default=False)
    part = models.TextField(blank=True, help_text="what a participant uses it for, in its own words")
    confirmed_number = models.PositiveIntegerField(null=True, help_text="the filed revision the participant confirmed")
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["use_case", "component"], name="part_once"),
            models.UniqueConstraint(fields=["use_case"], condition=models.Q(is_owner=True), name="part_one_owner"),
        ]


class NeedToKnow(models.Model):
    """Somebody who may know what is restricted beyond the case's owners: a person, an office or the Board."""

    uuid = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False)
    use_case = models.ForeignKey(UseCase, on_delete=models.CASCADE, related_name="needs_to_know")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, related_name="+")
    is_board = models.BooleanField(default=False)
    because = models.CharField(max_length=200)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", help_text="null: the review's own steps"
    )

    class Meta:
        ordering = ["recorded_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["use_case", "user", "office", "is_board"],
                nulls_distinct=False,
                name="need_to_know_once",
            )
        ]

    @property
    def who(self) -> str:
        """Whom it lets know, in words."""
        if self.is_board:
            return "The AI Governance Board"
        return self.office.name if self.office else str(self.user)
