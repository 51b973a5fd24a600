"""Holds on prohibited uses and orders to stop, as counts of a report: as they stood at the end of a day."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from governance.compliance.contract import Snapshot
from governance.compliance.snapshot import Clocks, scope
from governance.models import Hold, StopOrder
from governance.reads.holds import RUNNING


@dataclass(frozen=True)
class Held:
    """Cases of the day: with an open hold, those of them in use, and uses ordered to stop that nobody confirmed."""

    cases: int
    running: int
    unconfirmed: int


def held(clocks: Clocks, code: str, found: Iterable[Snapshot]) -> Held:
    """Count them; a case with two open holds is one case. Restricted cases are counted and not named."""
    rows = clocks.known(Hold.objects.filter(opened_at__date__lte=clocks.as_of, use_case__in=scope(code)), "opened_at")
    rows = rows.filter(Q(closed_at=None) | Q(closed_at__date__gt=clocks.as_of))
    cases = set(rows.values_list("use_case__use_case_id", flat=True))
    running = {one.use_case_id for one in found if one.answers.get("development_stage") in RUNNING}
    orders = StopOrder.objects.filter(ordered_at__date__lte=clocks.as_of, use_case__in=scope(code))
    for column in ("confirmed_at", "lifted_at"):
        orders = orders.filter(Q(**{column: None}) | Q(**{f"{column}__date__gt": clocks.as_of}))
    return Held(len(cases), len(cases & running), clocks.known(orders, "ordered_at").count())
