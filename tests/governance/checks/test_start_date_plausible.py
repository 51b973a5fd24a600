from __future__ import annotations

from datetime import date

from tests import make
from tests.governance.checks.shared import Found, keys, run, snapshot


def began(day: str | None, **columns: object) -> Found:
    given = make.deployed_high_impact(operational_date=day)
    return run("start_date_plausible", snapshot(given, **columns), field="operational_date")


def test_date_after_the_filing_cannot_be_true() -> None:
    assert keys(began("2026-05-02", effective_on=date(2026, 1, 28))) == [("warning", "")]


def test_date_up_to_the_filing_is_plausible() -> None:
    assert began("2026-01-28", effective_on=date(2026, 1, 28)) == []
    assert began(None) == []
