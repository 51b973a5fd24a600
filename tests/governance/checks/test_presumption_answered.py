from __future__ import annotations

from tests import make
from tests.governance.checks.shared import run, snapshot


def test_presumed_use_reported_as_plainly_not_high_impact_is_an_error() -> None:
    (problem,) = run("presumption_answered", snapshot(make.answers()), category="j")
    assert problem.severity == "error" and "category j" in problem.message


def test_high_impact_or_cleared_answers_it() -> None:
    assert run("presumption_answered", snapshot(), category="j") == []
    cleared = snapshot(make.answers(is_high_impact="presumed_not_high_impact"))
    assert run("presumption_answered", cleared, category="j") == []
