from __future__ import annotations

from governance.compliance.checks.required_answers import gate
from tests import make
from tests.governance.checks.shared import run, snapshot


def test_missing_answers_of_a_gate_are_one_problem_that_names_them() -> None:
    given = make.deployed_high_impact(has_pii=None, operational_date=None, topic_area=None)
    (problem,) = run("required_answers", snapshot(given), gate="in_use")
    assert problem.message.startswith("2 answers are missing: ")
    (other,) = run("required_answers", snapshot(given), gate="active")
    assert other.field == "topic_area" and other.message.startswith("1 answer is missing: ")


def test_what_the_stage_does_not_ask_is_not_missing() -> None:
    assert run("required_answers", snapshot(make.answers()), gate="in_use") == []
    assert run("required_answers", snapshot(make.answers()), gate="deployed_high_impact") == []


def test_withheld_counts_as_answered_and_flagged_does_not() -> None:
    given = make.deployed_high_impact(has_pii=None)
    assert run("required_answers", snapshot(given, withheld={"has_pii": "(LES)"}), gate="in_use") == []
    flag = {"text": "?", "code": "unknown_value", "message": "Not an answer."}
    assert len(run("required_answers", snapshot(given, flagged={"has_pii": flag}), gate="in_use")) == 1


def test_every_question_of_omb_belongs_to_one_gate() -> None:
    assert gate("have_ato") == "in_use" and gate("hi_testing_conducted") == "deployed_high_impact"
    assert gate("development_stage") == "all_stages" and gate("topic_area") == "active"
    assert gate("scr_pii") is None
