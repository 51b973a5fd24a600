"""The public workbook's deployed high-impact cases through the routes: which lanes each gets, and why. No database."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest

from governance import routing
from registry import classify, organization
from registry.inventory.read import read
from registry.inventory.schema import layouts
from tests.registry.make_inventory import FOLDER
from tests.registry.real_data import real

WORKBOOK = "dhs-2025-inventory.xlsx"
DAY = date(2026, 11, 22)
DHS = organization.load(organization.ORGANIZATION / "dhs.yaml")


def own_offices(component: str) -> dict[str, str]:
    return {office.part_of: office.code for office in DHS.offices if office.part_of and office.component == component}


@pytest.fixture(scope="module")
def routed() -> list[tuple[str, str, routing.Routes]]:
    """(ID, component, routes) of every deployed high-impact case of the file."""
    found = []
    for row in read(real(WORKBOOK), name=WORKBOOK, layouts=layouts(FOLDER)).rows:
        answers: dict[str, Any] = row.document["answers"]
        if (answers.get("development_stage"), answers.get("is_high_impact")) == ("deployed", "high_impact"):
            edition, rules = routing.in_force(DAY), classify.in_force(DAY)
            suggestion = classify.suggest(row.document, rules)
            own = own_offices(row.component)
            found.append(
                (row.use_case_id, row.component, routing.route(edition, row.document, row.component, own, suggestion))
            )
    return found


def test_each_of_the_38_cases_gets_its_lanes_with_reasons(routed: Any) -> None:
    assert len(routed) == 38
    assert len({use_case_id for use_case_id, _, _ in routed}) == 38
    offices = {office.code for office in DHS.offices}
    for use_case_id, component, routes in routed:
        needed = {lane.office: lane for lane in routes.needed}
        assert {"ST", "RUG"} <= set(needed), use_case_id
        assert needed["RUG"].advises and not any(lane.advises for code, lane in needed.items() if code != "RUG")
        assert set(needed) <= offices
        for lane in routes.needed:
            assert lane.reasons and all(reason.because and reason.rule for reason in lane.reasons), use_case_id
            assert lane.opening_fields and set(lane.opening_answers) == set(lane.opening_fields)
        assert all(office.because for office in routes.not_needed)
        assert needed.keys().isdisjoint(office.office for office in routes.not_needed)
        if own := own_offices(component).get("PRIV"):
            assert (own in needed) == ("PRIV" in needed), "the Privacy Office follows the component's officer"
            assert "PRIV" not in needed or needed["PRIV"].after == (own,)


def test_the_lanes_of_the_38_cases_by_office(routed: Any) -> None:
    """What nobody answered opens a lane: the file asks none of the screening questions, so that counsel and CRCL see
    every case. The others follow what the file says: personal information, vendors, authorizations."""
    counts = Counter(lane.office for _, _, routes in routed for lane in routes.needed)
    assert counts == {
        "CRCL": 38, "OGC": 38, "ST": 38, "RUG": 38, "OCPO": 33, "PRIV": 32, "CBP-PRIV": 16, "ICE-PRIV": 8, "CISO": 7,
        "USCIS-PRIV": 4,
    }  # fmt: skip


def test_why_the_38_cases_got_them(routed: Any) -> None:
    why = Counter(
        (lane.office, reason.rule) for _, _, routes in routed for lane in routes.needed for reason in lane.reasons
    )
    assert why["ST", "high-impact-testing"] == why["RUG", "high-impact-testing"] == 38
    assert why["PRIV", "pii-expected"] + why["PRIV", "pii-unknown"] == 32
    assert why["OCPO", "vendor"] + why["OCPO", "vendor-unknown"] == 33
    assert why["CISO", "authorization-not-held"] + why["CISO", "authorization-unknown"] == 7
    assert why["CRCL", "rights-or-safety-unknown"] == why["OGC", "surveillance-counsel-unknown"] == 38
    assert not any(rule.endswith(("-rights", "-counsel")) for _, rule in why), "the file reports no prohibited use"
    absent = Counter(
        item.office for _, _, routes in routed for item in routes.not_needed if "no privacy officer" in item.because
    )
    assert sum(absent.values()) == 32 - 16 - 8 - 4
