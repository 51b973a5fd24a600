from __future__ import annotations

from datetime import date

from governance.compliance.contract import PilotFact
from tests import make
from tests.governance.checks.shared import Found, run, snapshot


def found(day: date, began: str | None = "2025-11-17", **columns: object) -> Found:
    given = make.deployed_high_impact(development_stage="pilot", operational_date=began)
    return run("pilot_ageing", snapshot(given, as_of=day, **columns), months=12)


def test_a_pilot_is_long_from_the_day_after_its_year() -> None:
    assert found(date(2026, 11, 17)) == []
    (problem,) = found(date(2026, 11, 18))
    assert (problem.severity, problem.due_on) == ("notice", date(2026, 11, 17))
    assert "since 17 November 2025" in problem.message


def test_without_a_first_day_or_with_a_certificate_it_does_not_age() -> None:
    assert found(date(2026, 11, 18), None) == []
    assert found(date(2026, 11, 18), pilots=(PilotFact(date(2026, 1, 1), date(2026, 12, 31)),)) == []
