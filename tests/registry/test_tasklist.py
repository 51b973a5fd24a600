"""The task list: what is needed now, next and if deployed and high-impact."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry import questionnaire, tasklist

FORM = questionnaire.editions()[0]
FILLED = {
    question.field: {
        "multi": [question.codes[0]] if question.codes else [],
        "choice": question.codes[0] if question.codes else "",
        "date": "2026-01-02",
    }.get(question.type, "Words of our own")
    for question in FORM
}


def document(answers=None, withheld=None, flagged=None):
    return {"answers": answers or {}, "withheld": withheld or {}, "flagged": flagged or {}}


def filled(*, without=(), **changes):
    answers = {**FILLED, **changes}
    return document({field: value for field, value in answers.items() if field not in without})


def state(doc, slug):
    return next(item for item in tasklist.build(FORM, doc).sections if item.slug == slug)


def missing_fields(doc):
    return [item.field for item in tasklist.missing(FORM, doc)]


def test_a_new_draft_is_asked_what_pre_deployment_asks_and_its_stage():
    tasks = tasklist.build(FORM, document({"use_case_name": "Photo sorting"}))
    assert [item.slug for item in tasks.group("now")] == [
        "basics", "is-it-ai", "screening", "prohibited", "impact", "publication",
    ]  # fmt: skip
    assert [item.slug for item in tasks.group("next")] == ["acquisition", "data"]
    assert [item.slug for item in tasks.group("later")] == ["practices"]
    assert "development_stage" in {item.field for item in tasks.missing}
    assert (tasks.stage, tasks.next_stage) == ("pre_deployment", "pilot")
    assert tasks.now == tasklist.Need(needed=26, answered=1)
    assert tasks.next == tasklist.Need(needed=7, answered=0)
    assert not tasks.is_ready
    assert tasks.continue_with.slug == "basics"


def test_sections_say_how_far_they_are():
    doc = document({"use_case_name": "Photo sorting", "is_ai": "yes"})
    states = {item.slug: item.status for item in tasklist.build(FORM, doc).sections}
    assert states["basics"] == "in_progress"
    assert states["screening"] == "not_started"
    assert states["acquisition"] == "not_started"
    assert states["practices"] == "cannot_start"
    assert state(filled(), "basics").status == "completed"


def test_next_stage_answers_may_be_given_early_and_are_counted_apart():
    doc = document({"development_stage": "pre_deployment", "have_ato": "no", "contracting_usage": "vendor"})
    acquisition = state(doc, "acquisition")
    assert (acquisition.group, acquisition.status) == ("next", "in_progress")
    assert acquisition.now == tasklist.Need(0, 0)
    assert acquisition.next == tasklist.Need(needed=4, answered=2)  # vendor_name joins the three
    assert "have_ato" not in missing_fields(document())


def test_moving_to_pilot_moves_its_questions_into_now():
    doc = filled(development_stage="pilot", is_high_impact="not_high_impact", without=["has_pii"])
    tasks = tasklist.build(FORM, doc)
    assert {"acquisition", "data"} <= {item.slug for item in tasks.group("now")}
    assert missing_fields(doc) == ["has_pii"]
    assert tasks.group("next") == ()
    assert [item.slug for item in tasks.group("later")] == ["practices"]
    assert tasks.continue_with.slug == "data"


def test_a_high_impact_pilot_needs_the_practices_next():
    assert state(filled(development_stage="pilot", is_high_impact="high_impact"), "practices").group == "next"
    assert state(filled(development_stage="deployed", is_high_impact="high_impact"), "practices").group == "now"


def test_practices_of_a_deployed_case_that_is_not_high_impact_cannot_start():
    practices = state(filled(development_stage="deployed", is_high_impact="not_high_impact"), "practices")
    assert (practices.group, practices.status, practices.given) == ("later", "cannot_start", 0)


def test_a_retired_case_needs_only_what_omb_asks_of_all():
    doc = document(
        {
            "use_case_name": "Old tool",
            "contact_email": "office@example.gov",
            "development_stage": "retired",
            "is_high_impact": "not_high_impact",
            "is_withheld": "no",
        }
    )
    tasks = tasklist.build(FORM, doc)
    assert tasks.is_ready
    assert tasks.next_stage is None
    assert {item.slug for item in tasks.group("optional")} == {
        "is-it-ai", "screening", "prohibited", "acquisition", "data", "practices",
    }  # fmt: skip


def test_a_withheld_answer_counts_and_a_flagged_one_waits_for_correction():
    whole = filled(development_stage="deployed", is_high_impact="not_high_impact")
    answers = dict(whole["answers"])
    del answers["vendor_name"], answers["topic_area"]
    flagged = {"topic_area": {"text": "Customs", "code": "vocabulary", "message": "not one of OMB's topics"}}
    doc = document(answers, {"vendor_name": "Law Enforcement Sensitive (LES)"}, flagged)
    (only,) = tasklist.missing(FORM, doc)
    assert only.field == "topic_area"
    assert only.section == "is-it-ai"
    assert only.why == "Waiting for correction: not one of OMB's topics"
    assert state(doc, "is-it-ai").status == "in_progress"
    assert state(doc, "is-it-ai").waiting_for_correction == 1
    assert state(doc, "acquisition").status == "completed"


def test_an_optional_field_waiting_for_correction_keeps_its_section_open_but_not_the_case():
    whole = filled(development_stage="deployed", is_high_impact="not_high_impact", without=["pia_url"])
    doc = {**whole, "flagged": {"pia_url": {"text": "\x00", "code": "control", "message": ""}}}
    assert missing_fields(doc) == []
    assert state(doc, "data").status == "in_progress"


@pytest.mark.parametrize(
    ("answers", "field", "why"),
    [
        ({}, "use_case_name", "Asked of every use case"),
        ({"development_stage": "pilot"}, "has_pii", "Asked because the stage is pilot"),
        (
            {"development_stage": "deployed", "is_high_impact": "high_impact"},
            "hi_failsafe_presence",
            "Asked because the impact is high-impact and the stage is deployed",
        ),
        (
            {"development_stage": "deployed", "contracting_usage": "both"},
            "vendor_name",
            "Asked because the stage is deployed and how it was acquired is developed with both contracting "
            "and in-house resources",
        ),
    ],
)
def test_says_why_an_answer_is_asked(answers, field, why):
    found = {item.field: item for item in tasklist.missing(FORM, document(answers))}
    assert found[field].why == why


def test_a_hidden_answer_is_kept_but_stops_counting():
    doc = filled(is_high_impact="not_high_impact", contracting_usage="in_house", have_ato="no")
    counted = tasklist.visible_answers(FORM, doc)
    gone = set(doc["answers"]) - set(counted)
    assert gone == {q.field for q in FORM if q.field.startswith("hi_")} | {"vendor_name", "system_name_ato"}
    again = {**doc, "answers": {**doc["answers"], "contracting_usage": "vendor"}}
    assert "vendor_name" in tasklist.visible_answers(FORM, again)


def test_an_empty_document_and_missing_parts_are_no_error():
    assert tasklist.build(FORM, {}).missing == tasklist.build(FORM, document()).missing
    assert tasklist.visible_answers(FORM, {"answers": None}) == {}


choices = {question.field: question.codes for question in FORM if question.type == "choice"}
documents_of = st.builds(
    document,
    st.fixed_dictionaries({}, optional={field: st.sampled_from(codes) for field, codes in choices.items()}),
)


@given(documents_of, st.data())
def test_answering_everything_missing_makes_the_case_ready(doc, data):
    for _ in range(len(FORM.fields)):
        left = tasklist.missing(FORM, doc)
        if not left:
            break
        field = left[0].field
        value = data.draw(st.sampled_from(choices[field])) if field in choices else FILLED[field]
        doc = document({**doc["answers"], field: value})
    assert tasklist.build(FORM, doc).is_ready


@given(documents_of)
def test_counts_agree_with_what_is_missing(doc):
    tasks = tasklist.build(FORM, doc)
    assert tasks.now.left == len(tasks.missing)
    for item in tasks.sections:
        assert item.now.left == sum(gap.section == item.slug for gap in tasks.missing)
        assert not (item.status == "completed" and item.now.left)
