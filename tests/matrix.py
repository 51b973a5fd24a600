"""The URL x role matrix: a row an address. `scene` makes what the address is about and gives its arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from accounts.models import Membership
from registry.actions import inventory
from tests import make
from tests.registry.make_inventory import case, csv_file, grid

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


def previewed_file(cast: Any) -> dict[str, Any]:
    """A file the component lead has read; it has a row that would be left out."""
    make.component("ICE")
    content = csv_file(grid([case(1), case(2, agency_bureau="ICE"), case(3, pia_url="no link")])).encode()
    return {"uuid": inventory.preview(content, "inventory.csv", actor=cast.lead).uuid}


def open_correction(cast: Any) -> dict[str, Any]:
    """What a file would change in a CBP draft of the officer's."""
    row = make.use_case(owner=cast.officer)
    content = csv_file(grid([case(1, id=row.use_case_id)])).encode()
    batch = inventory.import_file(content, "inventory.csv", actor=cast.manager)
    return {"uuid": batch.corrections.get().uuid}


def corrections(cast: Any) -> dict[str, Any]:
    """The list is not empty."""
    open_correction(cast)
    return {}


DEPARTMENT = (
    "manager", "priv", "crcl", "caio", "deputy", "secretary", "member", "leader", "auditor",
)  # fmt: skip
CBP = ("officer", "lead")
ADMINISTRATORS = ("administrator",)
OVERSEERS = ("caio", "deputy", "auditor")
EXPORT = {"cycle": 2025, "layout": "dhs-2025", "audience": "omb", "format": "csv"}

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
    "inventory-imports": Row(("manager", "lead", *OVERSEERS)),
    "inventory-preview": Row(("manager", "lead", *OVERSEERS), previewed_file),
    "inventory-confirm": Row(("manager", "lead"), previewed_file, method="POST"),
    "inventory-discard": Row(("manager", "lead"), previewed_file, method="POST"),
    "inventory-export": Row(("manager", *OVERSEERS), corrections, body=EXPORT, is_page=False),
    "corrections-list": Row((*CBP, "other_officer", "manager", *OVERSEERS), corrections),
    "corrections-accept": Row((*CBP, "manager"), open_correction, method="POST"),
    "corrections-refuse": Row((*CBP, "manager"), open_correction, method="POST"),
}
