"""The URL x role matrix of waivers, extensions, pilot certificates, and of ordering a use stopped."""

from __future__ import annotations

from typing import Any

from tests.governance import excusing, scenes
from tests.matrix_row import CBP, DEPARTMENT, Row

SEES_ALL = ("manager", "caio", "deputy", "auditor")
REASON = {"reason": "Invented."}
DAY = excusing.TODAY.isoformat()
SOON = excusing.SOON.isoformat()
TERMS = {
    "ground": "A", "risk_assessment": "Invented.", "consulted": "Pat Example, counsel", "public_summary": "Invented.",
    "expires_on": SOON,
}  # fmt: skip


def case(cast: Any) -> dict[str, Any]:
    """A deployed high-impact case with a practice in progress."""
    return {"use_case_id": scenes.deployed(owner=cast.officer, **scenes.OPEN).use_case_id}


def practice(cast: Any) -> dict[str, Any]:
    """The practice it lacks."""
    return {**case(cast), "practice": "testing"}


def asked(cast: Any) -> dict[str, Any]:
    """A request that waits."""
    return {"uuid": excusing.asked(cast).uuid}


def waiver(cast: Any) -> dict[str, Any]:
    """A waiver in force, not yet reported, near its end, of a case that changed since."""
    return {"uuid": excusing.changed(cast).uuid}


def register(cast: Any) -> dict[str, Any]:
    """One of each."""
    excusing.one_of_each(cast)
    return {}


def extension(cast: Any) -> dict[str, Any]:
    """An extension on record."""
    return {"uuid": excusing.extension(cast).uuid}


def pilot(cast: Any) -> dict[str, Any]:
    """A certified pilot."""
    return {"uuid": excusing.pilot(cast).uuid}


def order(cast: Any) -> dict[str, Any]:
    """An order to stop a use that does not comply."""
    return {"uuid": excusing.ordered(cast).uuid}


CAIO = ("caio",)
RECORDERS = ("manager", "caio")
ROWS: dict[str, Row] = {
    "waivers-list": Row((*CBP, "other_officer", *DEPARTMENT), register, body={"show": "now"}),
    "waivers-public": Row(SEES_ALL, register),
    "compliance-ask": Row(CBP, practice),
    "waivers-request": Row(("caio", *CBP, *(one for one in DEPARTMENT if one != "caio")), asked),
    "waivers-grant": Row(CAIO, asked, method="POST", body=TERMS),
    "waivers-back": Row(CAIO, asked, method="POST", body=REASON),
    "waivers-decline": Row(CAIO, asked, method="POST", body=REASON),
    "waivers-take_back": Row(CBP, asked, method="POST"),
    "waivers-detail": Row(("caio", *CBP, *(one for one in DEPARTMENT if one != "caio")), waiver),
    "waivers-revoke": Row(CAIO, waiver, method="POST", body=REASON),
    "waivers-certify": Row(CAIO, waiver, method="POST", body={**REASON, "until": SOON}),
    "waivers-keep": Row(CAIO, waiver, method="POST", body=REASON),
    "waivers-report": Row(
        RECORDERS, waiver, method="POST", body={"about": "grant", "reported_on": DAY, "reference": "Invented 1"}
    ),
    "extensions-detail": Row(("manager", *CBP, *(one for one in DEPARTMENT if one != "manager")), extension),
    "extensions-remove": Row(RECORDERS, extension, method="POST", body=REASON),
    "extensions-record": Row(RECORDERS, case),
    "pilots-detail": Row(("caio", *CBP, *(one for one in DEPARTMENT if one != "caio")), pilot),
    "pilots-close": Row(CAIO, pilot, method="POST", body={**REASON, "how": "stopped"}),
    "pilots-certify": Row(CAIO, case),
    "stop_orders-order": Row(("caio", "deputy"), case),
    "stop_orders-lift": Row(CAIO, order, method="POST", body=REASON),
}
