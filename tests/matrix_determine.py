"""The URL x role matrix of determinations, and of officials named to determine."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from governance.actions import determinations, officials
from governance.models import DeterminingOfficial
from registry.models import UseCase
from tests.governance.determine_scenes import CLEARED, presumed
from tests.matrix_row import CBP, DEPARTMENT, Row

SEE = ("caio", "manager", "deputy", "auditor", "crcl")  # the official of the scenes is the civil rights reviewer
SIGN = ("caio", "deputy", "crcl")


def official(cast: Any) -> DeterminingOfficial:
    """The civil rights reviewer determines cases of all components."""
    running = DeterminingOfficial.objects.filter(person=cast.crcl, ended_at=None).first()
    if running is None:
        today = timezone.localdate()
        words: dict[str, Any] = {"starts_on": today, "ends_on": today + timedelta(days=90), "actor": cast.caio}
        (running,) = officials.name_official(cast.crcl, reason="Knows the invented law.", **words)
    return running


def cleared(cast: Any) -> UseCase:
    """A presumption the official cleared, with a justification that stands under a second case."""
    official(cast)
    case = presumed(cast)
    presumed(cast)
    actor = User.objects.get(pk=cast.crcl.pk)
    determinations.determine(case, actor=actor, opened_on=case.filed_number, seen="", determined=CLEARED)
    return case


def of_case(cast: Any) -> dict[str, Any]:
    """By its address."""
    return {"use_case_id": cleared(cast).use_case_id}


def one(cast: Any) -> dict[str, Any]:
    """The determination, by its address."""
    case = cleared(cast)
    return {"use_case_id": case.use_case_id, "uuid": case.determinations.get().uuid}


def some(cast: Any) -> dict[str, Any]:
    """The lists are not empty."""
    cleared(cast)
    return {}


def naming(cast: Any) -> dict[str, Any]:
    """The official, by the address."""
    return {"uuid": official(cast).uuid}


ROWS: dict[str, Row] = {
    "determinations-list": Row(SEE, some),
    "determinations-repeated": Row(SEE, some),
    "determinations-officials": Row(SEE, some),
    "determinations-name_official": Row(("caio",), some, method="POST"),
    "determinations-end_official": Row(("caio", "crcl"), naming, method="POST", body={"reason": "It is over."}),
    "determinations-page": Row(("caio", *CBP, *DEPARTMENT), of_case),
    "determinations-sign": Row(SIGN, of_case, method="POST"),
    "determinations-sign_ai": Row(SIGN, of_case, method="POST", body={"answer": "yes"}),
    "determinations-acknowledge": Row(("caio",), one, method="POST"),
}
