from __future__ import annotations

import dataclasses
from datetime import date, timedelta

from governance.compliance.contract import StopFact
from tests.governance.checks.shared import DAY, Found, keys, run, snapshot

STOP = StopFact("not_compliant", date(2026, 11, 10), report_by=DAY, id="one")
KEY = "order:one"


def found(day: date = DAY, **changes: object) -> Found:
    given = dataclasses.replace(STOP, **changes)  # type: ignore[arg-type]  # by name
    return run("stop_carried_out", snapshot(as_of=day, stops=(given,)))


def test_an_order_is_to_be_reported_by_its_day_and_is_serious_the_day_after() -> None:
    assert keys(found()) == [("warning", KEY)]
    (late,) = found(DAY + timedelta(days=1))
    assert (late.severity, late.key, late.due_on) == ("error", KEY, DAY)


def test_what_is_reported_waits_for_somebody_else() -> None:
    (problem,) = found(DAY + timedelta(days=9), reported_on=DAY)
    assert (problem.severity, problem.key) == ("warning", KEY) and "nobody has confirmed" in problem.message


def test_what_is_confirmed_stopped_is_filed_so() -> None:
    (problem,) = found(reported_on=DAY, confirmed_on=DAY)
    assert "still reported as deployed" in problem.message and problem.field == "development_stage"


def test_a_lifted_order_asks_nothing() -> None:
    assert found(lifted_on=DAY) == [] and run("stop_carried_out", snapshot()) == []
    assert keys(found(lifted_on=DAY + timedelta(days=1))) == [("warning", KEY)], "it stands until its day"
