from __future__ import annotations

from tests import make
from tests.governance.checks.shared import run, snapshot


def test_missing_and_unknown_answers_are_counted() -> None:
    (problem,) = run("screening_complete", snapshot(make.answers(scr_pii="unknown", scr_ato=None)))
    assert (problem.severity, problem.field) == ("notice", "scr_pii")
    assert problem.message.startswith("2 of 7 ")


def test_complete_screening_is_no_problem() -> None:
    assert run("screening_complete", snapshot(make.answers())) == []
