"""The menu of a role: what a person can go to, and how much waits there."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse

from accounts.models import Membership, Role
from accounts.permissions import Standing, standing
from governance.permissions import can_see_board, can_see_queue, has_queue
from governance.permissions.determine import can_see as can_see_determinations
from governance.permissions.holds import oversees
from governance.permissions.office import works_lanes
from governance.reads import determine_list, holds, queue
from governance.reports.permissions import can_open_shelf
from registry.permissions.cycles import can_see_cycles
from registry.permissions.withholding import is_reviewer


@dataclass(frozen=True)
class Item:
    """A place in the menu; `count` is what waits there for this person."""

    label: str
    url: str
    is_current: bool
    count: int = 0


UNDER = (("/waivers/", "/compliance/"),)  # pages that lead on from another place than their address


def menu(user: Any, path: str) -> tuple[Item, ...]:
    """The places of this person's roles, the present one marked."""
    items = [(label, url, count) for label, url, count in _places(user, standing(user)) if url]
    path = next((place for part, place in UNDER if path.startswith(part)), path)
    here = max((url for _, url, _ in items if path.startswith(url)), key=len, default="")
    return tuple(Item(label, url, url == here, count) for label, url, count in items)


def _places(user: Any, who: Standing) -> Iterator[tuple[str, str, int]]:
    yield "Home", _to("home"), 0
    if has_queue(user):
        yield "My queue", _to("reviews-queue"), queue.waiting(user)
    elif can_see_queue(user):
        yield "Reviews", _to("reviews-queue"), 0
    if who.reads_in or who.is_department_wide:
        yield "Use cases", _to("use_cases-list"), 0
        yield "Systems", _to("systems-list"), 0
    if who.has(Role.COMPONENT_LEAD, Role.INVENTORY_MANAGER):
        yield "Owners", _to("owners-list"), 0
    if who.reads_in:  # who has to meet them; the others come by their queue, Home or Compliance
        yield "Conditions", _to("conditions-list"), 0
    if can_see_determinations(user):
        yield "Determinations", _to("determinations-list"), determine_list.waiting_for(user)
    yield from _holds(user)
    if can_see_board(user):
        yield "Board", _to("board-meetings"), 0
    if who.reads_in or who.is_department_wide:
        yield "Compliance", _to("compliance-overview"), 0
        yield "Policy", _to("policy-list"), 0
    yield from _inventory(user, who)
    if can_open_shelf(user):
        yield "Reports", _to("reports-list"), 0
    if who.has(Role.ADMINISTRATOR):
        yield "People", _to("people-list"), 0


def _inventory(user: Any, who: Standing) -> Iterator[tuple[str, str, int]]:
    if who.has(Role.INVENTORY_MANAGER, Role.COMPONENT_LEAD, Role.CAIO, Role.AUDITOR):
        yield "Inventory", _to("inventory-imports"), 0
    elif can_see_cycles(user):  # the others find it under Inventory
        yield "Yearly inventory", _to("cycles-list"), 0
    elif is_reviewer(user):  # counsel and the Privacy Office, who review it
        yield "Withheld", _to("withholding-overview"), 0


def _holds(user: Any) -> Iterator[tuple[str, str, int]]:
    """For who speaks on holds, confirms that a use is stopped, or oversees them."""
    if works_lanes(user) or oversees(user):
        yield "Holds", _to("holds-list"), holds.menu_count(user)


def _to(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def role_line(user: Any) -> str:
    """The person's roles today, for the corner of the page."""
    rows = Membership.objects.current().filter(user=user).select_related("component", "office")[:3]
    return ", ".join(str(row) for row in rows) or "No role yet"
