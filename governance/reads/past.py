"""A case's whole record as of a day and as known at an instant: facts, status, decision, practices, conditions."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from audit.models import Event
from governance.compliance.contract import Snapshot
from governance.compliance.practices import LEVELS, NAMES, Position, positions
from governance.compliance.snapshot import Clocks, snapshots
from governance.models import Condition, Decision, Determination, Finding
from governance.reads import case
from registry import document as documents
from registry import lifecycle, past
from registry.models import Filing, Revision, UseCase
from registry.models.use_case import Status

MOVES = sorted({edge.event_kind for edge in lifecycle.edges()})


@dataclass(frozen=True)
class Past:
    """One case at one point of both clocks.

    `filing` is what counted on `as_of`; without one nothing counted, and `revision` is the newest that had been
    written by then. `is_late`: it rests on something the portal learned only after the day was over.
    """

    as_of: date
    known_at: datetime | None
    filing: Filing | None
    revision: Revision | None
    until: date | None
    status: str
    status_since: datetime | None
    decision: Decision | None
    determination: Determination | None
    impact: str
    positions: tuple[tuple[str, str, Position], ...]
    conditions: tuple[Condition, ...]
    findings: tuple[Finding, ...]
    is_late: bool

    @property
    def document(self) -> dict[str, Any]:
        """The answers that counted then, or the newest written by then."""
        found = self.filing.revision if self.filing else self.revision
        return found.document if found else documents.empty()


def at(use_case: UseCase, as_of: date, known_at: datetime | None = None) -> Past:
    """The record of a case on a day; with `known_at` only what the portal had learned by that instant."""
    clocks = Clocks(as_of, known_at)
    until = min(past.end_of(as_of), known_at) if known_at else past.end_of(as_of)
    filing = past.filing_on(use_case, as_of, known_at)
    revision = filing.revision if filing else past.newest_known(use_case, until)
    status, since = _status(use_case, until)
    snapshot = next(snapshots(UseCase.objects.filter(pk=use_case.pk), clocks, with_namesakes=False), None)
    determination = _newest(Determination, "signed", use_case, until)
    return Past(
        as_of=as_of,
        known_at=known_at,
        filing=filing,
        revision=revision,
        until=past.next_filing(use_case, filing, as_of, known_at),
        status=status,
        status_since=since,
        decision=_newest(Decision, "decided", use_case, until),
        determination=determination,
        impact=case.label("is_high_impact", determination.impact) if determination else "",
        positions=_positions(snapshot),
        conditions=_conditions(use_case, until),
        findings=_findings(use_case, timezone.localtime(until).date()),
        is_late=bool(filing and clocks.is_late(filing.recorded_at)) or bool(snapshot and snapshot.is_recorded_late),
    )


def _status(use_case: UseCase, until: datetime) -> tuple[str, datetime | None]:
    """The status by the moves recorded until then; as it was born before the first one, nothing before that."""
    moved = Event.objects.filter(timeline=use_case.use_case_id, subject_type="use_case", kind__in=MOVES)
    last = moved.filter(recorded_at__lte=until).order_by("-recorded_at", "-id").first()
    if last:
        return str(Status(last.data["to"]).label), last.recorded_at
    if use_case.created_at > until:
        return "", None
    first = moved.order_by("recorded_at", "id").first()
    return str(Status(first.data["from"] if first else use_case.status).label), use_case.created_at


def _newest(model: Any, verb: str, use_case: UseCase, until: datetime) -> Any:
    rows = model.objects.filter(use_case=use_case, **{f"{verb}_at__lte": until}).select_related(f"{verb}_by")
    return rows.order_by(f"-{verb}_at", "-id").first()


def _positions(snapshot: Snapshot | None) -> tuple[tuple[str, str, Position], ...]:
    found = positions(snapshot) if snapshot else ()
    return tuple((NAMES[one.practice], LEVELS[one.level], one) for one in found)


def _conditions(use_case: UseCase, until: datetime) -> tuple[Condition, ...]:
    rows = Condition.objects.filter(use_case=use_case, set_at__lte=until).select_related("lane__office")
    return tuple(row for row in rows.order_by("due_on", "id") if row.accepted_at is None or row.accepted_at > until)


def _findings(use_case: UseCase, day: date) -> tuple[Finding, ...]:
    rows = Finding.objects.filter(use_case=use_case, opened_on__lte=day).exclude(resolved_on__lte=day)
    return tuple(rows.select_related("provision__edition__instrument").order_by("is_advisory", "due_on", "id"))
