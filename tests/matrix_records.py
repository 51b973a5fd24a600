"""The URL x role matrix of dated records."""

from __future__ import annotations

from typing import Any

from tests import make
from tests.governance import scenes
from tests.governance.recording import ahead, assessed, put
from tests.matrix_row import CBP, DEPARTMENT, Row


def recorded(cast: Any) -> dict[str, Any]:
    """A CBP case of the officer's with current, incomplete and replaced records."""
    for code in make.OFFICES:
        make.office(code)
    case = scenes.deployed(owner=cast.officer)
    made = assessed(case, cast)
    put(case, "impact_assessment", cast.officer, ahead(-3), supersedes=made, title="Invented second assessment")
    put(case, "operator_training", cast.officer, ahead(-330))
    put(case, "pia", cast.priv)
    return {"use_case_id": case.use_case_id}


def one(cast: Any) -> dict[str, Any]:
    """An assessment of it, with its review and its signature."""
    for code in make.OFFICES:
        make.office(code)
    return {"uuid": assessed(scenes.deployed(owner=cast.officer), cast).uuid}


def registered(cast: Any) -> dict[str, Any]:
    """The register is not empty."""
    recorded(cast)
    return {}


ROWS: dict[str, Row] = {
    "records-list": Row(("auditor", *CBP, "other_officer", *DEPARTMENT), registered),
    "records-case": Row((*CBP, *DEPARTMENT), recorded),
    "records-detail": Row((*CBP, *DEPARTMENT), one),
    "records-add": Row(CBP, lambda cast: {**recorded(cast), "kind": "impact_assessment"}),
    "records-withdraw": Row(CBP, one),
}
