"""What changed materially in approved cases: on the case's page, on its owner's home, in the list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from governance.models import MaterialChange
from registry.models import UseCase
from registry.reads import Choice

KEPT_BACK = "A restricted answer changed"
OPEN = "open"


@dataclass(frozen=True)
class Changed:
    """The open changes of a case in words, and until when it is sent for review again."""

    words: tuple[str, ...]
    due_on: date
    revision: int


def on_case(use_case: UseCase) -> Changed | None:
    """The changes as the person for whom the case was cut down may read them."""
    rows = MaterialChange.objects.filter(use_case=use_case, closed_at=None).select_related("decision__revision")
    row = rows.first()
    if row is None:
        return None
    words = (KEPT_BACK if use_case.hidden & set(one["fields"]) else one["because"] for one in row.changes)
    return Changed(tuple(dict.fromkeys(words)), row.due_on, row.decision.revision.number)


def due(pks: Iterable[int]) -> dict[int, date]:
    """Until when each of these cases that changed materially is to be sent again."""
    rows = MaterialChange.objects.filter(use_case__in=list(pks), closed_at=None)
    return {row.use_case_id: row.due_on for row in rows.only("use_case_id", "due_on")}


def narrow(rows: QuerySet[UseCase], value: str, user: Any) -> QuerySet[UseCase]:
    """The cases with open changes; any other value lets nothing through."""
    del user
    if value != OPEN:
        return rows.none()
    return rows.filter(pk__in=MaterialChange.objects.filter(closed_at=None).values("use_case"))


def choices(rows: QuerySet[UseCase], user: Any) -> list[Choice]:
    """The one choice, where there is something to choose."""
    number = narrow(rows.order_by(), OPEN, user).count()
    return [Choice(OPEN, words(OPEN), number)] if number else []


def words(value: str) -> str:
    """The choice in words."""
    return "Changed materially since" if value == OPEN else value
