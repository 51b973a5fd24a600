"""What a determination must hold, without a database."""

from __future__ import annotations

from dataclasses import replace

import pytest

from governance import determining
from governance.determining import HIGH, NOT_HIGH, PRESUMED, Determined, Known

CLEARED = Determined(
    PRESUMED, ("m",), "Nothing is decided on it.", "no", "A person decides without it.", "To the officer: I looked.",
    "An official looked at this invented use.",
)  # fmt: skip
STATED = Known(reported=PRESUMED, stated=("m",), suggested=HIGH, derived=("m",))


def test_a_presumption_is_cleared_with_reasoning_documentation_and_summary() -> None:
    assert determining.refusals(CLEARED, STATED) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"documentation": "  "}, "documentation for the Chief AI Officer"),
        ({"public_summary": ""}, "public summary"),
        ({"justification": ""}, "written justification"),
        ({"principal_basis": ""}, "no output is a principal basis"),
        ({"principal_basis": "yes"}, "makes it high-impact"),
        ({"principal_basis": "perhaps"}, "Say yes or no"),
        ({"reasoning": " "}, "Say why an output is"),
        ({"categories": ()}, "Name the presumed category"),
        ({"categories": ("z",)}, "letters a to o"),
        ({"documentation": "x" * 20_001}, "at most 20,000"),
        ({"impact": "maybe"}, "Say whether"),
    ],
)
def test_what_lacks_is_said(change: dict[str, object], words: str) -> None:
    assert words in " ".join(determining.refusals(replace(CLEARED, **change), STATED))


def test_a_stated_presumption_is_not_passed_over_by_calling_the_use_not_high_impact() -> None:
    (said,) = determining.refusals(Determined(NOT_HIGH, reasoning="It is small."), STATED)
    assert "(m)" in said and "clear the presumption in writing" in said


def test_who_judges_otherwise_than_reported_or_suggested_says_why() -> None:
    known = Known(reported=NOT_HIGH, suggested=NOT_HIGH)
    assert "Say why" in determining.refusals(Determined(HIGH), known)[0]
    assert determining.refusals(Determined(HIGH, reasoning="A benefit hangs on it."), known) == []
    assert determining.refusals(Determined(NOT_HIGH), known) == []
    derived = Known(reported=NOT_HIGH, suggested=HIGH, derived=("l",))
    assert "Say why" in determining.refusals(Determined(NOT_HIGH), derived)[0]


def test_the_differences_stand_in_words() -> None:
    said = determining.differences(Known(NOT_HIGH, (), HIGH, ("l",)), HIGH, ("l",))
    assert said == [
        "Reported not high-impact; the rules suggest high-impact.",
        "The rules suggest presumed category (l), which the component does not state.",
        "Reported not high-impact; determined high-impact.",
    ]
    assert determining.differences(Known(NOT_HIGH, (), NOT_HIGH, ()), NOT_HIGH) == []


def test_not_ai_needs_its_reason() -> None:
    assert determining.ai_refusals("yes", "") == []
    assert "why it is not" in determining.ai_refusals("no", " ")[0]
    assert "Say whether" in determining.ai_refusals("maybe", "x")[0]


@pytest.mark.parametrize(
    ("answers", "suggested"),
    [
        ({"is_ai": "yes"}, "yes"),
        ({"is_ai": "no", "classification": "other"}, "no"),
        ({"is_ai": "no", "classification": "generative_ai"}, ""),
        ({"classification": "nlp"}, "yes"),
        ({}, ""),
    ],
)
def test_whether_it_is_ai_is_suggested_from_the_answers(answers: dict[str, str], suggested: str) -> None:
    assert determining.suggest_ai(answers)[0] == suggested


def test_what_a_determination_rested_on_is_the_screening_and_the_impact() -> None:
    changed = {"benefits", "scr_pii", "is_high_impact", "classification", "proh_other"}
    assert determining.earlier_answers(changed) == ["is_high_impact", "proh_other", "scr_pii"]
    assert determining.earlier_answers(changed, "is_ai") == ["classification"]


def test_a_change_of_mind_is_a_phrase() -> None:
    assert determining.what_changed((PRESUMED, ["m"]), (HIGH, ["m"])) == (
        "from presumed high-impact, but determined not to high-impact"
    )
    assert determining.what_changed((HIGH, ["m"]), (HIGH, ["j"])) == "category (m) to (j)"
    assert determining.what_changed((HIGH, ["m"]), (HIGH, ["m"])) == ""
