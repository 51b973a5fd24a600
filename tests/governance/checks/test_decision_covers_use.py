from __future__ import annotations

from datetime import date

from governance.compliance.contract import DecisionFact, Snapshot
from tests.governance.checks.shared import keys, run, snapshot


def decided(outcome: str, stage: str) -> Snapshot:
    return snapshot(decision=DecisionFact(outcome, stage, date(2026, 3, 1)))


def test_use_that_was_never_decided_is_a_warning() -> None:
    assert keys(run("decision_covers_use", snapshot())) == [("warning", "")]


def test_use_against_a_rejection_is_an_error() -> None:
    assert [p.message for p in run("decision_covers_use", decided("rejected", "deployed"))] == [
        "It was rejected and is reported as in use."
    ]


def test_deployed_under_an_approval_of_the_pilot_is_an_error() -> None:
    (problem,) = run("decision_covers_use", decided("approved", "pilot"))
    assert problem.severity == "error" and "without approval: the decision covers pilot" in problem.message


def test_decision_on_this_stage_covers_it() -> None:
    assert run("decision_covers_use", decided("approved_with_conditions", "deployed")) == []
