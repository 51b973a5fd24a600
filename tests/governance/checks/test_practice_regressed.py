from __future__ import annotations

from datetime import date
from typing import Any

from tests import make
from tests.governance.checks.shared import Found, evidence, keys, run, snapshot, waiver

FILED = date(2026, 1, 28)
BEFORE = {"testing": date(2025, 12, 1)}


def found(answer: str | None = "in_progress", **columns: Any) -> Found:
    given = make.deployed_high_impact(hi_testing_conducted=answer)
    return run("practice_regressed", snapshot(given, **{"reported_before": BEFORE, **columns}))


def test_done_before_and_not_now_is_a_warning_that_names_the_day() -> None:
    (problem,) = found()
    assert (problem.severity, problem.key, problem.practice) == ("warning", "testing", "testing")
    assert problem.message.endswith("filing of 1 December 2025 and is now in progress.")
    assert found(None)[0].message.endswith("is now not answered.")


def test_never_reported_or_reported_again_is_no_problem() -> None:
    assert found(reported_before={}) == [] and found("yes") == []
    assert found(waivers=(waiver(),)) == []


def test_evidence_from_the_day_of_the_filing_on_lifts_it_and_older_evidence_does_not() -> None:
    assert found(records=(evidence(on=FILED),)) == []
    assert keys(found(records=(evidence(on=date(2026, 1, 27)),))) == [("warning", "testing")]
    assert keys(found(records=(evidence("appeals", on=FILED),))) == [("warning", "testing")]
