"""The edition of 2026: OMB's questions unchanged, the directive in full, and short for a plain case."""

import pytest

from registry import questionnaire, tasklist
from registry.document import empty, with_answers
from tests import make

OLD, FORM = questionnaire.editions()
SECTIONS = (
    "scope basics authority system data outputs prohibited principles impact oversight biometrics generative_ai "
    "practices publication"
)


def document(**changes):
    return with_answers(empty(), make.answers(**changes))


def needed(**changes):
    """What a plain case with these changes has to answer."""
    return tasklist.required(FORM, FORM, document(**changes))


@pytest.mark.parametrize("form", questionnaire.editions(), ids=lambda form: form.name)
def test_every_question_has_a_short_name_of_its_own(form):
    names = [question.title for question in form]
    assert len(set(names)) == len(names)
    assert all(len(name) <= 45 and not name.endswith("?") for name in names)


def test_sections_are_the_pinned_ones():
    assert [section.slug for section in FORM.sections] == SECTIONS.split()


def test_omb_s_questions_are_those_of_the_edition_before_word_for_word():
    words = ("label", "options", "omb_column", "max_length", "handling", "type", "exclusive")
    for question in OLD:
        now = FORM.by_field[question.field]
        assert all(getattr(now, name) == getattr(question, name) for name in words), question.field
        assert now.show_if.tree == question.show_if.tree and now.required_when.tree == question.required_when.tree


def test_what_is_the_portal_s_own_never_leaves_with_the_public_file():
    own = [question for question in FORM if not question.omb_column]
    assert len(own) > 70 and all(question.handling == "internal" for question in own)


def test_rules_of_texts_nobody_read_are_marked_as_summaries():
    assert FORM.by_field["acq_terms"].is_summary and FORM.by_field["face_tested_on"].is_summary
    assert not FORM.by_field["use_case_name"].is_summary and not FORM.by_field["is_ai"].is_summary


def test_a_section_that_can_be_hidden_says_what_opens_it():
    always = {section.slug for section in FORM.sections if any(not q.show_if.fields for q in section.questions)}
    for section in FORM.sections:
        assert (section.slug in always) is not bool(section.opens_when), section.slug


def test_a_plain_case_before_the_pilot_answers_two_questions_more_than_last_year():
    asked = needed()
    assert len(asked) == 28
    assert asked - OLD.fields == {"is_in_scope", "scr_generative_ai"}


def test_a_plain_case_sees_nothing_of_faces_models_oversight_or_practices():
    shown = FORM.asked(document()["answers"])
    for slug in ("oversight", "biometrics", "generative_ai", "practices"):
        assert shown.isdisjoint(question.field for question in FORM.section(slug).questions), slug


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"is_in_scope": "no"}, "scope_exclusion"),
        ({"scr_persons_affected": "public"}, "legal_authority"),
        ({"scr_law_enforcement": "yes"}, "legal_authority"),
        ({"scr_rights_safety": "yes"}, "oversight_form"),
        ({"is_high_impact": "high_impact"}, "oversight_form"),
        ({"scr_biometrics": "face"}, "face_reviewed"),
        ({"scr_generative_ai": "yes"}, "genai_hosting"),
        ({"classification": "generative_ai", "scr_generative_ai": "unknown"}, "genai_inputs"),
        ({"scr_presumed_categories": ["j"]}, "principal_basis"),
        ({"proh_profiling": "yes"}, "prohibited_explained"),
        ({"is_withheld": "other"}, "withheld_reason"),
    ],
)
def test_an_answer_makes_what_follows_from_it_needed_before_the_pilot(changes, field):
    assert field in needed(**changes)
    assert field not in needed()


def test_what_is_only_possible_is_shown_and_not_needed():
    assert "oversight_form" not in needed(scr_rights_safety="unknown")
    assert "oversight_form" in FORM.asked(document(scr_rights_safety="unknown")["answers"])
    assert "prohibited_explained" not in needed(proh_other="unknown")


@pytest.mark.parametrize(
    ("dates", "terms", "model_terms"),
    [
        ({"solicitation_on": "2025-09-29"}, False, False),
        ({"solicitation_on": "2025-09-30"}, True, False),
        ({"solicitation_on": "2024-01-01", "option_exercised_on": "2025-10-01"}, True, False),
        ({"solicitation_on": "2026-03-10"}, True, False),
        ({"solicitation_on": "2026-03-11"}, True, True),
        ({"solicitation_on": "2024-01-01", "option_exercised_on": "2026-05-01"}, True, True),
        ({"solicitation_on": "2027-12-11"}, True, False),
        ({}, False, False),
    ],
)
def test_the_dates_decide_which_memorandum_is_asked_about(dates, terms, model_terms):
    given = make.answers(scr_vendor="yes", scr_generative_ai="yes", genai_kinds=["text"])
    given = {name: value for name, value in given.items() if name != "solicitation_on"} | dates
    shown = FORM.asked(given)
    assert ("acq_terms" in shown, "acq_llm_terms" in shown) == (terms, model_terms)


def test_a_model_that_makes_pictures_is_no_large_language_model():
    given = make.answers(scr_vendor="yes", scr_generative_ai="yes", genai_kinds=["image"])
    assert "acq_llm_terms" not in FORM.asked(given | {"solicitation_on": "2026-05-01"})


def test_a_retired_case_answers_only_what_omb_asks_of_all():
    asked = needed(development_stage="retired")
    assert asked == {"use_case_name", "contact_email", "development_stage", "is_high_impact", "is_withheld"}


def test_the_task_list_keeps_now_next_and_only_if_apart():
    tasks = tasklist.build(FORM, document())
    assert [item.slug for item in tasks.now_sections] == [
        "scope", "basics", "authority", "system", "data", "prohibited", "impact", "publication",
    ]  # fmt: skip
    assert [item.slug for item in tasks.next_sections] == [
        "basics", "authority", "system", "data", "outputs", "principles",
    ]  # fmt: skip
    assert [item.slug for item in tasks.later_sections] == ["oversight", "biometrics", "generative_ai", "practices"]
    assert tasks.is_ready and tasks.now.left == 0
    system = next(item for item in tasks.next_sections if item.slug == "system")
    assert (system.status, system.next_status) == ("completed", "not_started")
    assert tasks.next.needed == sum(item.next.needed for item in tasks.next_sections)


@pytest.mark.parametrize("form", [OLD, FORM], ids=lambda form: form.name)
def test_the_builders_answer_everything_that_is_needed(form):
    for given in (make.answers(), make.deployed_high_impact(), make.answers(scr_biometrics="face")):
        assert tasklist.missing(form, with_answers(empty(), given)) == []
