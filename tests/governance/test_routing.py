"""Review routes: which answer brings in which office, and why the others are not needed."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance import routing
from registry import questionnaire
from registry.yaml_source import SourceError

FORM = questionnaire.editions()[0]
EDITION = routing.editions()[0]
OFFICES = ("PRIV", "CRCL", "CISO", "OGC", "OCPO", "ST")
PROHIBITIONS = sorted(field for field in FORM.fields if field.startswith("proh_"))
PLAIN = {
    "scr_pii": "no",
    "scr_rights_safety": "no",
    "scr_law_enforcement": "no",
    "scr_biometrics": "none",
    "scr_ato": "held",
    "scr_vendor": "no",
    "scr_presumed_categories": ["none"],
    "is_high_impact": "not_high_impact",
    **dict.fromkeys(PROHIBITIONS, "no"),
}


def routes(edition=EDITION, component="FEMA", **changes):
    answers = {field: value for field, value in {**PLAIN, **changes}.items() if value is not None}
    return routing.route(edition, {"answers": answers}, component)


def offices(**changes):
    return [lane.office for lane in routes(**changes).needed]


def test_a_plain_case_needs_no_office_and_says_why_for_each():
    found = routes()
    assert found.needed == ()
    assert [item.office for item in found.not_needed] == list(OFFICES)
    assert dict(found.not_needed)["PRIV"] == "No personal information is expected"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"scr_pii": "yes"}, ["PRIV"]),
        ({"scr_pii": "unknown"}, ["PRIV"]),
        ({"has_pii": "yes"}, ["PRIV"]),
        ({"scr_rights_safety": "yes"}, ["CRCL"]),
        ({"scr_rights_safety": "unknown"}, ["CRCL"]),
        ({"scr_law_enforcement": "yes"}, ["CRCL"]),
        ({"scr_law_enforcement": "unknown"}, ["CRCL"]),
        ({"scr_biometrics": "face"}, ["CRCL"]),
        ({"scr_biometrics": "other"}, ["CRCL"]),
        ({"scr_biometrics": "unknown"}, ["CRCL"]),
        ({"scr_ato": "planned"}, ["CISO"]),
        ({"scr_ato": "none"}, ["CISO"]),
        ({"scr_ato": "unknown"}, ["CISO"]),
        ({"have_ato": "no"}, ["CISO"]),
        ({"scr_vendor": "yes"}, ["OCPO"]),
        ({"scr_vendor": "unknown"}, ["OCPO"]),
        ({"contracting_usage": "both"}, ["OCPO"]),
        ({"is_high_impact": "high_impact"}, ["ST"]),
        ({"is_high_impact": "presumed_not_high_impact"}, ["ST"]),
        ({"scr_presumed_categories": ["j", "l"]}, ["ST"]),
        ({"proh_surveillance": "yes"}, ["PRIV", "CRCL", "OGC"]),
        ({"proh_third_party": "unknown"}, ["PRIV", "CRCL", "OGC"]),
    ],
)
def test_an_answer_brings_in_its_office(changes, expected):
    assert offices(**changes) == expected


@pytest.mark.parametrize("field", PROHIBITIONS)
@pytest.mark.parametrize("answer", ["yes", "unknown", None])
def test_a_prohibition_not_ruled_out_brings_in_counsel_and_civil_rights(field, answer):
    assert {"OGC", "CRCL"} <= set(offices(**{field: answer}))


def test_a_case_without_any_screening_goes_to_every_office():
    found = routing.route(EDITION, {"answers": {}}, "CBP")
    assert tuple(lane.office for lane in found.needed) == OFFICES
    assert found.not_needed == ()


def test_an_imported_answer_stands_in_for_a_screening_question_nobody_asked():
    assert "PRIV" not in offices(scr_pii=None, has_pii="no")
    assert "CISO" not in offices(scr_ato=None, have_ato="yes")
    assert "OCPO" not in offices(scr_vendor=None, contracting_usage="in_house")


def test_a_lane_says_why_with_which_rules_and_by_when():
    (lane,) = routes(scr_pii="yes").needed
    assert lane.because == "Personal information is expected"
    assert lane.reasons == (routing.Reason("pii-expected", "Personal information is expected"),)
    assert lane.due_days == 10
    assert lane.opening_fields == ("has_pii", "scr_pii")
    assert lane.opening_answers == {"has_pii": None, "scr_pii": "yes"}


def test_several_reasons_open_one_lane():
    (lane,) = routes(scr_law_enforcement="yes", scr_biometrics="face").needed
    assert lane.because == "It is used for law enforcement; Face recognition or face capture is used"
    assert {"scr_law_enforcement", "scr_biometrics"} <= set(lane.opening_fields)


def test_opening_answers_tell_a_withheld_answer_from_none():
    document = {"answers": {**PLAIN, "scr_pii": "yes"}, "withheld": {"has_pii": "Law Enforcement Sensitive"}}
    (lane,) = routing.route(EDITION, document, "ICE").needed
    assert lane.opening_answers["has_pii"] == {"withheld": "Law Enforcement Sensitive"}


def test_every_rule_names_only_offices_with_a_service_time():
    assert {office.code for office in EDITION.offices} == set(OFFICES)
    assert {rule.office for rule in EDITION.rules} == set(OFFICES)


def test_a_rule_may_read_the_component(tmp_path):
    path = tmp_path / "routes.yaml"
    path.write_text(
        "rules: review-routes\nedition: 2026-01-01\nsource: s\n"
        "offices: [{office: PRIV, due_days: 3, otherwise: not TSA}]\n"
        "routes: [{id: tsa, office: PRIV, when: {is: [component, TSA]}, because: It is TSA}]\n"
    )
    edition = routing.load(path, FORM.fields)
    assert [lane.office for lane in routes(edition=edition, component="TSA").needed] == ["PRIV"]
    assert routes(edition=edition).not_needed == (routing.NotNeeded("PRIV", "not TSA"),)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("routes: [{id: a, office: NONE, when: {known: scr_pii}, because: b}]", "'NONE' is not one of PRIV"),
        (
            "routes: [{id: a, office: PRIV, when: {known: pii}, because: b}]",
            r"routes\[0\].when.known: unknown",
        ),
        ("routes: [{id: a, office: PRIV, when: {known: scr_pii}}]", r"routes\[0\].because"),
    ],
)
def test_a_wrong_route_is_refused(tmp_path, line, words):
    path = tmp_path / "routes.yaml"
    head = "rules: r\nedition: 2026-01-01\nsource: s\noffices: [{office: PRIV, due_days: 3, otherwise: o}]\n"
    path.write_text(head + line)
    with pytest.raises(SourceError, match=words):
        routing.load(path, FORM.fields)


options = {question.field: question.codes for question in FORM if question.type == "choice"}


@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine says nothing about the routes
@given(st.fixed_dictionaries({}, optional={field: st.sampled_from(codes) for field, codes in options.items()}))
def test_every_office_is_either_needed_or_explained(answers):
    found = routing.route(EDITION, {"answers": answers}, "CBP")
    named = [lane.office for lane in found.needed] + [item.office for item in found.not_needed]
    assert sorted(named) == sorted(OFFICES)
    assert all(lane.because and lane.opening_fields for lane in found.needed)
