from __future__ import annotations

from datetime import date
from typing import Any

from governance.compliance.contract import Record
from tests.governance.checks.shared import Found, assessed, keys, run, snapshot, waiver

ON, LAST = date(2026, 2, 1), date(2026, 11, 17)


def found(*records: Record, day: date = LAST, **columns: Any) -> Found:
    return run("assessment_current", snapshot(as_of=day, records=records, **columns))


def test_it_counts_to_its_day_and_is_an_error_the_day_after() -> None:
    made = assessed(on=ON, until=LAST)
    assert found(*made) == [] and found() == []
    (problem,) = found(*made, day=date(2026, 11, 18))
    assert (problem.severity, problem.key, problem.due_on) == ("error", "date", LAST)
    assert found(*made, day=date(2026, 11, 18), waivers=(waiver("impact_assessment"),)) == []


def test_a_material_change_after_it_asks_for_another() -> None:
    assert found(*assessed(on=ON), changed_on=ON) == [], "made on the day of the change"
    assert keys(found(*assessed(on=ON), changed_on=date(2026, 2, 2))) == [("warning", "change")]


def test_the_newest_complete_one_counts() -> None:
    newer = assessed(on=date(2026, 6, 1))
    assert found(*assessed(on=ON, until=LAST), *newer, day=date(2026, 11, 18)) == []
    unfinished = assessed(on=date(2026, 6, 1), lacks=("independent_review",))
    assert keys(found(*assessed(on=ON, until=LAST), *unfinished, day=date(2026, 11, 18))) == [("error", "date")]
