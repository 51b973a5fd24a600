"""The questionnaire: OMB's fields, codes and stage x impact gates, exactly."""

import json
import os
from pathlib import Path

import pytest

from registry import questionnaire
from registry.yaml_source import FIXTURES, SourceError

FORM = questionnaire.editions()[0]
STAGES = ("pre_deployment", "pilot", "deployed", "retired")
IMPACTS = ("high_impact", "presumed_not_high_impact", "not_high_impact")

ALL = {"use_case_name", "contact_email", "is_withheld", "development_stage", "is_high_impact"}
ACTIVE = {"topic_area", "classification", "problem_solved", "benefits", "system_outputs"}
IN_USE = {"operational_date", "contracting_usage", "have_ato", "data_description", "has_pii"} | {
    "demographic_features",
    "has_custom_code",
}
PRACTICES = {
    "hi_testing_conducted", "hi_assessment_completed", "hi_potential_impacts", "hi_independent_review",
    "hi_ongoing_monitoring", "hi_training_established", "hi_failsafe_presence", "hi_appeal_process",
    "hi_public_consultation",
}  # fmt: skip
OPTIONAL = {"link_to_data", "pia_url", "code_url"}
OMB = ALL | ACTIVE | IN_USE | PRACTICES | OPTIONAL | {"hi_justification", "vendor_name", "system_name_ato"}
SCREENING = {
    "is_ai", "is_ai_reason", "scr_pii", "scr_persons_affected", "scr_rights_safety", "scr_biometrics",
    "scr_law_enforcement", "scr_vendor", "scr_ato", "scr_presumed_categories", "proh_sole_basis",
    "proh_improper_factors", "proh_profiling", "proh_surveillance", "proh_third_party", "proh_other",
}  # fmt: skip


def required(**answers):
    return {q.field for q in FORM if q.show_if.holds(answers) and q.required_when.holds(answers)}


def test_sections_stand_in_the_order_people_answer_them():
    assert [section.slug for section in FORM.sections] == [
        "basics", "is-it-ai", "screening", "prohibited", "impact", "acquisition", "data", "practices",
        "publication",
    ]  # fmt: skip


def test_asks_every_omb_field_and_the_screening_and_nothing_else():
    assert FORM.fields == OMB | SCREENING
    assert {q.field for q in FORM if q.omb_column} == OMB
    assert {q.omb_column.lower() for q in FORM if q.omb_column} == OMB


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("impact", IMPACTS)
def test_omb_requires_by_stage_and_impact(stage, impact):
    expected = set(ALL)
    if stage != "retired":
        expected |= ACTIVE | SCREENING
    if stage in ("pilot", "deployed"):
        expected |= IN_USE
    if impact == "presumed_not_high_impact":
        expected |= {"hi_justification"}
    if stage == "deployed" and impact == "high_impact":
        expected |= PRACTICES
    assert required(development_stage=stage, is_high_impact=impact) == expected


@pytest.mark.parametrize(
    ("stage", "usage", "asked"),
    [("pilot", "vendor", True), ("deployed", "both", True), ("deployed", "in_house", False),
     ("pre_deployment", "vendor", False), ("deployed", None, False)],
)  # fmt: skip
def test_vendor_name_is_required_in_use_with_a_contract(stage, usage, asked):
    assert ("vendor_name" in required(development_stage=stage, contracting_usage=usage)) is asked


@pytest.mark.parametrize(
    ("stage", "ato", "asked"),
    [("pilot", "yes", True), ("deployed", "no", False), ("pre_deployment", "yes", False)],
)
def test_system_name_is_required_in_use_with_an_authorization(stage, ato, asked):
    assert ("system_name_ato" in required(development_stage=stage, have_ato=ato)) is asked


CODES = {
    "is_withheld": "no risk_to_disclosure prohibited_by_law other",
    "development_stage": "pre_deployment pilot deployed retired",
    "is_high_impact": "high_impact presumed_not_high_impact not_high_impact",
    "topic_area": "administrative_functions cybersecurity emergency_management energy_environment "
    "benefits_processing health_medical human_resources information_technology international_affairs "
    "law_enforcement other procurement_financial science service_delivery transportation",
    "classification": "agentic_ai classical_ml computer_vision generative_ai nlp reinforcement_learning other",
    "contracting_usage": "vendor in_house both",
    "have_ato": "yes no",
    "has_pii": "yes no",
    "has_custom_code": "yes no",
    "demographic_features": "race_ethnicity sex age religious_affiliation socioeconomic_status "
    "ability_status residency_status marital_status income employment_status none other",
    "hi_testing_conducted": "yes in_progress waived",
    "hi_assessment_completed": "yes in_progress waived",
    "hi_independent_review": "other_office oversight_board caio in_progress waived",
    "hi_ongoing_monitoring": "yes in_progress waived",
    "hi_training_established": "yes in_progress waived",
    "hi_failsafe_presence": "yes not_applicable in_progress waived",
    "hi_appeal_process": "yes not_applicable in_progress precluded waived",
    "hi_public_consultation": "usability_testing public_comments public_hearings other in_progress waived",
    "is_ai": "yes no",
    "scr_pii": "yes no unknown",
    "scr_persons_affected": "none workforce public unknown",
    "scr_rights_safety": "yes no unknown",
    "scr_biometrics": "none face other unknown",
    "scr_law_enforcement": "yes no unknown",
    "scr_vendor": "yes no unknown",
    "scr_ato": "held planned none unknown",
    "scr_presumed_categories": "a b c d e f g h i j k l m n o none",
    "proh_sole_basis": "no yes unknown",
}


@pytest.mark.parametrize("field", CODES)
def test_codes_are_the_pinned_ones_in_canonical_order(field):
    assert FORM.by_field[field].codes == tuple(CODES[field].split())


def test_every_choice_question_has_its_codes_pinned():
    prohibitions = {field for field in FORM.fields if field.startswith("proh_")}
    assert {q.field for q in FORM if q.options} == set(CODES) | prohibitions
    assert all(FORM.by_field[field].codes == ("no", "yes", "unknown") for field in prohibitions)


def test_the_public_file_leaves_out_screening_contact_and_withholding():
    internal = {q.field for q in FORM if q.handling != "public"}
    assert internal == SCREENING | {"contact_email", "is_withheld"}


def test_answers_in_words():
    assert FORM.by_field["development_stage"].words("pilot") == "Pilot"
    assert FORM.by_field["demographic_features"].words(["sex", "age"]) == "Sex, Age"
    assert FORM.by_field["vendor_name"].words("Larkfield") == "Larkfield"
    assert FORM.by_field["vendor_name"].words(None) == ""


def plain(text: str) -> str:
    """OMB's header words without its line breaks, doubled blanks and practice captions."""
    head = text.replace("\n", " ").split("Practice:")[0].split("Subpractice:")[0].split("Sub practice")[0]
    return " ".join(head.split())


def test_labels_are_ombs_own_header_words():
    source = Path(os.environ.get("PORTAL_REAL_DATA", "../shared/data")) / "omb-2025-dictionary.json"
    if not source.exists():
        pytest.skip("OMB's dictionary is not here")
    dictionary = json.loads(source.read_text())
    mended = {"hi_independent_review", "hi_training_established"}  # OMB's slips "as independent", "the its"
    for question in FORM:
        if question.omb_column and question.field not in mended:
            assert question.label == plain(dictionary[question.omb_column]["excel_header"])


# -- files that are wrong ---------------------------------------------------------------------------

GOOD = (FIXTURES / "questionnaires" / "use-case-2025.yaml").read_text()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("field: use_case_name", "field: problem_solved", "asked twice"),
        ("type: email", "type: mail", "'mail' is not one of"),
        ("handling: internal", "handling: secret", "'secret' is not one of"),
        ("max_length: 254", "max_length: many", "whole number"),
        ("slug: basics", "slug: data", "stands twice"),
        ("is: [have_ato, yes]", "is: [has_ato, yes]", "unknown field 'has_ato'"),
        ("exclusive: [none]", "exclusive: [nothing]", "not among the choices"),
        ("{code: in_house, label", "{code: vendor, label", "different codes"),
        ("        short: the stage\n", "        shrt: the stage\n", "unknown key"),
        ("title: Publication", "title: Publication\n    title: Again", "stands twice"),
    ],
)
def test_a_wrong_file_is_refused_and_named(tmp_path, old, new, words):
    path = tmp_path / "form.yaml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(SourceError, match=words) as caught:
        questionnaire.load(path)
    assert "form.yaml" in str(caught.value)


def test_a_question_must_say_when_it_is_required(tmp_path):
    path = tmp_path / "form.yaml"
    path.write_text(GOOD.replace("        required_when: *all_stages\n", "", 1))
    with pytest.raises(SourceError, match=r"sections\[0\].questions\[0\].required_when"):
        questionnaire.load(path)


def test_yes_and_no_stay_words():
    assert FORM.by_field["has_pii"].codes == ("yes", "no")
