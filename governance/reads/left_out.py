"""The log of what was left out of the inventory, and why: the scope decisions an auditor asks for first."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q

from audit.models import Event
from governance.left_out import LABELS, REJECTED, ground_of
from registry import editions
from registry.models import Cycle, UseCase
from registry.models.use_case import Status
from registry.permissions import visible_to
from registry.reads.parting import parting

IN_USE = ("pilot", "deployed", "retired")
KINDS = ("use_case.withdrawn", "use_case.rejected")


@dataclass(frozen=True)
class Entry:
    """A case that is not in the inventory: why, in whose words, by whom and when."""

    use_case: UseCase
    ground: str
    reason: str
    who: str
    at: datetime
    exclusion: str
    last_year: int | None = None  # the open inventory that reports it once more, as retired

    @property
    def ground_label(self) -> str:
        """The ground in words."""
        return LABELS[self.ground]


def entries(user: Any) -> list[Entry]:
    """Every case that was withdrawn, or rejected before any use, the newest first (design section 3, membership).

    As many queries however many there are.
    """
    outside = Q(status=Status.WITHDRAWN) | (Q(status=Status.REJECTED) & ~Q(stage__in=IN_USE))
    rows = visible_to(user).filter(outside).select_related("component").defer("filed_document", "search_vector")
    cases = {row.use_case_id: row for row in rows}
    events: dict[str, Event] = {}
    for event in Event.objects.filter(kind__in=KINDS, subject_id__in=cases).order_by("recorded_at", "id"):
        events[event.subject_id] = event
    leaving = {
        pk: cycle.year for cycle in Cycle.objects.filter(status=Cycle.Status.OPEN)
        for pk in parting(cycle).values_list("pk", flat=True)
    }  # fmt: skip
    found = [_entry(cases[name], event) for name, event in events.items()]
    found = [replace(one, last_year=leaving.get(one.use_case.pk)) for one in found]
    return sorted(found, key=lambda entry: entry.at, reverse=True)


def recent(user: Any) -> dict[str, Any]:
    """How many cases were left out, by ground, and the last of them: for the home page."""
    found = entries(user)
    return {"total": len(found), "grounds": counted(found), "last": found[0] if found else None}


def _entry(use_case: UseCase, event: Event) -> Entry:
    ground = REJECTED if event.kind == "use_case.rejected" else ground_of(event.data)
    question = editions.of(use_case).by_field.get("scope_exclusion")
    answer = use_case.document.get("answers", {}).get("scope_exclusion")
    exclusion = question.words(answer) if question and answer else ""
    return Entry(use_case, ground, event.reason, event.actor_label, event.recorded_at, exclusion)


def counted(found: Iterable[Entry]) -> list[tuple[str, str, int]]:
    """Each ground that occurs, its words, and how many cases it took out."""
    numbers = Counter(entry.ground for entry in found)
    return [(ground, label, numbers[ground]) for ground, label in LABELS.items() if numbers[ground]]
