"""The URL x role matrix of conditions, and of people standing in for each other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.actions import delegations
from accounts.models import Delegation, Membership
from governance.actions import acting_signers, conditions, conflicts, lanes
from governance.actions.condition_upkeep import escalate_conditions
from governance.condition_terms import Terms
from governance.models import ActingSigner, Condition
from registry.actions import evidence
from registry.models import Evidence
from tests import lives, make
from tests.matrix_row import CBP, DEPARTMENT, EVERYBODY, Row

SOON = timedelta(days=20)
EVERYONE = (*CBP, "other_officer", *DEPARTMENT)


def proof(cast: Any, condition: Condition) -> Evidence:
    """A link of the case's evidence that shows the condition is met."""
    return evidence.add(
        condition.use_case, kind="policy", title="Invented retention schedule", link="https://example.invalid/12",
        dated_on=timezone.localdate(), actor=cast.officer,
    )  # fmt: skip


def condition_of(cast: Any, **terms: Any) -> Condition:
    """An open condition the Privacy Office set on a CBP case of the officer's."""
    wanted = {"text": "Name the retention schedule.", "due_on": timezone.localdate() + SOON, **terms}
    lane = lives.lane(lives.in_review(cast))
    lanes.decide_lane(
        lane, actor=cast.priv, verb="sign_off_with_conditions", conditions=[Terms(**wanted)], no_conflict=True
    )
    return Condition.objects.select_related("use_case").get(lane=lane)


def some_condition(cast: Any) -> dict[str, Any]:
    """The same, by its address, with evidence on the case."""
    row = condition_of(cast, consequence="The pilot ends.")
    proof(cast, row)
    return {"uuid": row.uuid}


def reported(cast: Any) -> dict[str, Any]:
    """One that is reported met."""
    row = condition_of(cast)
    conditions.report_met(row, proof=proof(cast, row), note="It names the years.", actor=cast.officer)
    return {"uuid": row.uuid}


def overdue(cast: Any) -> dict[str, Any]:
    """One that is long overdue and was taken further."""
    row = condition_of(cast)
    Condition.objects.filter(pk=row.pk).update(due_on=timezone.localdate() - timedelta(days=40))
    escalate_conditions()
    return {}


def delegated(cast: Any) -> Delegation:
    """The reviewer of the Privacy Office is stood in for by the civil rights reviewer."""
    if running := Delegation.objects.current().filter(giver=cast.priv).first():
        return running
    row = Membership.objects.get(user=cast.priv)
    return delegations.delegate(
        cast.crcl, role=row.role, office=row.office, acts=["sign"], starts_on=timezone.localdate(),
        ends_on=timezone.localdate() + SOON, reason="On leave.", actor=cast.priv,
    )  # fmt: skip


def delegation(cast: Any) -> dict[str, Any]:
    """By its address."""
    return {"uuid": delegated(cast).uuid}


def standing_in(cast: Any) -> dict[str, Any]:
    """The page is not empty."""
    delegated(cast)
    return {}


def signer(cast: Any) -> dict[str, Any]:
    """An office without a reviewer has an acting signer, and another office has nobody."""
    make.office("OCPO")
    office, today = make.office("CISO"), timezone.localdate()
    if running := ActingSigner.objects.filter(office=office, ended_at=None).first():
        return {"uuid": running.uuid}
    row = acting_signers.name_signer(
        cast.crcl, office, starts_on=today, ends_on=today + SOON, reason="Nobody is left.", actor=cast.caio
    )
    return {"uuid": row.uuid}


def signers(cast: Any) -> dict[str, Any]:
    """The page is not empty."""
    signer(cast)
    return {}


def to_judge(cast: Any) -> dict[str, Any]:
    """A case in review."""
    return {"use_case_id": lives.in_review(cast).use_case_id}


def recused(cast: Any) -> dict[str, Any]:
    """A reviewer stepped aside from a case."""
    case = lives.in_review(cast)
    return {"uuid": conflicts.recuse(case, actor=cast.priv, reason="My brother sells it.").uuid}


JUDGES = ("lead", "manager", "priv", "crcl", "caio", "deputy", "member")
ROWS: dict[str, Row] = {
    "conditions-list": Row(EVERYONE, overdue),
    "conditions-detail": Row((*CBP, *DEPARTMENT), some_condition),
    "conditions-met": Row(CBP, some_condition, method="POST"),
    "conditions-accept": Row(("priv", "caio"), reported, method="POST"),
    "conditions-back": Row(("priv", "caio"), reported, method="POST", body={"reason": "It names no years."}),
    "conditions-due": Row(("priv",), some_condition, method="POST", body={"due_on": "2030-01-01", "reason": "Ill."}),
    "conditions-owner": Row(("officer", "priv"), some_condition, method="POST"),
    "standing_in-page": Row(EVERYBODY, standing_in),
    "standing_in-delegate": Row(("lead", "priv", "crcl", "caio"), method="POST"),
    "standing_in-end": Row(("priv", "crcl", "administrator"), delegation, method="POST", body={"reason": "Back."}),
    "standing_in-signers": Row(("caio", "deputy", "manager", "auditor", "administrator"), signers),
    "standing_in-name_signer": Row(("caio",), signers, method="POST", body={"at": "OCPO"}),
    "standing_in-end_signer": Row(("caio", "crcl"), signer, method="POST", body={"reason": "Somebody came."}),
    "standing_in-recuse": Row(JUDGES, to_judge, method="POST", body={"recuse-reason": "I know them."}),
    "standing_in-lift": Row(("caio",), recused, method="POST", body={"reason": "It was another firm."}),
}
