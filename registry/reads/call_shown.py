"""The cases of a yearly inventory in the list of all use cases, for figures over components.

`show=call-2026-unanswered` in the list's address.
"""

from __future__ import annotations

import re

from django.conf import settings
from django.db.models import QuerySet

from registry.models import Cycle, UseCase
from registry.reads.call_states import STATES, in_state
from registry.reads.cycles import called

_SHAPE = re.compile(r"call-(\d{4})-([a-z]+)", re.ASCII)
ALL = "all"


def is_meant(show: str) -> bool:
    """Whether a value of `show` asks for cases of a yearly inventory."""
    return show.startswith("call-")


def narrowed(rows: QuerySet[UseCase], show: str) -> QuerySet[UseCase]:
    """The called cases in the state; nothing for a year or state there is not."""
    year, state = _parts(show)
    cycle = Cycle.objects.filter(agency__code=settings.PORTAL_AGENCY, year=year).first()
    if cycle is None:
        return rows.none()
    return rows.filter(pk__in=in_state(called(cycle), cycle, state).order_by().values("pk"))


def words(show: str) -> str:
    """The value in words; empty for one of another meaning."""
    year, state = _parts(show)
    if not year:
        return ""
    return f"inventory of {year}" + (f", {STATES[state].lower()}" if state in STATES else "")


def _parts(show: str) -> tuple[int, str]:
    found = _SHAPE.fullmatch(show)
    if found is None or found[2] not in (*STATES, ALL):
        return 0, ""
    return int(found[1]), found[2]
