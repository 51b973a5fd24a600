from __future__ import annotations

from tests.governance.checks.shared import keys, run, snapshot


def test_each_flagged_answer_is_a_problem_of_its_own() -> None:
    flag = {"text": "Yes?", "code": "unknown_value", "message": "“Yes?” is not an answer of this column."}
    found = run("no_flagged_answers", snapshot(flagged={"have_ato": flag, "has_pii": flag}))
    assert keys(found) == [("warning", "have_ato"), ("warning", "has_pii")]
    assert "is not an answer of this column" in found[0].message


def test_clean_document_has_none() -> None:
    assert run("no_flagged_answers", snapshot()) == []
