"""What one page says of a request, a waiver, an extension or a pilot certificate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone

from audit.models import Event
from audit.reads import sentence
from governance.compliance.practices import LOWERED, NAMES
from governance.models import MaterialChange, StopOrder, Waiver, WaiverReport, WaiverRequest
from governance.permissions.exceptions import lift_refusals
from governance.reads.material import KEPT_BACK
from governance.reads.waivers import lift_stops, pending_changes


@dataclass(frozen=True)
class Clock:
    """The report of a grant or a revocation to OMB: due, and on record or not."""

    about: str
    label: str
    due_on: date
    row: WaiverReport | None

    @property
    def is_open(self) -> bool:
        """Whether OMB is still to be told."""
        return self.row is None

    @property
    def days_left(self) -> int:
        """Days to its day; below 0 it is late."""
        return (self.due_on - timezone.localdate()).days

    @property
    def days_late(self) -> int:
        """How late it is, or was."""
        told_on = self.row.reported_on if self.row else timezone.localdate()
        return max(0, (told_on - self.due_on).days)


def clocks_of(waiver: Waiver) -> list[Clock]:
    """The reports to OMB a waiver owes (M-25-21 section 4(a): 30 days after granting, and after revoking)."""
    told = {row.about: row for row in waiver.reports.all()}
    found = []
    for about, label in WaiverReport.About.choices:
        due_on = waiver.report_due(about)
        if due_on:
            found.append(Clock(about, str(label), due_on, told.get(about)))
    return found


def of_waiver(waiver: Waiver) -> dict[str, Any]:
    """One waiver with everything that was said of it."""
    earlier = Waiver.objects.filter(use_case=waiver.use_case, practice=waiver.practice).exclude(pk=waiver.pk)
    changes = pending_changes(waiver)
    return {
        "row": waiver,
        "case": waiver.use_case,
        "name": NAMES[waiver.practice],
        "lowered": LOWERED[waiver.practice],
        "reports": clocks_of(waiver),
        "certifications": list(waiver.certifications.select_related("certified_by")),
        "looks": list(waiver.looks.select_related("looked_by")),
        "changes": changes,
        "change_words": words_of_changes(waiver, changes),
        "earlier": list(earlier.order_by("-granted_on")),
        "history": history(waiver, waiver.request),
    }


def words_of_changes(thing: Any, changes: list[MaterialChange]) -> list[str]:
    """What changed, as the person for whom the case was cut may read it."""
    hidden = thing.use_case.hidden
    words = (
        KEPT_BACK if hidden & set(one["fields"]) else one["because"] for change in changes for one in change.changes
    )
    return list(dict.fromkeys(words))


def of_request(request: WaiverRequest) -> dict[str, Any]:
    """A request, what it follows, and what changed in the case that the officer should know."""
    changes = list(MaterialChange.objects.filter(use_case=request.use_case, closed_at=None))
    return {
        "row": request,
        "case": request.use_case,
        "lowered": LOWERED[request.practice],
        "change_words": words_of_changes(request, changes),
        "waiver": Waiver.objects.filter(request=request).first(),
        "history": history(request, request.follows),
    }


def history(*things: Any) -> list[tuple[Event, str]]:
    """What happened to these, newest first."""
    wanted = Q(pk__in=[])
    for key in (thing.event_subject() for thing in things if thing):
        wanted |= Q(subject_type=key.type, subject_id=key.id)
    events = Event.objects.filter(wanted).exclude(kind="act.refused").order_by("-id")
    return [(event, sentence(event)) for event in events[:60]]


def lifting(user: Any, order: StopOrder) -> dict[str, Any]:
    """What an order to stop for practices says besides: which were not met, and whether it can be lifted."""
    stands = order.because == StopOrder.Because.NOT_COMPLIANT and order.lifted_at is None
    may_lift = stands and not lift_refusals(user, order)
    return {
        "practices": [NAMES[name] for name in order.practices],
        "may_lift": may_lift,
        "lift_stops": lift_stops(order) if may_lift else [],
    }
