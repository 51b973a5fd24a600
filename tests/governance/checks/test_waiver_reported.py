from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from typing import Any

from governance.compliance.contract import Problem, WaiverFact
from tests.governance.checks.shared import keys, run, snapshot

DUE = date(2026, 9, 30)
WAIVER = WaiverFact("testing", date(2026, 8, 31), date(2027, 8, 30), None, report_due_on=DUE)
TOLD = dataclasses.replace(WAIVER, reported_on=date(2026, 9, 30))


def found(day: date = DUE, given: WaiverFact = TOLD, **changes: Any) -> list[Problem]:
    return run("waiver_reported", snapshot(as_of=day, waivers=(dataclasses.replace(given, **changes),)))


def test_the_report_of_a_grant_is_due_to_its_day_and_late_the_day_after() -> None:
    (due,) = found(given=WAIVER)
    assert (due.severity, due.key, due.due_on) == ("notice", "grant:testing:2026-08-31", DUE)
    (late,) = found(DUE + timedelta(days=1), WAIVER)
    assert (late.severity, late.key) == ("error", due.key), "the same finding, worse"
    assert "was due to OMB on 30 September 2026" in late.message


def test_a_reported_waiver_with_its_summary_owes_nothing() -> None:
    assert found() == [] and run("waiver_reported", snapshot()) == []


def test_a_revocation_is_reported_although_the_waiver_has_ended() -> None:
    gone = {"revoked_on": date(2026, 10, 1), "revocation_due_on": date(2026, 10, 31), "has_summary": False}
    assert keys(found(date(2026, 11, 1), **gone)) == [("error", "revocation:testing:2026-08-31")]
    assert found(date(2026, 11, 1), **gone, revocation_reported_on=date(2026, 10, 20)) == []


def test_a_missing_summary_and_a_change_nobody_looked_at_are_warnings() -> None:
    given = found(has_summary=False, reassess_since=date(2026, 9, 15))
    assert keys(given) == [("warning", "summary:testing"), ("warning", "reassess:testing")]
    assert "15 September 2026" in given[1].message
