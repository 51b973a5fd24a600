"""The URL x role matrix: a row an address. `scene` makes what the address is about and gives its arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone

from accounts.models import Membership
from tests import make
from tests.governance import scenes

EVERYBODY = "*"
Scene = Callable[[Any], dict[str, Any]]


def nothing(cast: Any) -> dict[str, Any]:
    """An address without arguments."""
    return {}


@dataclass(frozen=True)
class Row:
    """Who is let in; `body` is the query of a GET or the fields of a POST."""

    roles: Iterable[str]
    scene: Scene = nothing
    method: str = "GET"
    body: dict[str, Any] = field(default_factory=dict)
    is_public: bool = False
    is_page: bool = True  # False: a file, JSON, or a redirect

    @property
    def viewer(self) -> str:
        """Somebody who is let in, for looking at the page."""
        return "auditor" if self.roles == EVERYBODY else next(iter(self.roles))

    def allowed(self, all_roles: Iterable[str]) -> set[str]:
        """The roles that are let in."""
        return set(all_roles) if self.roles == EVERYBODY else set(self.roles)


def some_person(cast: Any) -> dict[str, Any]:
    """A fictional person."""
    return {"pk": make.person().pk}


def some_membership(cast: Any) -> dict[str, Any]:
    """A role somebody holds."""
    return {"pk": Membership.objects.get(user=cast.colleague).pk}


def recorded_case(cast: Any) -> dict[str, Any]:
    """A CBP case from an inventory, filed, owned by the officer."""
    row = make.use_case(owner=cast.officer, filed_on=date(2026, 1, 28), status="recorded")
    return {"use_case_id": row.use_case_id}


def draft(cast: Any) -> dict[str, Any]:
    """A CBP draft of the officer's that was never filed."""
    return {"use_case_id": make.use_case(owner=cast.officer).use_case_id}


def unowned(cast: Any) -> dict[str, Any]:
    """A recorded CBP case nobody owns."""
    row = make.use_case(filed_on=date(2026, 1, 28), status="recorded")
    return {"use_case_id": row.use_case_id}


DEPARTMENT = (
    "manager", "priv", "crcl", "caio", "deputy", "secretary", "member", "leader", "auditor",
)  # fmt: skip
CBP = ("officer", "lead")
ADMINISTRATORS = ("administrator",)

REPORT_READERS = ("leader", "caio", "deputy", "manager", "auditor", "secretary", "member")


def practised_case(cast: Any) -> dict[str, Any]:
    """A CBP deployed high-impact case of the officer's, checked, with a finding and evidence."""
    scenes.catalogue()
    row = scenes.deployed(owner=cast.officer, hi_testing_conducted="in_progress", hi_appeal_process="not_applicable")
    scenes.evidence(row, "monitoring")
    scenes.waiver(row, "training")
    scenes.run()
    return {"use_case_id": row.use_case_id}


def standing_registry(cast: Any) -> dict[str, Any]:
    """A registry with findings."""
    practised_case(cast)
    return {}


def one_practice(name: str) -> Scene:
    """One practice of a checked case."""
    return lambda cast: {**practised_case(cast), "practice": name}


def waived_case(cast: Any) -> dict[str, Any]:
    """A case with a waiver in force."""
    row = scenes.deployed(owner=cast.officer)
    return {"use_case_id": row.use_case_id, "uuid": scenes.waiver(row).uuid}


def shelf(cast: Any) -> dict[str, Any]:
    """A shelf with one edition."""
    made_report(cast)
    return {}


def made_report(cast: Any) -> dict[str, Any]:
    """A report as made, with invented bytes: rendering has tests of its own."""
    made = scenes.report(cast)
    columns: dict[str, Any] = {"pdf": b"%PDF-", "xlsx": b"PK", "html": "<!doctype html><title>Invented</title>"}
    type(made).objects.filter(pk=made.pk).update(state="done", pages=1, finished_at=timezone.now(), **columns)
    return {"uuid": made.uuid, "file_format": "pdf"}


ROWS: dict[str, Row] = {
    "healthz": Row(EVERYBODY, is_public=True),
    "readyz": Row(EVERYBODY, is_public=True),
    "demo-people": Row(EVERYBODY, is_public=True),
    "home": Row(EVERYBODY),
    "people-me": Row(EVERYBODY),
    "people-list": Row(ADMINISTRATORS),
    "people-invite": Row(ADMINISTRATORS),
    "people-components": Row(ADMINISTRATORS),
    "people-detail": Row(ADMINISTRATORS, some_person),
    "people-reactivate": Row(ADMINISTRATORS, some_person, method="POST"),
    "people-deactivate": Row(ADMINISTRATORS, some_person, method="POST"),
    "people-end-membership": Row(ADMINISTRATORS, some_membership, method="POST"),
    "use_cases-list": Row(EVERYBODY),
    "use_cases-register": Row(("officer", "other_officer", "lead")),
    "use_cases-tasks": Row((*CBP, *DEPARTMENT), recorded_case),
    "use_cases-section": Row(CBP, lambda cast: {**draft(cast), "slug": "screening"}),
    "use_cases-revision": Row((*CBP, *DEPARTMENT), lambda cast: {**recorded_case(cast), "number": 1}),
    "use_cases-delete": Row(("officer", "lead"), draft, method="POST"),
    "use_cases-accept": Row(CBP, unowned, method="POST"),
    "compliance-overview": Row(("auditor", *CBP, "other_officer", *DEPARTMENT), standing_registry),
    "compliance-matrix": Row(("auditor", *CBP, "other_officer", *DEPARTMENT), standing_registry),
    "compliance-findings": Row(("auditor", *CBP, "other_officer", *DEPARTMENT), standing_registry),
    "compliance-component": Row(
        ("auditor", *CBP, *DEPARTMENT), lambda cast: {**standing_registry(cast), "code": "CBP"}
    ),
    "compliance-practices": Row((*CBP, *DEPARTMENT), practised_case),
    "compliance-evidence": Row(CBP, one_practice("testing")),
    "compliance-verification": Row(("manager", "priv", "crcl", "caio", "deputy"), one_practice("monitoring")),
    "compliance-acceptance": Row(("caio",), one_practice("appeals")),
    "compliance-waiver": Row(("caio",), one_practice("testing")),
    "compliance-revoke": Row(("caio",), waived_case),
    "policy-list": Row(EVERYBODY, standing_registry),
    "policy-edition": Row(
        EVERYBODY, lambda cast: {**standing_registry(cast), "slug": "omb-m-25-21", "day": "2025-04-03"}
    ),
    "reports-list": Row((*REPORT_READERS, "lead"), shelf),
    "reports-make": Row((*REPORT_READERS, "lead"), method="POST"),
    "reports-detail": Row(REPORT_READERS, lambda cast: {"uuid": made_report(cast)["uuid"]}),
    "reports-download": Row(REPORT_READERS, made_report, is_page=False),
}
