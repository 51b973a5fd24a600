from __future__ import annotations

from governance.compliance.contract import Namesake
from tests import make
from tests.governance.checks.shared import keys, run, snapshot

LONG = "A clerk reads each suggested bin, compares it with the label and decides alone; nothing follows from it. "


def said(text: str, **columns: object) -> list[tuple[str, str]]:
    given = make.answers(is_high_impact="presumed_not_high_impact", hi_justification=text)
    return keys(run("justification_specific", snapshot(given, **columns)))


def test_short_justification_is_a_notice() -> None:
    assert said("A person decides.") == [("notice", "short")]


def test_reused_wording_names_the_other_case() -> None:
    twin = Namesake("DHS-9002", "ICE", {}, has_same_name=False, has_same_justification=True)
    assert said(LONG, namesakes=(twin,)) == [("warning", "reused")]


def test_specific_text_is_no_problem() -> None:
    other = Namesake("DHS-9002", "ICE", {}, has_same_name=True, has_same_justification=False)
    assert said(LONG, namesakes=(other,)) == []
