"""Answers that become hidden leave the document and stay in older revisions; what appears is marked."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.models import Event
from registry import asking, questionnaire
from registry.actions.use_cases import StaleSection, record_from_inventory, save_section
from registry.document import empty, with_answers
from registry.models import Revision, UseCase
from tests import make
from tests.registry.test_export import PUBLISHED, out

FORM = questionnaire.editions()[-1]
GENERATIVE = {
    "scr_generative_ai": "yes", "genai_kinds": ["text"], "genai_hosting": "dhs", "genai_inputs": ["internal"],
    "scr_vendor": "yes", "solicitation_on": "2026-05-01", "acq_terms": ["privacy"], "acq_llm_terms": ["cards"],
}  # fmt: skip
GENAI = {"genai_kinds", "genai_hosting", "genai_inputs"}


def document(**answers):
    return with_answers(empty(), answers)


# -- pure -------------------------------------------------------------------------------------------


def test_hiding_one_answer_hides_what_hangs_on_it():
    before = document(**make.answers(**GENERATIVE))
    after = asking.settled(FORM, before, with_answers(before, {"scr_generative_ai": "no"}))
    gone = asking.present(before) - asking.present(after)
    assert gone == GENAI | {"acq_llm_terms"}, "the terms hang on what the model makes, which hangs on the first answer"
    assert asking.effects(FORM, before, after).hidden == tuple(q for q in FORM if q.field in gone)


def test_what_a_file_reported_under_a_hidden_question_stays_until_what_hides_it_changes():
    reported = document(contracting_usage="in_house", vendor_name="Larkfield", benefits="Old.")
    saved = asking.settled(FORM, reported, with_answers(reported, {"benefits": "New."}))
    assert saved["answers"]["vendor_name"] == "Larkfield"
    saved = asking.settled(FORM, saved, with_answers(saved, {"contracting_usage": ""}))
    assert "vendor_name" not in saved["answers"]


def test_markers_and_flags_under_a_hidden_question_leave_too():
    shown = {**document(contracting_usage="vendor", have_ato="yes"), "withheld": {"vendor_name": "(LES)"}}
    shown["flagged"] = {"system_name_ato": {"text": "?", "code": "x", "message": ""}}
    after = asking.settled(FORM, shown, with_answers(shown, {"contracting_usage": "in_house", "have_ato": "no"}))
    assert after["withheld"] == after["flagged"] == {}


def test_an_answer_given_to_a_question_that_is_not_asked_does_not_enter():
    before = document(scr_biometrics="none")
    after = asking.settled(FORM, before, with_answers(before, {"face_reviewed": "yes"}))
    assert after == before


choices = {q.field: q.codes for q in FORM if q.type == "choice"}
some = st.fixed_dictionaries({}, optional={field: st.sampled_from(codes) for field, codes in choices.items()})
documents_of = some.map(lambda answers: document(**answers))


@given(documents_of, some)
@settings(max_examples=200)
def test_settling_comes_to_rest_and_changes_nothing_that_counts(before, answers):
    whole = with_answers(before, answers)
    after = asking.settled(FORM, before, whole)
    assert asking.settled(FORM, before, after) == after
    assert asking.visible_answers(FORM, after) == asking.visible_answers(FORM, whole)
    left_hidden = asking.present(after) - asking.asked(FORM, after)
    assert left_hidden.isdisjoint(asking.asked(FORM, before)), "what was asked before and is hidden now has left"


@given(documents_of)
def test_an_answer_counts_only_if_what_it_hangs_on_counts(doc):
    counted = asking.visible_answers(FORM, doc)
    for question in FORM.conditional:
        if question.field in counted:
            assert question.show_if.holds({"development_stage": asking.stage_of(doc), **counted})


# -- saving -----------------------------------------------------------------------------------------


def test_the_person_is_told_which_answers_left_and_the_event_names_them(cast, sign_in):
    case = make.use_case(owner=cast.officer, given=make.answers(**GENERATIVE))
    client = sign_in(cast.officer)
    scope = {"opened_on": "1", "is_ai": "yes", "is_ai_reason": "It drafts.", "is_in_scope": "yes"}
    scope |= {"scr_rights_safety": "no", "scr_biometrics": "none", "scr_generative_ai": "no"}
    page = client.post(f"/use-cases/{case.use_case_id}/tasks/scope/", scope, follow=True).content.decode()
    assert "4 answers no longer count" in page and "What does it make?" in page
    assert "They stay in revision 1." in page
    event = Event.objects.get(kind="use_case.saved")
    assert set(event.data["no_longer_count"]) == GENAI | {"acq_llm_terms"}
    now = UseCase.objects.get(pk=case.pk)
    assert GENAI.isdisjoint(now.document["answers"])
    assert Revision.objects.get(use_case=case, number=1).document["answers"]["genai_hosting"] == "dhs"


def test_a_file_comes_out_as_it_came_in_although_an_answer_is_hidden(cast):
    given = make.answers(development_stage="deployed", contracting_usage="in_house", vendor_name="Larkfield")
    case = record_from_inventory(
        make.component("CBP"), "DHS-77", given, effective_on=PUBLISHED, actor=cast.manager
    )  # fmt: skip
    before = out(cast.manager).content
    save_section(case, "data", {"scr_pii": "yes"}, opened_on=1, actor=cast.lead)
    assert b"Larkfield" in before and out(cast.manager).content == before
    assert UseCase.objects.get(pk=case.pk).document["answers"]["vendor_name"] == "Larkfield"


def test_what_somebody_else_hid_meanwhile_is_not_lost_without_a_word(cast, sign_in):
    case = make.use_case(owner=cast.officer, given=make.answers(scr_biometrics="face", face_retention=None))
    save_section(case, "scope", {"scr_biometrics": "none"}, opened_on=1, actor=cast.lead)
    typed = {"opened_on": "1", "edition": FORM.name, "face_functions": ["capture"], "face_retention": "Twelve hours."}
    client = sign_in(cast.officer)
    page = client.post(f"/use-cases/{case.use_case_id}/tasks/biometrics/", typed)
    assert page.status_code == 409
    assert "Twelve hours." in page.content.decode() and "Not asked any more" in page.content.decode()
    assert UseCase.objects.get(pk=case.pk).revision_number == 2, "nothing was saved"


def test_only_those_two_people_conflict_who_wrote_different_answers(cast):
    case = make.use_case(owner=cast.officer)
    save_section(case, "data", {"scr_pii": "yes"}, opened_on=1, actor=cast.lead)
    assert save_section(case, "data", {"scr_pii": "yes"}, opened_on=1, actor=cast.officer) is None
    with pytest.raises(StaleSection):
        save_section(case, "data", {"scr_pii": "unknown"}, opened_on=1, actor=cast.officer)


# -- what appears -----------------------------------------------------------------------------------


def test_questions_an_answer_opened_are_named_with_the_answer_that_did_it(cast, sign_in):
    case = make.use_case(owner=cast.officer, given=make.answers(scr_generative_ai=None))
    scope = {"opened_on": "1", "is_ai": "yes", "is_ai_reason": "It drafts.", "is_in_scope": "yes"}
    scope |= {"scr_rights_safety": "no", "scr_biometrics": "none", "scr_generative_ai": "yes"}
    answer = sign_in(cast.officer).post(f"/use-cases/{case.use_case_id}/tasks/scope/", scope, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain[-1][0].split("?")[0].endswith("/tasks/generative_ai/")
    assert "6 new questions" in page and "“Does it use generative AI?” with “Yes”" in page
    assert page.count(">New<") == 6


@pytest.mark.parametrize(("stage", "again"), [("pilot", True), ("pre_deployment", False)])
def test_a_page_opens_again_where_its_own_answers_opened_what_is_needed_now(cast, sign_in, stage, again):
    case = make.use_case(owner=cast.officer, given=make.answers(development_stage=stage))
    given = {"opened_on": "1", "scr_vendor": "yes", "scr_ato": "held", "contracting_usage": "vendor"}
    answer = sign_in(cast.officer).post(f"/use-cases/{case.use_case_id}/tasks/system/", given)
    assert answer.url.split("?")[0].endswith("/tasks/system/") is again
    assert "contract_number" in answer.url and "acq_terms" not in answer.url


@pytest.mark.parametrize(
    ("stage", "fields", "says"),
    [
        ("pre_deployment", "genai_kinds,genai_model", "2 new questions appeared, 1 of them needed now"),
        ("pre_deployment", "genai_model", "1 new question appeared, not needed now"),
        ("pilot", "genai_kinds,genai_model", "2 new questions appeared, needed now"),
    ],
)
def test_of_the_questions_that_appeared_it_is_said_how_many_are_needed_now(cast, sign_in, stage, fields, says):
    given = make.answers(scr_generative_ai="yes", development_stage=stage, genai_kinds=None, genai_model=None)
    case = make.use_case(owner=cast.officer, given=given)
    page = sign_in(cast.officer).get(f"/use-cases/{case.use_case_id}/tasks/?new={fields}").content.decode()
    assert says in page


def test_an_address_cannot_mark_questions_that_are_not_asked(cast, sign_in):
    case = make.use_case(owner=cast.officer)
    page = sign_in(cast.officer).get(f"/use-cases/{case.use_case_id}/tasks/?new=genai_kinds,nothing,%00")
    assert page.status_code == 200 and b"new question" not in page.content
