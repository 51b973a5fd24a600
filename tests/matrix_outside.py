"""The URL x role matrix of lists from outside and of withholding reviews."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from registry.actions import outside as actions
from registry.models import OutsideLine, OutsideList
from tests import make
from tests.matrix_row import CBP, Row

WORK = (*CBP, "other_officer")
KNOWS_ALL = ("manager", "caio", "deputy", "auditor")
COLUMNS = {"name": 0, "number": 1, "component": 2}
ATO = (
    b"Invented list of authorized systems,,\r\n\r\n"
    b"System Name,FISMA ID,Component\r\n"
    b"INVENTED-LX,XX-00001,CBP\r\nInvented Ledger,XX-00002,CBP\r\nInvented Gate,XX-00003,FEMA\r\n"
    b"Invented Nowhere,XX-00004,Unheard-of Office\r\n"
)


def brought(cast: Any, content: bytes = ATO, kind: str = "ato", **facts: Any) -> OutsideList:
    """A list whose columns wait."""
    for code in ("CBP", "FEMA"):
        make.component(code)
    given = {"name": "Invented security office", "true_on": timezone.localdate(), **facts}
    return actions.bring(make.agency(), kind, content, "systems.csv", actor=cast.manager, **given)


def taken(cast: Any) -> dict[str, Any]:
    """A list in use, one line of it found in a case."""
    if not OutsideList.objects.filter(state="current").exists():
        make.use_case(given=make.deployed_high_impact(), filed_on=date(2026, 1, 28), status="recorded")
        actions.take(brought(cast), COLUMNS, actor=cast.manager)
    return {}


def waiting(cast: Any) -> dict[str, Any]:
    """A file whose columns wait."""
    return {"uuid": brought(cast, ATO + b"Invented Last,XX-00009,CBP\r\n").uuid}


def some_line(cast: Any) -> dict[str, Any]:
    """A CBP line nobody answered."""
    taken(cast)
    return {"uuid": OutsideLine.objects.get(name="Invented Ledger").uuid}


WITHHELD = {
    "is_withheld": "risk_to_disclosure", "withheld_ground": "foia_7",
    "withheld_reason": "Invented: tells where to look.",
    "withheld_fields": [{"field": "system_outputs", "ground": "foia_4", "reason": "Invented: the vendor's recipe."}],
}  # fmt: skip
REVIEWERS = ("priv", "ogc")


def kept_back(cast: Any) -> dict[str, Any]:
    """A CBP case that is withheld, and an answer of it for itself."""
    given = make.deployed_high_impact(hi_training_established="waived", **WITHHELD)
    case = make.use_case(owner=cast.officer, given=given, filed_on=date(2026, 1, 28), status="recorded")
    return {"use_case_id": case.use_case_id, "field": "whole"}


def withheld_list(cast: Any) -> dict[str, Any]:
    """Something to list."""
    kept_back(cast)
    return {}


ROWS: dict[str, Row] = {
    "withholding-overview": Row((*WORK, *KNOWS_ALL, *REVIEWERS), withheld_list),
    "withholding-counts": Row(KNOWS_ALL, withheld_list),
    "withholding-review": Row(("ogc", *CBP, *KNOWS_ALL, "priv"), kept_back),
    "outside-overview": Row((*WORK, *KNOWS_ALL), taken),
    "outside-bring": Row(("manager",), taken),
    "outside-file": Row(KNOWS_ALL, waiting),
    "outside-list": Row((*WORK, *KNOWS_ALL), taken),
    "outside-act": Row((*WORK, "manager"), taken, method="POST"),
    "outside-line": Row((*CBP, *KNOWS_ALL), some_line),
}
