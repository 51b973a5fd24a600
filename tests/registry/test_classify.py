"""Suggested impact: what screening points to, and what it leaves open."""

import pytest

from registry import classify
from registry.yaml_source import SourceError

PLAIN = {
    "scr_rights_safety": "no",
    "scr_biometrics": "none",
    "scr_law_enforcement": "no",
    "scr_persons_affected": "none",
    "scr_presumed_categories": ["none"],
}


@pytest.fixture(params=classify.editions(), ids=lambda rules: rules.edition, autouse=True)
def suggest(request):
    """The suggestion for a plain case with changes, under each edition of the rules."""

    def of(**changes):
        answers = {field: value for field, value in {**PLAIN, **changes}.items() if value is not None}
        return classify.suggest({"answers": answers}, request.param)

    return of


def test_a_plain_case_is_suggested_not_high_impact(suggest):
    found = suggest()
    assert (found.impact, found.categories) == ("not_high_impact", ())
    assert found.reasons[0].because == "No presumed category and no effect on rights or safety was reported"


@pytest.mark.parametrize(
    ("changes", "categories"),
    [
        ({"scr_law_enforcement": "yes", "scr_biometrics": "face"}, ("j",)),
        ({"scr_law_enforcement": "yes", "scr_biometrics": "other"}, ("j",)),
        ({"scr_biometrics": "face", "scr_persons_affected": "public"}, ("l",)),
        (
            {"scr_law_enforcement": "yes", "scr_biometrics": "face", "scr_persons_affected": "public"},
            ("j", "l"),
        ),
        (
            {"scr_law_enforcement": "yes", "scr_rights_safety": "yes", "scr_persons_affected": "public"},
            ("j",),
        ),
        ({"topic_area": "benefits_processing", "scr_persons_affected": "public"}, ("m",)),
        (
            {
                "topic_area": "human_resources",
                "scr_persons_affected": "workforce",
                "scr_rights_safety": "yes",
            },
            ("n",),
        ),
        ({"topic_area": "emergency_management", "scr_rights_safety": "yes"}, ("a",)),
        ({"topic_area": "health_medical", "scr_rights_safety": "yes"}, ("f",)),
        ({"scr_presumed_categories": ["o", "k"]}, ("k", "o")),
        (
            {"scr_presumed_categories": ["o"], "scr_law_enforcement": "yes", "scr_biometrics": "face"},
            ("j", "o"),
        ),
    ],
)
def test_a_presumed_category_suggests_high_impact(suggest, changes, categories):
    found = suggest(**changes)
    assert (found.impact, found.categories) == ("high_impact", categories)


@pytest.mark.parametrize(
    "changes",
    [
        {"scr_law_enforcement": "yes"},
        {"scr_biometrics": "face", "scr_persons_affected": "workforce"},
        {"topic_area": "human_resources", "scr_persons_affected": "workforce"},
        {"topic_area": "emergency_management"},
    ],
)
def test_half_of_a_rule_suggests_nothing(suggest, changes):
    assert suggest(**changes).categories == ()


def test_an_effect_on_rights_or_safety_alone_meets_the_definition(suggest):
    found = suggest(scr_rights_safety="yes")
    assert (found.impact, found.categories) == ("high_impact", ())
    assert [reason.code for reason in found.reasons] == ["rights-or-safety"]


@pytest.mark.parametrize(
    ("field", "open_value"),
    [
        ("scr_rights_safety", "unknown"), ("scr_biometrics", "unknown"), ("scr_law_enforcement", "unknown"),
        ("scr_persons_affected", "unknown"), ("scr_rights_safety", None), ("scr_presumed_categories", None),
        ("scr_biometrics", None),
    ],
)  # fmt: skip
def test_an_open_question_suggests_nothing_and_says_what_is_open(suggest, field, open_value):
    found = suggest(**{field: open_value})
    assert found.impact is None
    assert len(found.reasons) == 1


def test_what_speaks_for_high_impact_outweighs_an_open_question(suggest):
    found = suggest(scr_rights_safety="unknown", scr_presumed_categories=["g"])
    assert (found.impact, found.categories) == ("high_impact", ("g",))


def test_reasons_name_the_answers_they_rest_on(suggest):
    (reason,) = suggest(scr_biometrics="face", scr_persons_affected="public").reasons
    assert reason == classify.Reason(
        "l",
        "Biometrics of members of the public are used",
        ("scr_biometrics is one of face, other", "scr_persons_affected is public"),
    )


def test_what_the_component_reports_does_not_change_the_suggestion(suggest):
    assert suggest(is_high_impact="high_impact").impact == "not_high_impact"


def test_a_rule_on_an_unknown_category_or_field_is_refused(tmp_path):
    path = tmp_path / "rules.yaml"
    text = "rules: r\nedition: 2025-04-03\ncategories:\n  - {code: %s, when: {known: %s}, because: x}\n"
    path.write_text(text % ("z", "scr_pii"))
    with pytest.raises(SourceError, match=r"categories\[0\].code: 'z'"):
        classify.load(path, {"scr_pii"})
    path.write_text(text % ("a", "scr_pi"))
    with pytest.raises(SourceError, match=r"categories\[0\].when.known: unknown field"):
        classify.load(path, {"scr_pii"})
