from __future__ import annotations

from datetime import date

from tests import make
from tests.governance.checks.shared import run, snapshot, waiver

OPEN = make.deployed_high_impact(hi_testing_conducted="in_progress", hi_appeal_process=None)


def test_open_practices_after_the_deadline_are_one_problem() -> None:
    (problem,) = run("practices_overdue", snapshot(OPEN), deadline="2026-04-03")
    assert problem.severity == "error" and "2 of 7 practices not met" in problem.message
    assert problem.data["practices"] == ["testing", "appeals"]


def test_deadline_day_itself_is_not_overdue() -> None:
    assert run("practices_overdue", snapshot(OPEN, as_of=date(2026, 4, 3)), deadline="2026-04-03") == []
    assert len(run("practices_overdue", snapshot(OPEN, as_of=date(2026, 4, 4)), deadline="2026-04-03")) == 1


def test_deadline_is_a_parameter_of_the_provision() -> None:
    assert run("practices_overdue", snapshot(OPEN), deadline="2027-04-03") == []


def test_claims_and_waivers_are_not_overdue() -> None:
    given = make.deployed_high_impact(hi_testing_conducted="in_progress")
    assert run("practices_overdue", snapshot(given, waivers=(waiver(),))) == []
    assert run("practices_overdue", snapshot()) == []
