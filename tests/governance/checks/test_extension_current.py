from __future__ import annotations

from datetime import date, timedelta

from governance.compliance.contract import ExtensionFact
from tests import make
from tests.governance.checks.shared import Found, keys, run, snapshot, waiver

LAST = date(2026, 11, 17)
GIVEN = make.deployed_high_impact(hi_testing_conducted="in_progress", hi_training_established="in_progress")


def extension(*practices: str, until: date = LAST) -> ExtensionFact:
    return ExtensionFact("omb-m-24-10", date(2026, 1, 1), until, practices)


def found(day: date, *extensions: ExtensionFact, **columns: object) -> Found:
    return run("extension_current", snapshot(GIVEN, as_of=day, extensions=extensions, **columns), soon_days=60)


def test_its_end_is_told_sixty_days_before_and_not_earlier() -> None:
    assert found(LAST - timedelta(days=61), extension()) == []
    (problem,) = found(LAST - timedelta(days=60), extension())
    assert (problem.severity, problem.due_on) == ("warning", LAST)
    assert "ends on 17 November 2026, and not met is: pre-deployment testing and human training" in problem.message


def test_the_day_after_it_has_ended_under_the_same_key() -> None:
    before, after = found(LAST, extension("testing")), found(LAST + timedelta(days=1), extension("testing"))
    assert keys(before) == keys(after) and "has ended" in after[0].message and "training" not in after[0].message


def test_what_is_met_or_covered_otherwise_is_no_problem() -> None:
    assert found(LAST, extension("appeals")) == []
    over = LAST + timedelta(days=1)
    assert found(over, extension("testing"), waivers=(waiver(),)) == []
    assert found(over, extension("testing"), extension("testing", until=date(2027, 6, 1))) == []
    assert run("extension_current", snapshot(GIVEN), soon_days=60) == []
