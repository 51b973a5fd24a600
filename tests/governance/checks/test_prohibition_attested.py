from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from governance.compliance.contract import HoldFact
from tests import make
from tests.governance.checks.shared import Found, keys, run, snapshot

FIELD = "proh_profiling"


def found(answer: str | None, *holds: HoldFact) -> Found:
    given = make.deployed_high_impact(**{FIELD: answer})
    return run("prohibition_attested", snapshot(given, holds=holds), field=FIELD)


def hold(state: str, answer: str = "yes", prohibition: str = FIELD) -> HoldFact:
    return HoldFact(prohibition, state, answer, date(2026, 12, 1))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [("no", []), ("yes", [("error", "")]), ("unknown", [("warning", "")]), (None, [("warning", "")])],
)
def test_an_attestation_is_given_and_says_no(answer: str | None, expected: Any) -> None:
    assert keys(found(answer)) == expected
    assert keys(found(answer, hold("open", prohibition="proh_other"))) == expected, "a hold of another question"


@pytest.mark.parametrize(("answer", "severity"), [("yes", "error"), ("unknown", "warning"), ("no", "warning")])
def test_an_open_hold_is_the_one_problem_whatever_the_answer(answer: str, severity: str) -> None:
    (problem,) = found(answer, hold("open", answer))
    assert (problem.severity, problem.key, problem.due_on) == (severity, "", date(2026, 12, 1))
    assert "the offices have not settled it; they are to speak by 1 December 2026" in problem.message


def test_what_the_offices_lifted_is_settled_for_the_answer_it_was_about() -> None:
    assert found("yes", hold("lifted")) == [] and found("unknown", hold("lifted", "unknown")) == []
    assert found(None, hold("lifted", "withheld")) == [], "an answer nobody here can read"
    assert keys(found("yes", hold("lifted", "unknown"))) == [("error", "")]


def test_a_prohibition_that_applies_is_an_error_whatever_is_answered_since() -> None:
    (problem,) = found("no", hold("applies"))
    assert problem.severity == "error" and "The offices determined" in problem.message
