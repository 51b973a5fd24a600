from __future__ import annotations

import dataclasses
from datetime import date

from governance.compliance.contract import Record
from tests.governance.checks.shared import Found, evidence, keys, run, snapshot, waiver

TEST = dataclasses.replace(evidence(on=date(2026, 2, 1)), kind="pre_deployment_test", is_evidence=True)


def found(*records: Record, day: date = date(2026, 11, 17), **columns: object) -> Found:
    return run("tests_current", snapshot(as_of=day, records=records, **columns), months=12)


def test_no_test_on_record_is_a_warning_unless_waived() -> None:
    assert keys(found()) == [("warning", "test")]
    assert keys(found(evidence("appeals"))) == [("warning", "test")], "of another practice"
    assert found(waivers=(waiver(),)) == []


def test_a_test_holds_twelve_months_to_the_day() -> None:
    assert found(TEST, day=date(2027, 2, 1)) == []
    (problem,) = found(TEST, day=date(2027, 2, 2))
    assert problem.due_on == date(2027, 2, 1) and "more than 12 months ago" in problem.message


def test_a_change_since_the_newest_test_asks_for_another() -> None:
    assert found(TEST, changed_on=date(2026, 2, 1)) == [], "tested on the day of the change"
    (problem,) = found(TEST, changed_on=date(2026, 2, 2))
    assert "changed materially on 2 February 2026" in problem.message
    assert found(TEST, evidence(on=date(2026, 3, 1)), changed_on=date(2026, 2, 2)) == []
