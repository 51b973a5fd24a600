"""What is asked of waivers and of one case before somebody acts: changes not looked at, practices not met."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.utils import timezone

from governance.compliance.practices import LOWERED, positions
from governance.compliance.snapshot import Clocks, scope, snapshots
from governance.compliance.snapshot.exceptions import to_reassess
from governance.models import Hold, MaterialChange, StopOrder, Waiver, WaiverRequest
from registry.models import UseCase
from registry.permissions import visible_to


def pending_changes(waiver: Waiver) -> list[MaterialChange]:
    """The material changes of the case that nobody has looked at for this waiver."""
    rows = MaterialChange.objects.filter(use_case=waiver.use_case_id)
    changes = rows.exclude(closed_how=MaterialChange.Closed.UNDONE).order_by("found_at", "pk")
    looks = list(waiver.looks.all())
    return [change for change in changes if to_reassess(waiver, [change], looks)]


def not_met(use_case: UseCase) -> list[str]:
    """The practices not met today that no exception covers, as if the use was running; none for others than deployed
    high-impact ones."""
    cases = snapshots(scope(use_case=use_case), Clocks(timezone.localdate()), with_namesakes=False)
    found = next(iter(cases), None)
    if found is None:
        return []
    return [one.practice for one in positions(dataclasses.replace(found, stops=())) if one.is_not_met]


def begins_with(use_case: UseCase, practice: str) -> WaiverRequest | None:
    """What a new request or grant begins with: the request that waits, or the last one that was sent back."""
    rows = WaiverRequest.objects.filter(use_case=use_case, practice=practice, state__in=["open", "sent_back"])
    return rows.filter(later=None).last()


def lift_stops(order: StopOrder) -> list[str]:
    """Why an order cannot be lifted now, whoever asks."""
    if order.lifted_at is not None:
        return ["It is lifted already."]
    if order.because != StopOrder.Because.NOT_COMPLIANT:
        return ["It rests on a prohibition: it ends when its hold is opened again and lifted."]
    if Hold.objects.filter(use_case=order.use_case, is_live=True, state=Hold.State.APPLIES).exists():
        return ["A prohibition applies to this use besides. It stays stopped."]
    if left := not_met(order.use_case):
        named = ", ".join(LOWERED[one] for one in left)
        return [f"Still not met, and no exception covers it: {named}."]
    return []


def stopping(user: Any) -> dict[str, StopOrder]:
    """The orders to stop that stand and are not confirmed, by Use Case ID: these uses count as running."""
    rows = StopOrder.objects.filter(use_case__in=visible_to(user).values("pk"), state__in=["ordered", "reported"])
    return {row.use_case.use_case_id: row for row in rows.select_related("use_case")}
