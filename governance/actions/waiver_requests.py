"""Asking for a waiver: who answers for a case asks, the Chief AI Officer grants, sends back or declines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.log import record
from audit.workflow import Refused, Stale
from governance import lifecycle_guards as guards
from governance.actions.steps import locked
from governance.actions.waivers import term_refusals
from governance.compliance.permissions import waiver_refusals
from governance.compliance.practices import LOWERED
from governance.models import Waiver, WaiverRequest
from governance.permissions.exceptions import ask_refusals
from registry.models import UseCase

State = WaiverRequest.State


@transaction.atomic
def ask_waiver(
    use_case: UseCase,
    practice: str,
    *,
    ground: str,
    risk_assessment: str,
    public_summary: str,
    expires_on: date,
    actor: User,
    consulted: Sequence[dict[str, str]] = (),
    mitigations: str = "",
) -> WaiverRequest:
    """Ask that one practice of one high-impact case be waived (M-25-21 section 4(a)); it goes on as it is meanwhile.

    Refused while a request waits or a waiver is in force. Follows the last one that was sent back.
    """
    case = locked(use_case)
    if reasons := ask_refusals(actor, case):
        raise Refused(*reasons)
    if case.impact != "high_impact":
        raise Refused("Only a high-impact use owes the practices, so only it can have one waived.")
    today = timezone.localdate()
    rows = WaiverRequest.objects.filter(use_case=case, practice=practice)
    if rows.filter(state=State.OPEN).exists():
        raise Refused(f"A request for a waiver of {LOWERED[practice]} waits already.")
    if Waiver.objects.filter(use_case=case, practice=practice, revoked_on=None, expires_on__gte=today).exists():
        raise Refused(f"A waiver of {LOWERED[practice]} is in force.")
    asked = guards.reasons_given(risk_assessment, "Write the risk assessment, specific to this system and its context.")
    asked += guards.reasons_given(public_summary, "Write the summary for the public.")
    if reasons := [*term_refusals(expires_on, today), *asked]:
        raise Refused(*reasons)
    made = WaiverRequest.objects.create(
        use_case=case, practice=practice, ground=ground, risk_assessment=risk_assessment, consulted=list(consulted),
        mitigations=mitigations, public_summary=public_summary, expires_on=expires_on, requested_by=actor,
        follows=rows.filter(state=State.SENT_BACK, later=None).last(),
    )  # fmt: skip
    record("waiver.requested", made, actor=actor, data={"practice": practice, "until": expires_on})
    return made


@transaction.atomic
def send_request_back(request: WaiverRequest, *, reason: str, actor: User) -> WaiverRequest:
    """Have the request written anew, with what is missing."""
    return _answer(request, State.SENT_BACK, "waiver.sent_back", reason=reason, actor=actor)


@transaction.atomic
def decline_request(request: WaiverRequest, *, reason: str, actor: User) -> WaiverRequest:
    """Decline it: the practice is met, or the use is discontinued (M-25-21 section 4)."""
    return _answer(request, State.DECLINED, "waiver.declined", reason=reason, actor=actor)


@transaction.atomic
def take_waiver_request_back(request: WaiverRequest, *, actor: User) -> WaiverRequest:
    """Who answers for the case gives the request up while nobody has answered it."""
    request = _locked(request)
    if reasons := ask_refusals(actor, request.use_case):
        raise Refused(*reasons)
    return _settle(request, State.TAKEN_BACK, "waiver.taken_back", reason="", actor=actor)


def _answer(request: WaiverRequest, state: str, kind: str, *, reason: str, actor: User) -> WaiverRequest:
    request = _locked(request)
    if reasons := waiver_refusals(actor, request.use_case, request.practice):
        raise Refused(*reasons)
    if reasons := guards.reasons_given(reason, "Say why, so that its owner knows what to do."):
        raise Refused(*reasons)
    return _settle(request, state, kind, reason=reason.strip(), actor=actor)


def _settle(request: WaiverRequest, state: str, kind: str, *, reason: str, actor: User) -> WaiverRequest:
    """One conditional update: of two answers at once the second is Stale."""
    rows = WaiverRequest.objects.filter(pk=request.pk, state=State.OPEN)
    if rows.update(state=state, answer=reason, answered_by=actor, answered_at=timezone.now()) != 1:
        raise Stale("This request has been answered or taken back in the meantime. Reload the page.")
    request.refresh_from_db(fields=["state", "answer", "answered_by", "answered_at"])
    record(kind, request, actor=actor, reason=reason, data={"practice": request.practice})
    return request


def _locked(request: WaiverRequest) -> WaiverRequest:
    request.use_case = locked(request.use_case)
    return request
