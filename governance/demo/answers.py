"""From a short line of `fixtures/demo/cases/` to all the answers a case of its stage and impact has to give."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from governance.compliance.practices import FIELDS
from registry import document as documents
from registry import tasklist
from registry.questionnaire import Questionnaire
from registry.yaml_source import FIXTURES, SourceError, read

SCREENING = {
    "scr_pii": "no",
    "scr_persons_affected": "none",
    "scr_rights_safety": "no",
    "scr_biometrics": "none",
    "scr_law_enforcement": "no",
    "scr_vendor": "no",
    "scr_ato": "held",
}
PROHIBITIONS = (
    "proh_sole_basis", "proh_improper_factors", "proh_profiling", "proh_surveillance", "proh_third_party", "proh_other",
)  # fmt: skip
LETTERS = {"y": "yes", "p": "in_progress", "n": "not_applicable", "x": "precluded"}
IN_USE = ("pilot", "deployed")


def full_answers(case: Mapping[str, Any], component: str) -> dict[str, Any]:
    """Every answer of the case; only a draft's file leaves some out."""
    given = {
        "use_case_name": case["name"],
        "problem_solved": case["problem"],
        "system_outputs": case.get("outputs"),
        "benefits": case.get("benefits"),
        "contact_email": f"ai.{component.lower()}@demo.invalid",
        "development_stage": case["stage"],
        "is_high_impact": case["impact"],
        "hi_justification": case.get("justification"),
        "topic_area": case["topic"],
        "classification": case["class"],
        "is_withheld": "no",
        "is_ai": "yes",
        "is_ai_reason": "Its results come from a model fitted to examples, not from fixed rules.",
        "scr_presumed_categories": case.get("categories", ["none"]),
        **SCREENING,
        **case.get("screening", {}),
        **case.get("withheld", {}),
        **dict.fromkeys(PROHIBITIONS, "no"),
    }
    if case["stage"] in IN_USE:
        given |= _in_use(case)
    if case["stage"] == "deployed" and case["impact"] == "high_impact":
        given |= _practices(case)
    return {name: value for name, value in given.items() if value is not None}


@cache
def plain_answers() -> Mapping[str, Any]:
    """What a case answers where its own lines say nothing."""
    return read(FIXTURES / "demo" / "answers.yaml")


def completed(form: Questionnaire, case: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of the edition, with everything it still needs of this case at its stage."""
    kinds = "yes" if case["class"] == "generative_ai" else "no"
    own = {**plain_answers(), "scr_generative_ai": kinds, **case.get("answers", {})}
    answers = {name: value for name, value in {**given, **case.get("answers", {})}.items() if name in form.fields}
    while left := tasklist.missing(form, documents.with_answers(documents.empty(), answers)):
        for item in left:
            if item.field not in own:
                raise SourceError(FIXTURES / "demo" / "answers.yaml", item.field, f"needed by {case['name']!r}")
            answers[item.field] = own[item.field]
    return answers


def _in_use(case: Mapping[str, Any]) -> dict[str, Any]:
    has_ato, vendor, has_pii = case.get("ato", True), case.get("vendor"), case.get("pii", False)
    return {
        "operational_date": str(case["since"]),
        "contracting_usage": "both" if vendor else "in_house",
        "vendor_name": vendor,
        "have_ato": "yes" if has_ato else "no",
        "system_name_ato": case["system"] if has_ato else None,
        "data_description": "Invented records of the years 2022 to 2025, collected by the component for this purpose.",
        "has_pii": "yes" if has_pii else "no",
        "pia_url": case.get("pia"),
        "demographic_features": ["none"],
        "has_custom_code": "no" if vendor else "yes",
    }


def _practices(case: Mapping[str, Any]) -> dict[str, Any]:
    reported = {name: LETTERS.get(mark.lower()) for name, mark in zip(FIELDS, case["practices"], strict=True)}
    given: dict[str, Any] = {FIELDS[name]: word for name, word in reported.items()}
    consulted = {"yes": ["usability_testing"], "in_progress": ["in_progress"]}
    given[FIELDS["consultation"]] = consulted.get(reported["consultation"] or "")
    given["hi_potential_impacts"] = (
        "A wrong result costs a person time, or leaves a danger unseen; found in two workshops."
    )
    given["hi_independent_review"] = "other_office" if reported["impact_assessment"] == "yes" else "in_progress"
    return given
