"""The URL x role matrix of holds on prohibited uses, and of orders to stop."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from governance.actions import holds as actions
from governance.actions import stop_orders
from governance.models import StopOrder
from tests.governance import holding
from tests.matrix_row import CBP, DEPARTMENT, Row


def some_hold(cast: Any) -> dict[str, Any]:
    """A hold on a use that is running; counsel has spoken, civil rights and privacy have not."""
    row = holding.running(cast.officer, **{holding.WATCHED: "unknown"})
    return {"uuid": holding.say(row, cast.ogc, "OGC").uuid}


def holds(cast: Any) -> dict[str, Any]:
    """The list is not empty."""
    some_hold(cast)
    return {}


def applied(cast: Any) -> dict[str, Any]:
    """A hold that was settled: the prohibition applies, and the use is ordered to stop."""
    row = holding.running(cast.officer, **{holding.WATCHED: "yes"})
    return {"uuid": holding.say(row, cast.ogc, "OGC", "applies", "It follows invented persons.").uuid}


def referred(cast: Any) -> dict[str, Any]:
    """The same, put to the Board."""
    row = holding.running(cast.officer, **{holding.WATCHED: "yes"})
    row = holding.say(row, cast.ogc, "OGC", "applies", "It follows invented persons.")
    actions.refer_hold(row, actor=cast.caio, question="Does it follow anybody?")
    return {"uuid": row.uuid}


def order(cast: Any) -> dict[str, Any]:
    """The order to stop that followed."""
    return {"uuid": StopOrder.objects.get(hold__uuid=applied(cast)["uuid"]).uuid}


def reported(cast: Any) -> dict[str, Any]:
    """The same, reported stopped."""
    row = StopOrder.objects.select_related("use_case").get(uuid=order(cast)["uuid"])
    stop_orders.report_stopped(
        row, actor=cast.officer, how="network", evidence="Change 12, invented.", stopped_on=timezone.localdate()
    )
    return {"uuid": row.uuid}


ROWS: dict[str, Row] = {
    "holds-list": Row((*CBP, "other_officer", *DEPARTMENT), holds, body={"show": "every"}),
    "holds-detail": Row(("priv", *CBP, *(one for one in DEPARTMENT if one != "priv")), some_hold),
    "holds-determine": Row(
        ("priv",), some_hold, method="POST", body={"office": "PRIV", "says": "does_not_apply", "reasons": "Nobody."}
    ),
    "holds-reopen": Row(("caio",), applied, method="POST", body={"reason": "A field was misread."}),
    "holds-refer": Row(("caio",), applied, method="POST", body={"question": "Does it follow anybody?"}),
    "holds-answer": Row(("secretary",), referred, method="POST", body={"reopens": "no", "minutes": "It stays."}),
    "stop_orders-detail": Row((*CBP, *DEPARTMENT), order),
    "stop_orders-report": Row(CBP, order, method="POST", body={"how": "network"}),
    "stop_orders-confirm": Row(("caio",), reported, method="POST"),
    "stop_orders-back": Row(("caio",), reported, method="POST", body={"reason": "It still runs."}),
}
