"""Rules that hold answers against each other, against other cases, and against how public text reads."""

from datetime import date
from typing import Any

import pytest

from registry.quality import WRITTEN, Concern, Context, concerns, text_key, wording
from registry.quality.agreeing import PAIRS

TODAY = date(2026, 11, 22)
REASON = "The output is an invented hint that an officer weighs together with three other sources before acting."


def said(answers: dict[str, Any], **more: Any) -> list[Concern]:
    document = {"answers": {"development_stage": "deployed", **answers}, "withheld": {}, "flagged": {}}
    return list(concerns(document, Context(as_of=TODAY, **more), WRITTEN))


def codes(answers: dict[str, Any], **more: Any) -> list[str]:
    return [one.code for one in said(answers, **more)]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.first}-{pair.second}-{pair.is_first[0]}")
def test_each_pair_of_answers_speaks_and_half_of_it_does_not(pair: Any) -> None:
    both = {pair.first: pair.is_first[0], pair.second: pair.is_second[0]}
    (found,) = [one for one in said(both) if one.code == "contradicting_answers"]
    assert found.field == pair.second and found.message == pair.message
    for name in (pair.first, pair.second):
        assert "contradicting_answers" not in codes({"development_stage": None, name: both[name]})


def test_a_justification_word_for_word_elsewhere_is_named_and_a_short_one_is_not() -> None:
    texts = {text_key(REASON): ("EX-1", "EX-2", "EX-3")}
    given = {"is_high_impact": "presumed_not_high_impact", "hi_justification": REASON.upper()}
    (found,) = [one for one in said(given, same_text=texts, use_case_id="EX-1") if one.code == "justification_reused"]
    assert "EX-2, EX-3" in found.message and "EX-1" not in found.message
    assert text_key("Not the principal basis.") == ""
    given["hi_justification"] = REASON.replace("three", "two")
    assert "justification_reused" not in codes(given, same_text=texts, use_case_id="EX-1")


def test_many_others_are_counted_not_listed() -> None:
    texts = {text_key(REASON): tuple(f"EX-{number}" for number in range(32))}
    given = {"is_high_impact": "presumed_not_high_impact", "hi_justification": REASON}
    (found,) = [one for one in said(given, same_text=texts, use_case_id="EX-0") if one.code == "justification_reused"]
    assert found.message.endswith("EX-5 and 26 more.")


def test_a_presumption_cleared_without_a_category_is_named() -> None:
    given = {"is_high_impact": "presumed_not_high_impact", "hi_justification": REASON}
    assert "no_category_but_presumed" in codes({**given, "scr_presumed_categories": ["none"]})
    assert "no_category_but_presumed" not in codes({**given, "scr_presumed_categories": ["a"]})


def test_a_day_that_tells_of_the_past_is_not_ahead() -> None:
    given = {"contract_awarded_on": "2026-11-23", "ato_expires_on": "2027-01-01"}
    (found,) = [one for one in said(given, past_days=("contract_awarded_on",)) if one.code == "day_ahead"]
    assert found.field == "contract_awarded_on" and "23 November 2026" in found.message
    assert "day_ahead" not in codes({"contract_awarded_on": "2026-11-22"}, past_days=("contract_awarded_on",))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Reads the QZX and the WVB logs, and the QZX again.", ["QZX", "WVB"]),
        ("Sends QZXs to the I&A desk of DHS by GPS.", ["QZX"]),
        ("EVERYTHING HERE IS SHOUTED", []),
        ("Model B-52 and x86 and AB12", []),
    ],
)
def test_abbreviations_are_found_once_and_known_ones_are_not(text: str, found: list[str]) -> None:
    assert wording.abbreviations(text) == found


@pytest.mark.parametrize(
    "text", ["the Quick Zebra Exchange (QZX) reads", "QZX (Quick Zebra Exchange) reads", "Zebra Exchanges (QZXs)"]
)
def test_an_abbreviation_spelled_out_anywhere_is_explained(text: str) -> None:
    assert wording.is_explained("QZX", text)
    assert not wording.is_explained("QZX", text.replace("QZX", "WVB")), "of another one"


def test_an_abbreviation_is_named_where_it_first_stands() -> None:
    given = {"use_case_name": "QZX reader", "benefits": "The QZX is read sooner, the WVB too."}
    found = [(one.field, one.message) for one in said(given) if one.code == "unexplained_abbreviations"]
    assert found == [
        ("use_case_name", "Abbreviations that are not spelled out: QZX."),
        ("benefits", "Abbreviations that are not spelled out: WVB."),
    ]
    assert "unexplained_abbreviations" not in codes({**given, "problem_solved": "The Quick Zebra Exchange (QZX) and "
                                                     "the Wide Violet Book (WVB) are read."})  # fmt: skip


def test_a_hint_speaks_of_long_sentences_and_of_nothing_short() -> None:
    assert wording.hints("A short text. " * 3) == []
    assert wording.hints("It reads the mail and sorts it. " * 12) == []
    long = "It reads the mail of the day " * 8 + "and sorts it."
    assert wording.hints(long) == ["One sentence has 59 words. Two shorter ones are easier to follow."]
    heavy = "Operational interoperability considerations necessitate comprehensive organizational harmonization. " * 8
    assert wording.hints(heavy) == ["More than a third of the words are long. Everyday words reach more readers."]


@pytest.mark.parametrize(
    ("given", "is_said"),
    [
        ({"operational_date": "2024-03-01", "y2024_date_development": "2024-05"}, True),
        ({"operational_date": "2024-05-01", "y2024_date_development": "2024-05"}, False),
        ({"operational_date": "2024-05-01", "y2024_date_development": "2024"}, False),
        ({"operational_date": "2023-12-31", "y2024_date_development": "2024"}, True),
        ({"y2023_date_implemented": "2021-01", "y2023_date_development": "2022-01"}, True),
        ({"operational_date": "2024-03-01"}, False),
    ],
)
def test_in_use_before_its_development_began(given: dict[str, Any], is_said: bool) -> None:
    assert ("used_before_developed" in codes(given)) is is_said
