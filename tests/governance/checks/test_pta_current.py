from __future__ import annotations

from datetime import date

from governance.compliance.contract import Record
from tests.governance.checks.shared import Found, adjudicated, run, snapshot


def found(*records: Record, day: date = date(2026, 11, 17)) -> Found:
    return run("pta_current", snapshot(as_of=day, records=records), years=3)


def test_none_on_record_or_none_adjudicated_is_a_warning() -> None:
    (missing,) = found()
    assert missing.severity == "warning" and "no privacy threshold analysis" in missing.message
    (waiting,) = found(*adjudicated(""))
    assert "has not decided" in waiting.message


def test_an_adjudication_holds_three_years_to_the_day() -> None:
    given = adjudicated("covered", on=date(2026, 2, 1))
    assert found(*given, day=date(2029, 2, 1)) == []
    (problem,) = found(*given, day=date(2029, 2, 2))
    assert problem.due_on == date(2029, 2, 1) and "ran out on 1 February 2029" in problem.message


def test_a_shorter_end_of_its_own_counts() -> None:
    given = adjudicated("covered", on=date(2026, 2, 1), until=date(2026, 12, 31))
    assert found(*given, day=date(2026, 12, 31)) == []
    assert found(*given, day=date(2027, 1, 1))[0].due_on == date(2026, 12, 31)
