"""Who knows of which case: components, department-wide roles, drafts, restricted cases."""

from datetime import date

import pytest

from registry.actions.use_cases import let_know
from registry.permissions import visible_to
from tests import make

FILED = {"filed_on": date(2026, 1, 28), "status": "recorded"}
DEPARTMENT = ["manager", "priv", "caio", "deputy", "secretary", "member", "leader", "auditor"]


@pytest.mark.parametrize("who", [*DEPARTMENT, "officer", "colleague", "lead"])
def test_a_filed_case_is_known_in_its_component_and_across_the_department(cast, who):
    case = make.use_case(**FILED)
    assert case in visible_to(getattr(cast, who))


@pytest.mark.parametrize("who", ["other_officer", "other_lead", "administrator", "nobody"])
def test_a_filed_case_is_unknown_elsewhere(cast, who):
    make.use_case(**FILED)
    assert not visible_to(getattr(cast, who)).exists()


@pytest.mark.parametrize(
    ("who", "knows"), [("officer", True), ("lead", True), ("manager", True), ("priv", False), ("leader", False)]
)
def test_a_draft_stays_with_its_component(cast, who, knows):
    case = make.use_case(owner=cast.colleague)
    assert (case in visible_to(getattr(cast, who))) == knows


@pytest.mark.parametrize(
    ("who", "knows"),
    [("officer", True), ("lead", True), ("colleague", False), ("manager", True), ("caio", True), ("auditor", True),
     ("leader", False), ("priv", False), ("member", False), ("other_officer", False)],
)  # fmt: skip
def test_a_restricted_case_exists_only_for_those_with_need_to_know(cast, who, knows):
    case = make.use_case(owner=cast.officer, handling="restricted", **FILED)
    assert (case in visible_to(getattr(cast, who))) == knows


def test_need_to_know_is_given_to_offices_people_and_the_board(cast):
    case = make.use_case(owner=cast.officer, handling="restricted", **FILED)
    let_know(case, because="opened a lane", office=make.office("PRIV"))
    let_know(case, because="on the agenda", is_board=True)
    let_know(case, because="helps", user=cast.colleague)
    for who in ("priv", "priv2", "member", "chair", "secretary", "colleague"):
        assert case in visible_to(getattr(cast, who)), who
    assert case not in visible_to(cast.crcl)


def test_a_participating_component_sees_the_case(cast):
    case = make.use_case(**FILED)
    case.parts.create(component=make.component("FEMA"))
    assert case in visible_to(cast.other_officer)
