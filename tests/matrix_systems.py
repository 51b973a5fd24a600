"""The URL x role matrix of systems, a case's systems, owners and offers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from registry.actions import handovers
from registry.models import System, SystemMark, UseCase
from tests import make, make_systems
from tests.matrix import CBP, DEPARTMENT, Row

WORK = ("officer", "other_officer", "lead")
WORK_AND_MANAGE = (*WORK, "manager")


def some_system(cast: Any) -> dict[str, Any]:
    """A CBP system near its end with two CBP cases that answer differently, one of them marked, and a double."""
    system = make_systems.system(owner=cast.colleague, vendor_name="Invented Vendor", **make_systems.ending(20))
    for given in ({}, {"is_high_impact": "high_impact", "have_ato": "no"}):
        case = make_systems.case_on(system, owner=cast.officer, **given)
    make_systems.mark(system, case)
    return {"uuid": system.uuid}


def systems(cast: Any) -> dict[str, Any]:
    """The list is not empty."""
    some_system(cast)
    return {}


def link(cast: Any) -> dict[str, Any]:
    """A case of the officer's linked to a system whose record it contradicts."""
    some_system(cast)
    case = UseCase.objects.filter(system_links__isnull=False).order_by("-pk")[0]
    return {"use_case_id": case.use_case_id, "uuid": case.system_links.get().uuid}


def linked_case(cast: Any) -> dict[str, Any]:
    """The same, by the case."""
    return {"use_case_id": link(cast)["use_case_id"]}


def named(cast: Any) -> dict[str, Any]:
    """Two cases that name a system nobody has recorded."""
    for spelling in ("INVENTED-LX", "Invented LX"):
        make.use_case(given=make.deployed_high_impact(system_name_ato=spelling))
    return {}


def own_case(cast: Any) -> dict[str, Any]:
    """A recorded CBP case of the officer's."""
    return {"use_case_id": make_systems.recorded(owner=cast.officer).use_case_id}


def without_owner(cast: Any) -> dict[str, Any]:
    """A case somebody left, one that never had an owner, somebody who is going, and an offer that waits."""
    make_systems.left_by(make.member("program_officer", "Gone Away", component_code="CBP"), 2)
    make_systems.recorded()
    make.member(
        "program_officer", "Going Soon", component_code="CBP", ends_on=timezone.localdate() + timedelta(days=20)
    )
    offered(cast)
    return {}


def offered(cast: Any) -> dict[str, Any]:
    """Two cases the officer has offered to a colleague."""
    cases = [make_systems.recorded(owner=cast.officer) for _ in range(2)]
    return {"act": handovers.offer(cases, cast.colleague, note="The tests are in the drawer.", actor=cast.officer).act}


def offered_to_officer(cast: Any) -> dict[str, Any]:
    """Cases the lead has offered to the officer: the page with the form."""
    cases = [make_systems.recorded() for _ in range(2)]
    return {"act": handovers.offer(cases, cast.officer, note="Please.", actor=cast.lead).act}


def asked(cast: Any) -> dict[str, Any]:
    """The list is not empty."""
    offered_to_officer(cast)
    return {}


def seen_mark(cast: Any) -> dict[str, Any]:
    """A case with an open mark."""
    found = link(cast)
    assert SystemMark.objects.filter(use_case__use_case_id=found["use_case_id"]).exists()
    assert System.objects.exists()
    return {"use_case_id": found["use_case_id"]}


def own_case_to_leave(cast: Any) -> dict[str, Any]:
    """The officer owns something."""
    own_case(cast)
    return {}


KNOWS_ALL = ("manager", "caio", "deputy", "auditor")
ROWS: dict[str, Row] = {
    "systems-list": Row(("lead", "officer", "other_officer", *DEPARTMENT), systems),
    "systems-add": Row(WORK_AND_MANAGE),
    "systems-named": Row(("lead", "manager"), named),
    "systems-detail": Row(("lead", "officer", "other_officer", *DEPARTMENT), some_system),
    "systems-edit": Row(("lead", "manager"), some_system),
    "systems-join": Row(("lead", "manager"), some_system),
    "use_cases-link_system": Row((*CBP, "manager"), own_case, method="POST"),
    "use_cases-confirm_marks": Row(CBP, seen_mark, method="POST"),
    "use_cases-unlink_system": Row((*CBP, "manager"), link, method="POST"),
    "use_cases-take_over": Row(CBP, link, method="POST"),
    "use_cases-keep_answer": Row(CBP, link, method="POST"),
    "use_cases-assign": Row(WORK_AND_MANAGE),
    "use_cases-assign_one": Row((*CBP, "manager"), own_case),
    "use_cases-transfer": Row(CBP, own_case),
    "owners-list": Row(("lead", "manager"), without_owner),
    "owners-leaving": Row(WORK, own_case_to_leave),
    "owners-staying": Row(WORK, method="POST"),
    "handovers-list": Row(WORK, asked),
    "handovers-detail": Row(("officer", "lead", *KNOWS_ALL), offered_to_officer),
    "handovers-take_back": Row(("officer", "lead"), offered, method="POST"),
    "api-systems-list": Row("*", systems, is_page=False),
    "api-systems-detail": Row(("lead", "officer", "other_officer", *DEPARTMENT), some_system, is_page=False),
}
