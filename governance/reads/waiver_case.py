"""Waivers and exceptions on a case's page and on home."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from accounts.permissions import standing
from governance.models import StopOrder, WaiverRequest
from governance.permissions import exceptions as permissions
from governance.reads.waiver_list import Row, all_rows, on_case
from registry.models import UseCase
from registry.permissions.know import for_reader

MOST = 8


@dataclass(frozen=True)
class OnCase:
    """What is in force or waits, and what this person may begin: (label, address)."""

    rows: list[Row]
    acts: list[tuple[str, str]]

    def __bool__(self) -> bool:
        return bool(self.rows or self.acts)


def of_case(user: Any, use_case: UseCase) -> OnCase:
    """Only of high-impact uses that are not retired; orders to stop stand with the holds."""
    rows = on_case(use_case)
    if use_case.impact != "high_impact" or use_case.stage == "retired":
        return OnCase(rows, [])
    return OnCase(rows, _acts(user, use_case))


def _acts(user: Any, use_case: UseCase) -> list[tuple[str, str]]:
    wanted = []
    if not permissions.extension_refusals(user):
        wanted.append(("Record an extension", "extensions-record"))
    if not permissions.pilot_refusals(user, use_case):
        wanted.append(("Certify a pilot", "pilots-certify"))
    may_stop = use_case.is_running and not permissions.discontinue_refusals(user)
    if may_stop and not StopOrder.objects.filter(use_case=use_case, lifted_at=None).exists():
        wanted.append(("Order the use stopped", "stop_orders-order"))
    return [(label, reverse(name, args=[use_case.use_case_id])) for label, name in wanted]


def on_home(user: Any) -> dict[str, Any]:
    """For the Chief AI Officer what is to be decided, looked at, told and certified; for who asked, what came back."""
    found: dict[str, Any] = {"requests_back": _sent_back(user)}
    if standing(user).has(Role.CAIO):
        waiting = [row for row in all_rows(user) if row.next and _is_near(row)]
        waiting.sort(key=lambda row: row.rank)
        found |= {"exceptions_due": waiting[:MOST], "exceptions_more": max(0, len(waiting) - MOST)}
    return found


def _is_near(row: Row) -> bool:
    """Orders to stop stand with the holds on home."""
    return row.kind != "Order to stop" and bool(row.flags & {"decide", "reassess", "report", "certify", "over"})


def _sent_back(user: Any) -> list[WaiverRequest]:
    rows = WaiverRequest.objects.filter(requested_by=user, state=WaiverRequest.State.SENT_BACK, later=None)
    since = timezone.now() - timedelta(days=90)
    found = list(rows.filter(answered_at__gte=since).select_related("use_case__component", "use_case__owner"))
    for_reader(user, *(row.use_case for row in found))
    return found
