"""The URL x role matrix of the gates: requests, reconsideration, the yearly confirmation, waves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from governance.actions import recertification, waves
from governance.models import Decision
from tests import lives, make
from tests.governance import scenes
from tests.matrix import CBP, DEPARTMENT, Row

READERS = (*CBP, *DEPARTMENT)


def approved(cast: Any) -> dict[str, Any]:
    """An approved CBP case of the officer's."""
    return {"use_case_id": lives.decided(cast).use_case_id}


def asked(cast: Any) -> dict[str, Any]:
    """One that asks to be piloted."""
    return {"use_case_id": lives.asked_on(lives.decided(cast), "submitted", cast).use_case_id}


def rejected(cast: Any) -> dict[str, Any]:
    """A rejected one."""
    return {"use_case_id": lives.decided(cast, "reject").use_case_id}


def year_over(cast: Any) -> dict[str, Any]:
    """A case whose decision is more than a year old."""
    case = lives.decided(cast)
    Decision.objects.filter(use_case=case).update(decided_at=timezone.now() - timedelta(days=380))
    return {"use_case_id": case.use_case_id}


def confirmed(cast: Any) -> dict[str, Any]:
    """One that its owner has confirmed."""
    found = year_over(cast)
    case = lives.UseCase.objects.get(**found)
    recertification.confirm_true(case, actor=cast.officer, opened_on=case.revision_number)
    return found


def years_over(cast: Any) -> dict[str, Any]:
    """The list is not empty."""
    year_over(cast)
    return {}


def some_wave(cast: Any) -> dict[str, Any]:
    """A wave of CBP's deployed high-impact cases, and a recorded case for a next one."""
    for _ in range(2):
        scenes.deployed(owner=cast.officer)
    due_on = timezone.localdate() + timedelta(days=40)
    wave = waves.open_wave(actor=cast.caio, name="Invented first", tier="deployed_high", due_on=due_on)
    lives.recorded(cast)
    return {"number": wave.number}


def waves_listed(cast: Any) -> dict[str, Any]:
    """The list with a wave and a suggestion."""
    some_wave(cast)
    return {}


def member(cast: Any) -> dict[str, Any]:
    """A case in a wave."""
    found = some_wave(cast)
    assert make.component("CBP").pk
    return {**found, "use_case_id": lives.UseCase.objects.filter(waves__isnull=False).order_by("pk")[0].use_case_id}


ROWS: dict[str, Row] = {
    "gates-request": Row(CBP, approved),
    "gates-take_back": Row(CBP, asked),
    "gates-reconsider": Row(CBP, rejected),
    "year-list": Row((*CBP, "other_officer", *DEPARTMENT), years_over),
    "year-case": Row(READERS, year_over),
    "year-confirm": Row(CBP, year_over, method="POST"),
    "year-certify": Row(("lead",), confirmed, method="POST"),
    "waves-list": Row((*CBP, "other_officer", *DEPARTMENT), waves_listed),
    "waves-open": Row(("caio",), waves_listed),
    "waves-detail": Row((*CBP, "other_officer", *DEPARTMENT), some_wave),
    "waves-leave": Row(("caio", "manager"), member),
}
