"""The URL x role matrix of findings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from governance.actions.finding_work import accept_risk
from governance.models import Finding
from tests.governance import scenes
from tests.matrix_row import CBP, DEPARTMENT, Row

TAKE_PART = (*CBP, *(one for one in DEPARTMENT if one != "auditor"))
WORDS = {"reason": "Invented."}
SOON = (timezone.localdate() + timedelta(days=30)).isoformat()


def found(cast: Any) -> Finding:
    """A finding of a CBP case."""
    scenes.catalogue()
    scenes.deployed(owner=cast.officer, **scenes.OPEN)
    scenes.run()
    return Finding.objects.order_by("pk")[0]


def one(cast: Any) -> dict[str, Any]:
    """Its address."""
    return {"uuid": found(cast).uuid}


def accepted(cast: Any) -> dict[str, Any]:
    """One whose risk is accepted."""
    row = found(cast)
    until = timezone.localdate() + timedelta(days=30)
    accept_risk(row, until=until, reason="Invented.", actor=cast.caio)
    return {"uuid": row.uuid}


def registry(cast: Any) -> dict[str, Any]:
    """A registry with findings."""
    found(cast)
    return {}


EVERY = ("auditor", *CBP, "other_officer", *DEPARTMENT)
ROWS: dict[str, Row] = {
    "not_met-list": Row(EVERY, registry),
    "findings_week-list": Row(EVERY, registry),
    "findings-several": Row(EVERY, registry, method="GET", is_page=False),
    "findings-detail": Row((*CBP, *DEPARTMENT), one),
    "findings-comment": Row(TAKE_PART, one, method="POST", body={"text": "Invented."}),
    "findings-assign": Row((*CBP, "manager", "caio", "deputy"), one, method="POST", body={"to": ""}),
    "findings-accept": Row(("caio",), one, method="POST", body={**WORDS, "until": SOON}),
    "findings-back": Row(("caio",), accepted, method="POST", body=WORDS),
}
