"""Lanes by the addresses a page was given."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from governance.models import Lane
from registry.permissions import visible_to


def uuids(given: Iterable[str]) -> list[str]:
    """What of it is an identifier; the rest was typed or forged and names nothing."""
    found = []
    for text in given:
        try:
            found.append(str(UUID(text)))
        except ValueError:
            continue
    return found


def visible_lanes(user: Any, given: Iterable[str]) -> list[Lane]:
    """The lanes of cases that exist for this person, most urgent first."""
    rows = Lane.objects.filter(uuid__in=uuids(given), review__use_case__in=visible_to(user).values("pk"))
    joins = ("review__use_case__component", "review__revision", "office", "second_reader", "proposed_by", "decided_by")
    return list(rows.select_related(*joins).order_by("due_on", "pk"))
