from __future__ import annotations

from tests import make
from tests.governance.checks.shared import Found, run, snapshot, waiver


def review(answer: str | None, **columns: object) -> Found:
    return run("independent_review_done", snapshot(make.deployed_high_impact(hi_independent_review=answer), **columns))


def test_missing_or_unfinished_review_is_an_error_of_the_impact_assessment() -> None:
    for answer, said in ((None, "not answered"), ("in_progress", "in progress")):
        (problem,) = review(answer)
        assert (problem.severity, problem.practice) == ("error", "impact_assessment") and said in problem.message


def test_review_said_to_be_waived_needs_a_waiver_on_record() -> None:
    (problem,) = review("waived")
    assert "reported as waived without a waiver here" in problem.message
    assert review("waived", waivers=(waiver("impact_assessment"),)) == []


def test_review_by_another_office_is_no_problem() -> None:
    assert review("other_office") == [] and review("caio") == []
