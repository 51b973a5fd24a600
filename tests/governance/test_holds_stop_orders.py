"""An order to stop a use: reported by who answers for it, confirmed by somebody else, told of when it is late."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from audit.workflow import Refused, Stale
from governance.actions import stop_orders, use_cases
from governance.models import StopOrder
from tests import lives
from tests.governance import holding
from tests.governance.holding import file, say

YES = "applies"


def report(order: StopOrder, actor: Any, **given: Any) -> StopOrder:
    words = {"how": "network", "evidence": "Change record 12, invented.", "stopped_on": timezone.localdate(), **given}
    return stop_orders.report_stopped(order, actor=actor, **words)


def test_a_stop_is_reported_by_the_owner_and_confirmed_by_somebody_else(cast: Any) -> None:
    say(holding.running(cast.officer), cast.ogc, "OGC", YES)
    order = StopOrder.objects.select_related("use_case").get()
    with pytest.raises(Refused, match="those who answer"):
        report(order, cast.ciso)
    with pytest.raises(Refused, match="ahead"):
        report(order, cast.officer, stopped_on=timezone.localdate() + lives.SOON)
    with pytest.raises(Stale):
        stop_orders.confirm_stop(order, actor=cast.ciso)
    order = report(order, cast.officer)
    assert order.counts_as_running, "reported is not confirmed"
    for person in (cast.officer, cast.lead, cast.manager, cast.priv, cast.deputy):
        with pytest.raises(Refused):
            stop_orders.confirm_stop(order, actor=person)
    stop_orders.not_stopped(order, actor=cast.caio, reason="The door is still open.")
    order = report(order, cast.officer)
    order = stop_orders.confirm_stop(order, actor=cast.ciso)
    assert not order.counts_as_running and order.confirmed_by == cast.ciso
    with pytest.raises(Refused, match="order to stop stands"):
        use_cases.resume(lives.reread(order.use_case), actor=cast.caio, reason="Mended.")


def test_a_reported_stage_is_never_refused(cast: Any) -> None:
    row = say(holding.running(cast.officer), cast.ogc, "OGC", YES)
    case = file(row.use_case, cast.officer, operational_date="2023-05-01")
    assert case.is_running and case.status == "suspended"


def test_an_order_nobody_confirms_is_told_of_once_and_again_after_some_days(cast: Any, monkeypatch: Any) -> None:
    say(holding.running(cast.officer), cast.ogc, "OGC", YES)
    assert stop_orders.tell_overdue() == 0
    today = timezone.localdate()
    StopOrder.objects.update(report_by=today - timezone.timedelta(days=1))
    assert stop_orders.tell_overdue() == 1 and stop_orders.tell_overdue() == 0
    StopOrder.objects.update(told_on=today - timezone.timedelta(days=7))
    assert stop_orders.tell_overdue() == 1
    StopOrder.objects.update(state="reported")
    StopOrder.objects.update(state="confirmed", told_on=None)
    assert stop_orders.tell_overdue() == 0
