"""The routes and the classification of 2026: the new answers trigger, a case of 2025 is routed as before."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

import pytest

from governance import routing
from registry import classify
from tests.governance.test_routing import PLAIN, PROHIBITIONS

OLD, NEW = routing.editions()[:2]
RULES_OLD, RULES_NEW = classify.editions()


def offices(edition: routing.Edition = NEW, **changes: Any) -> list[str]:
    answers = {field: value for field, value in {**PLAIN, **changes}.items() if value is not None}
    return [lane.office for lane in routing.route(edition, {"answers": answers}, "FEMA").needed]


def test_the_routes_of_a_day() -> None:
    assert routing.in_force(date(2026, 9, 30)) is OLD and routing.in_force(date(2026, 10, 31)) is NEW
    assert classify.in_force(date(2026, 9, 30)) is RULES_OLD and classify.in_force(date(2026, 10, 1)) is RULES_NEW


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"scr_biometrics": "face"}, ["PRIV", "CRCL", "ST"]),
        ({"face_reviewed": "sometimes"}, ["CRCL"]),
        ({"oversight_form": "none"}, ["CRCL"]),
        ({"oversight_form": "before"}, []),
        ({"persons_notified": "precluded"}, ["CRCL"]),
        ({"data_recipients": ["foreign"]}, ["PRIV"]),
        ({"data_recipients": ["dhs"]}, []),
        ({"genai_inputs": ["pii"], "genai_hosting": "dhs"}, ["PRIV"]),
        ({"genai_inputs": ["sensitive"], "genai_hosting": "government_cloud"}, ["CISO"]),
        ({"genai_hosting": "commercial"}, ["CISO"]),
        ({"genai_hosting": "dhs"}, []),
        ({"is_withheld": "prohibited_by_law"}, ["OGC"]),
        ({"withheld_fields": [{"field": "vendor_name", "ground": "foia_4", "reason": "x"}]}, ["OGC"]),
        ({"solicitation_on": "2025-10-01"}, ["OCPO"]),
        ({"solicitation_on": "2025-09-01"}, []),
        ({"principal_basis": "unknown"}, ["ST"]),
    ],
)
def test_a_new_answer_brings_in_its_office(changes: dict[str, Any], expected: list[str]) -> None:
    assert offices(**changes) == expected


@pytest.mark.parametrize(("field", "answer"), list(product(PROHIBITIONS, ["yes", "unknown", None])))
def test_each_prohibited_use_has_a_reason_of_its_own(field: str, answer: str | None) -> None:
    answers = {name: value for name, value in {**PLAIN, field: answer}.items() if value is not None}
    found = {lane.office: lane for lane in routing.route(NEW, {"answers": answers}, "FEMA").needed}
    rule = field.removeprefix("proh_").replace("_", "-")
    for office, tag in (("CRCL", "rights"), ("OGC", "counsel")):
        suffix = "" if answer == "yes" else "-unknown"
        assert [reason.rule for reason in found[office].reasons] == [f"{rule}-{tag}{suffix}"]


@pytest.mark.parametrize(
    ("field", "answer"),
    [("scr_pii", "yes"), ("scr_rights_safety", "unknown"), ("scr_biometrics", "other"), ("scr_ato", "none"),
     ("scr_vendor", "yes"), ("is_high_impact", "high_impact"), ("proh_third_party", "yes"), ("scr_pii", "no")],
)  # fmt: skip
def test_a_case_that_answered_2025_meets_the_same_offices(field: str, answer: str) -> None:
    assert offices(NEW, **{field: answer}) == offices(OLD, **{field: answer})


def test_a_principal_basis_points_to_high_impact() -> None:
    plain = {
        "scr_rights_safety": "no", "scr_biometrics": "none", "scr_law_enforcement": "no",
        "scr_persons_affected": "none", "scr_presumed_categories": ["none"],
    }  # fmt: skip
    found = classify.suggest({"answers": {**plain, "principal_basis": "yes"}}, RULES_NEW)
    assert found.impact == "high_impact" and found.reasons[0].code == "principal-basis"
    assert classify.suggest({"answers": {**plain, "principal_basis": "unknown"}}, RULES_NEW).impact is None
    assert classify.suggest({"answers": {**plain, "principal_basis": "yes"}}, RULES_OLD).impact == "not_high_impact"
