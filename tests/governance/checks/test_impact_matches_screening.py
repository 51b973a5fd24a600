from __future__ import annotations

from tests import make
from tests.governance.checks.shared import keys, run, snapshot


def test_unanswered_impact_is_an_error() -> None:
    assert keys(run("impact_matches_screening", snapshot(make.answers(is_high_impact=None)))) == [
        ("error", "unanswered")
    ]


def test_plainly_not_high_impact_against_the_screening_is_a_warning() -> None:
    given = make.answers(is_high_impact="not_high_impact", scr_rights_safety="yes")
    assert keys(run("impact_matches_screening", snapshot(given))) == [("warning", "screening")]


def test_report_unlike_the_signed_determination_is_an_error() -> None:
    (problem,) = run("impact_matches_screening", snapshot(make.answers(), determined_impact="high_impact"))
    assert problem.key == "determination"
    assert problem.message == (
        "It reports not high-impact; the signed determination says high-impact. "
        "Report what was signed, or ask for a new determination with what has changed."
    )


def test_agreeing_answers_are_no_problem() -> None:
    assert run("impact_matches_screening", snapshot(determined_impact="high_impact")) == []
