"""What a record answers, when a case differs from it, and when a date comes near: no database."""

from datetime import date

import pytest

from registry import questionnaire, systems
from registry.document import with_answers

TODAY = date(2026, 6, 1)
ASKED = questionnaire.every()
HELD = {"name": "INVENTED-LX", "ato": "held", "vendor_name": "Larkfield Systems"}
IN_USE = {"development_stage": "deployed", "contracting_usage": "vendor"}


def document(**answers):
    return with_answers({}, {**IN_USE, **answers})


def test_an_authorization_under_way_is_none():
    assert systems.answers({"ato": "planned"}, TODAY) == {"have_ato": "no"}


def test_an_authorization_that_has_ended_is_none():
    facts = {"ato": "held", "ato_expires_on": "2026-05-31"}
    assert systems.answers(facts, TODAY)["have_ato"] == "no"
    assert systems.answers(facts, date(2026, 5, 31))["have_ato"] == "yes", "the last day counts"


def test_what_the_record_does_not_say_answers_nothing():
    assert systems.answers({"name": "X", "ato": "", "vendor_name": ""}, TODAY) == {"system_name_ato": "X"}


def test_a_number_is_no_link_to_an_assessment():
    assert "pia_url" not in systems.answers({"pia_reference": "DHS/CBP/PIA-000"}, TODAY)
    link = "https://example.invalid/pia"
    assert systems.answers({"pia_reference": link}, TODAY)["pia_url"] == link


def test_only_blank_questions_that_are_asked_are_filled():
    filled = systems.filled(HELD, document(vendor_name="Somebody Else"), ASKED, TODAY)
    assert filled == {"have_ato": "yes", "system_name_ato": "INVENTED-LX"}
    own = with_answers({}, {"development_stage": "deployed", "contracting_usage": "in_house"})
    assert "vendor_name" not in systems.filled(HELD, own, ASKED, TODAY), "it is hidden for what was built in-house"


def test_a_field_the_questionnaire_does_not_have_is_skipped():
    facts = {**HELD, "contract_number": "70INVENTED"}
    few = {name: question for name, question in ASKED.items() if name != "contract_number"}
    assert "contract_number" not in systems.filled(facts, document(), few, TODAY)


def test_a_withheld_or_flagged_answer_is_not_filled():
    withheld = {**document(), "withheld": {"have_ato": "Law Enforcement Sensitive (LES)"}}
    assert "have_ato" not in systems.filled(HELD, withheld, ASKED, TODAY)
    flagged = {**document(), "flagged": {"vendor_name": {"text": "?", "code": "x", "message": "?"}}}
    assert "vendor_name" not in systems.filled(HELD, flagged, ASKED, TODAY)


@pytest.mark.parametrize("answer", ["Larkfield Systems", "larkfield  systems.", "Oakmere; Larkfield Systems"])
def test_a_text_that_names_the_records_among_others_agrees(answer):
    assert systems.agree("vendor_name", answer, "Larkfield Systems")


def test_a_part_of_a_word_does_not_agree():
    assert not systems.agree("system_name_ato", "INVENTED-LXX", "INVENTED-LX")


def test_differences_are_of_given_answers_only():
    found = systems.differing(HELD, document(have_ato="no"), ASKED, TODAY)
    assert found == [("have_ato", "no", "yes")]


@pytest.mark.parametrize(
    ("left", "key"), [(61, None), (60, "60"), (31, "60"), (30, "30"), (1, "30"), (0, "0"), (-1, "past"), (-400, "past")]
)
def test_a_date_is_told_at_its_steps(left, key):
    ends = date.fromordinal(TODAY.toordinal() + left)
    found = systems.due({"ato": "held", "ato_expires_on": ends.isoformat()}, TODAY)
    assert [one.key for one in found] == ([f"ato_expires_on:{ends.isoformat()}:{key}"] if key else [])


def test_only_an_authorization_that_is_held_can_end():
    assert systems.due({"ato": "planned", "ato_expires_on": "2026-06-02"}, TODAY) == []


def test_cases_side_by_side_show_what_differs_and_nothing_else():
    same = document(have_ato="yes", is_high_impact="high_impact", use_case_name="One")
    other = document(have_ato="no", is_high_impact="not_high_impact", use_case_name="Two")
    found = systems.disagreements({"A": same, "B": other, "C": document(have_ato="yes")})
    assert [(one.field, one.may_differ) for one in found] == [("have_ato", False), ("is_high_impact", True)]
    assert found[0].answers == (("yes", ("A", "C")), ("no", ("B",)))


def test_spelling_alone_is_no_difference():
    found = systems.disagreements(
        {"A": document(vendor_name="Larkfield, Inc."), "B": document(vendor_name="LARKFIELD INC")}
    )
    assert found == []


def test_a_change_is_settled_only_by_answers_that_say_it():
    assert systems.is_settled(["ato"], HELD, document(have_ato="yes"), ASKED, TODAY)
    assert not systems.is_settled(["ato", "description"], HELD, document(have_ato="yes"), ASKED, TODAY)
    assert not systems.is_settled(["ato"], HELD, document(), ASKED, TODAY)
    assert not systems.is_settled([], HELD, document(have_ato="yes"), ASKED, TODAY)
