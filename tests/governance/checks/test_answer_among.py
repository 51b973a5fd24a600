"""An answer is one of those a provision is content with."""

from __future__ import annotations

from typing import Any

from tests import make
from tests.governance.checks.shared import keys, run, snapshot


def case(**changes: Any) -> Any:
    return snapshot(make.deployed_high_impact(**changes))


def test_an_answer_that_is_content_yields_nothing_and_another_one_is_named_in_words() -> None:
    given = {"field": "tool_accessible", "good": ["yes", "no_interface"]}
    assert run("answer_among", case(tool_accessible="yes"), **given) == []
    (found,) = run("answer_among", case(tool_accessible="not_tested"), **given)
    assert (found.severity, found.key, found.field) == ("warning", "answer", "tool_accessible")
    assert "Not tested yet" in found.message
    assert keys(run("answer_among", case(tool_accessible=None), **given)) == [("notice", "unanswered")]


def test_what_is_not_asked_of_the_case_is_not_missed() -> None:
    assert run("answer_among", case(scr_biometrics="none"), field="face_opt_out", good=["yes"]) == []
