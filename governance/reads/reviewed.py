"""Which cases of the inventory were reviewed here, which are being reviewed, and which not yet: numbers and rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from governance.compliance.contract import Snapshot
from governance.compliance.snapshot import Clocks
from governance.models import Decision, Review
from registry.models import UseCase
from registry.models.use_case import Status
from registry.permissions import visible_to
from registry.reads import Choice
from registry.reads.cycles import IN_USE_OR_WAS, ended_before

WORDS = {"yes": "Reviewed here", "now": "Being reviewed for the first time", "no": "Not reviewed here yet"}


def counted(rows: QuerySet[UseCase]) -> QuerySet[UseCase]:
    """The cases that are in the inventory: filed, and not left out (design section 3, membership)."""
    rows = rows.filter(filed_number__isnull=False).exclude(status__in=[Status.DRAFT, Status.WITHDRAWN])
    rows = rows.exclude(~Q(stage__in=IN_USE_OR_WAS), status=Status.REJECTED)
    return rows.exclude(pk__in=ended_before())


def narrow(rows: QuerySet[UseCase], value: str, user: Any) -> QuerySet[UseCase]:
    """The cases behind a figure; any other value lets nothing through."""
    del user
    return counted(rows).filter(_tests()[value]) if value in WORDS else rows.none()


def _tests() -> dict[str, Q]:
    decided = Q(pk__in=Decision.objects.values("use_case"))
    running = Q(pk__in=Review.objects.filter(ended_at=None).values("use_case"))
    return {"yes": decided, "now": ~decided & running, "no": ~decided & ~running}


def _numbers(rows: QuerySet[UseCase]) -> dict[str, int]:
    """How many cases each choice has, in one pass over the rows."""
    tests = {value: Count("pk", filter=test) for value, test in _tests().items()}
    return counted(rows.order_by()).aggregate(**tests)


def running_on(clocks: Clocks) -> set[str]:
    """The Use Case IDs of the cases with a round that ran at the end of a day, by both clocks."""
    sent = clocks.known(Review.objects.filter(submitted_at__date__lte=clocks.as_of), "submitted_at")
    open_then = sent.filter(Q(ended_at=None) | Q(ended_at__date__gt=clocks.as_of))
    return set(open_then.values_list("use_case__use_case_id", flat=True))


def split(found: Sequence[Snapshot], running: set[str]) -> tuple[int, int, int]:
    """Reviewed here, being reviewed for the first time, and not yet; together they are all."""
    decided = sum(one.decision is not None for one in found)
    now = sum(one.decision is None and one.use_case_id in running for one in found)
    return decided, now, len(found) - decided - now


def choices(rows: QuerySet[UseCase], user: Any) -> list[Choice]:
    """The choices behind which there are cases."""
    del user
    return [Choice(value, words(value), number) for value, number in _numbers(rows).items() if number]


def words(value: str) -> str:
    """The choice in words."""
    return WORDS.get(value, value)


@dataclass(frozen=True)
class Standing:
    """How many of the inventory's cases were reviewed here, out of how many."""

    reviewed: int
    running: int
    not_yet: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.reviewed + self.running + self.not_yet


def standing_of(user: Any) -> Standing:
    """Over the cases the person may know of."""
    found = _numbers(visible_to(user))
    return Standing(found["yes"], found["now"], found["no"])
