"""What the portal asks for a provision is answered."""

from __future__ import annotations

from typing import Any

from tests import make
from tests.governance.checks.shared import run, snapshot


def case(**changes: Any) -> Any:
    return snapshot(make.deployed_high_impact(**changes))


def test_questions_without_an_answer_are_named_together() -> None:
    silent = case(outputs_logged=None, legal_authority=None)
    (found,) = run("answered", silent, fields=["outputs_logged", "legal_authority"])
    assert found.severity == "notice" and found.field == "outputs_logged"
    assert "The legal authority" in found.message and "Logging of outputs" in found.message


def test_what_is_not_asked_of_the_case_is_not_missed() -> None:
    assert run("answered", case(scr_biometrics="none"), fields=["face_retention"]) == []
