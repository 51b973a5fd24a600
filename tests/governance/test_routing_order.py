"""The routes of November 2026: order, a component's own officer, who only advises, and what a round keeps of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from governance import routing
from registry import classify, questionnaire
from registry.yaml_source import SourceError
from tests.governance.test_routing import PLAIN

EDITION = next(one for one in routing.editions() if one.key == "2026-11-01")
BEFORE = next(one for one in routing.editions() if one.key == "2026-10-01")
RULES = classify.in_force(date(2026, 11, 1))
CBP = {"PRIV": "CBP-PRIV"}


def routes(own: Any = None, component: str = "CBP", edition: routing.Edition = EDITION, **changes: Any) -> Any:
    answers = {field: value for field, value in {**PLAIN, **changes}.items() if value is not None}
    document = {"answers": answers}
    return routing.route(edition, document, component, own, classify.suggest(document, RULES))


def test_personal_information_goes_to_the_components_officer_and_then_to_the_privacy_office() -> None:
    own, department = routes(CBP, scr_pii="yes").needed
    assert (own.office, own.after, own.due_days) == ("CBP-PRIV", (), 5)
    assert (department.office, department.after, department.due_days) == ("PRIV", ("CBP-PRIV",), 10)
    assert own.reasons == department.reasons == (routing.Reason("pii-expected", "Personal information is expected"),)


def test_a_component_without_an_officer_goes_straight_to_the_privacy_office_and_the_page_says_so() -> None:
    found = routes(component="TSA", scr_pii="yes")
    (lane,) = found.needed
    assert (lane.office, lane.after) == ("PRIV", ())
    assert dict(found.not_needed)["TSA-PRIV"] == "The component has no privacy officer of its own here"
    plain = dict(routes(CBP).not_needed)
    assert plain["CBP-PRIV"] == plain["PRIV"] == "No personal information is expected"


@pytest.mark.parametrize("field", ["proh_surveillance", "proh_third_party"])
def test_surveillance_and_sharing_go_to_counsel_civil_rights_and_also_the_privacy_office(field: str) -> None:
    assert [lane.office for lane in routes(CBP, **{field: "unknown"}).needed] == ["PRIV", "CRCL", "OGC"]
    assert next(lane for lane in routes(CBP, **{field: "yes"}).needed if lane.office == "PRIV").after == ()


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"is_high_impact": "high_impact"}, "high-impact-testing"),
        ({"is_high_impact": "presumed_not_high_impact"}, "presumed-testing"),
        ({"scr_presumed_categories": ["j"]}, "presumed-testing"),
        ({"scr_rights_safety": "yes"}, "suggested-testing"),
    ],
)
def test_high_impact_reported_presumed_or_suggested_is_tested_and_the_group_advises(changes: Any, rule: str) -> None:
    found = {lane.office: lane for lane in routes(**changes).needed}
    assert rule in [reason.rule for reason in found["ST"].reasons]
    assert (found["RUG"].advises, found["ST"].advises) == (True, False)
    assert rule in [reason.rule for reason in found["RUG"].reasons]


def test_the_same_suggestion_for_another_reason_is_news_to_the_office() -> None:
    def opening(**changes: Any) -> Any:
        lanes = routes(**changes).needed
        return next(lane for lane in lanes if lane.office == "ST").opening_answers["suggested_impact"]

    assert opening(scr_rights_safety="yes")[0] == "high_impact"
    assert opening(scr_rights_safety="yes") != opening(scr_rights_safety="yes", principal_basis="yes")


def test_an_older_edition_knows_no_order_no_advice_and_no_suggestion() -> None:
    found = routes(CBP, edition=BEFORE, scr_pii="yes", scr_rights_safety="yes")
    assert [(lane.office, lane.after, lane.advises) for lane in found.needed] == [
        ("PRIV", (), False), ("CRCL", (), False)
    ]  # fmt: skip


def test_a_round_keeps_due_days_order_and_advice_and_an_old_round_has_none() -> None:
    found = routes(CBP, scr_pii="yes")
    kept = routing.frozen(EDITION, found, "CBP", CBP)
    assert routing.terms_of(kept, "PRIV") == routing.Terms(10, ("CBP-PRIV",))
    assert routing.terms_of(kept, "ST") == routing.Terms(15)
    assert routing.terms_of(kept, "RUG") == routing.Terms(10, (), True)
    assert routing.terms_of(kept, "PLCY") == routing.Terms(EDITION.called_in)
    assert routing.terms_of({"needed": {}}, "PRIV") == routing.Terms(routing.CALLED_IN)
    assert set(kept["needed"]) | set(kept["not_needed"]) == set(kept["terms"])


@pytest.mark.parametrize(
    ("offices", "words"),
    [
        ("{office: A, due_days: 1, otherwise: o, after: [B]}, {office: B, due_days: 1, otherwise: o}", "B must stand"),
        ("{office: A, due_days: 1, otherwise: o, of: B, absent: x}", "needs the office it is part of"),
        ("{office: A, due_days: 1, otherwise: o, of: A}", "and `absent`"),
    ],
)
def test_a_circle_or_a_part_of_nothing_is_refused(tmp_path: Path, offices: str, words: str) -> None:
    path = tmp_path / "routes.yaml"
    path.write_text(f"rules: r\nedition: 2026-01-01\nsource: s\noffices: [{offices}]\nroutes: []\n")
    with pytest.raises(SourceError, match=words):
        routing.load(path, questionnaire.fields())


def test_a_rule_that_names_no_office_or_a_strange_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "routes.yaml"
    head = "rules: r\nedition: 2026-01-01\nsource: s\noffices: [{office: A, due_days: 1, otherwise: o}]\n"
    for named in ("[]", "[A, NONE]"):
        path.write_text(head + f"routes: [{{id: x, offices: {named}, when: {{known: scr_pii}}, because: b}}]\n")
        with pytest.raises(SourceError, match="must name some of A"):
            routing.load(path, questionnaire.fields())
