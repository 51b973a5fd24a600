"""Holds on prohibited uses in the demonstration: one half spoken on, one new, one lifted, one that applies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Office, Role
from governance.actions import holds, stop_orders
from governance.demo.cast import Cast
from governance.demo.clock import at
from governance.models import Hold, StopOrder
from registry.actions import counting
from registry.actions.use_cases import save_section
from registry.models import UseCase
from registry.models.use_case import Handling, Status

SHARED, SOLE, WATCHED = "proh_third_party", "proh_sole_basis", "proh_surveillance"
SPOKEN = "The contract keeps the drafts in the Department's own store; the vendor sees none of them."


def hold_uses(cast: Cast) -> None:
    """By the real acts, on cases that inventory files brought in and on one before the Chief AI Officer."""
    for row in Hold.objects.filter(prohibition=SHARED, state=Hold.State.OPEN):
        _say(cast, 12, row, "OGC", "does_not_apply", SPOKEN)
    in_use = UseCase.objects.filter(status=Status.RECORDED, stage="deployed").exclude(owner=None)
    rows = in_use.exclude(handling=Handling.RESTRICTED).exclude(impact="high_impact").order_by("pk")
    fresh, lifted, stopped = rows[:3]
    _file(4, fresh, SOLE, "unknown", "We do not know whether a late fee follows from it alone.")
    first = _file(30, lifted, SOLE, "unknown", "A clerk may follow it without a look.")
    _say(cast, 24, first, "OGC", "does_not_apply", "A clerk opens each record; the rule of the office says so.")
    _say(cast, 21, first, "CRCL", "does_not_apply", "No action on a person follows from the output alone.")
    found = _file(16, stopped, WATCHED, "yes", "It has been joined with a feed of positions since spring.")
    _say(cast, 9, found, "OGC", "does_not_apply", "The feed is bought openly, and by contract without names.")
    why = "Positions over months name a household as surely as a name does, and no notice covers that."
    _say(cast, 8, found, "PRIV", "applies", why)
    _report(2, found)


def _do(days_ago: int, action: Callable[..., Any], *args: Any, **words: Any) -> Any:
    with at(timezone.now() - timedelta(days=days_ago, hours=2)):
        return action(*args, **words)


def _file(days_ago: int, case: UseCase, field: str, said: str, known: str) -> Hold:
    """The owner answers, lets it count, and the next look opens the hold."""
    answers = {field: said, "prohibited_explained": known}
    words: dict[str, Any] = {"opened_on": case.revision_number, "actor": case.owner}
    _do(days_ago, save_section, case, "prohibited", answers, **words)
    case.refresh_from_db()
    why = {"reason": "Found while going through the answers.", "seen": case.revision_number, "actor": case.owner}
    _do(days_ago, counting.let_count, case, **why)
    _do(days_ago, holds.look, case.pk)
    return Hold.objects.get(use_case=case, prohibition=field, is_live=True)


def _say(cast: Cast, days_ago: int, row: Hold, office: str, *said: str) -> None:
    says, reasons = said
    place = Office.objects.get(agency=row.use_case.agency, code=office)
    who = cast.one(Role.OFFICE_REVIEWER, office=office)
    _do(days_ago, holds.speak_on_hold, row, actor=who, office=place, says=says, reasons=reasons)


def _report(days_ago: int, row: Hold) -> None:
    order = StopOrder.objects.select_related("use_case__owner").get(hold=row)
    day = timezone.localdate() - timedelta(days=days_ago + 1)
    words = {"how": "network", "evidence": "Change record 418 in the component's file.", "stopped_on": day}
    _do(days_ago, stop_orders.report_stopped, order, actor=order.use_case.owner, **words)
