"""A component's part certified complete and correct, countersigned, withdrawn, and seen to be out of date."""

import uuid

from django.db import transaction
from django.utils import timezone

from accounts.models import Delegation, User
from audit.log import record
from audit.workflow import Refused, Stale, move
from registry.actions.inventory.files import all_layouts
from registry.cycle_lifecycles import STANDING, edge
from registry.models import Certification, ComponentCall, Cycle
from registry.permissions.cycles import certifies_for, certify_refusals, countersign_refusals, withdraw_refusals
from registry.reads.certifying import second_signature, to_certify
from registry.reads.cycles import whole_part

Status = Certification.Status
STATEMENT = (
    "To the best of my knowledge this part of the inventory names every use of AI of my component that belongs into "
    "it, and the filed answers are correct. What is not complete is listed here."
)


@transaction.atomic
def certify(call: ComponentCall, *, seen: str, statement: str, why: str = "", actor: User) -> Certification:
    """Certify exactly what was seen: the filed revisions and what is not complete.

    Stale when either has moved since. With gaps, says why it is certified in spite of them. A lead who owns or entered
    most of it alone is countersigned by the inventory manager.
    """
    call = ComponentCall.objects.select_for_update(of=("self",)).select_related("cycle", "component").get(pk=call.pk)
    if refusals := certify_refusals(actor, call):
        raise Refused(*refusals)
    found = to_certify(call, all_layouts()[call.cycle.layout])
    if found.seen != seen:
        raise Stale("Something changed since you opened the page. Look at it again; nothing was signed.")
    if not statement.strip():
        raise Refused("Sign the statement.")
    if found.gaps and not why.strip():
        raise Refused("Something is not complete. Say why you certify in spite of that.")
    act, delegation = uuid.uuid4(), certifies_for(actor, call)
    acting_for = _holding(delegation)
    because = second_signature(call, actor) or (second_signature(call, delegation.giver) if delegation else "")
    for old in Certification.objects.filter(call=call, status__in=STANDING).select_related("call__component"):
        move(old, edge("certification", "replace"), actor=actor, act=act)
    row = Certification.objects.create(
        call=call, status=Status.SIGNED if because else Status.CERTIFIED, revisions=found.revisions,
        checksum=found.part.checksum, gaps=[gap.as_json() for gap in found.gaps], statement=statement.strip(),
        why=why.strip(), because=because, signed_by=actor,
        signed_for=acting_for,
    )  # fmt: skip
    data = {"use_cases": len(row.revisions), "gaps": {gap.code: gap.count for gap in found.gaps}, "second": because}
    record("certification.signed", row, actor=actor, act=act, reason=row.why, data=data, acting_for=acting_for)
    return row


def _holding(by: Delegation | None) -> str:
    """Lock what lets somebody sign for the lead until it is written; Refused when it ended in between."""
    if by is None:
        return ""
    row = Delegation.objects.select_for_update(of=("self",)).get(pk=by.pk)
    if row.state != "running":
        raise Refused(f"You acted for {by.whom} until {row.last_day.day} {row.last_day:%B %Y}. That has ended.")
    return by.whom


@transaction.atomic
def countersign(certification: Certification, *, actor: User) -> None:
    """Vouch as a second person. Refused when the part has changed since it was signed."""
    certification = _locked(certification)
    if refusals := countersign_refusals(actor, certification):
        raise Refused(*refusals)
    if whole_part(certification.call).checksum != certification.checksum:
        raise Stale("The part changed since it was signed. It has to be certified again first.")
    move(certification, edge("certification", "countersign"), actor=actor, countersigned_by=actor,
         countersigned_at=timezone.now())  # fmt: skip


@transaction.atomic
def withdraw(certification: Certification, *, reason: str, actor: User) -> None:
    """Take a certification back; it stays on record with the reason."""
    certification = _locked(certification)
    if refusals := withdraw_refusals(actor, certification):
        raise Refused(*refusals)
    blocked = [] if reason.strip() else ["Say why: the reason stays on record."]
    move(certification, edge("certification", "withdraw"), actor=actor, blocked=blocked, reason=reason.strip(),
         withdrawn_by=actor, withdrawn_because=reason.strip())  # fmt: skip


def _locked(certification: Certification) -> Certification:
    rows = Certification.objects.select_for_update(of=("self",))
    return rows.select_related("call__cycle", "call__component", "signed_by").get(pk=certification.pk)


@transaction.atomic
def tell_outdated() -> int:
    """Record once of each certification that something changed since; its lead and the managers are mailed."""
    rows = Certification.objects.filter(status__in=STANDING, outdated_told_at=None)
    rows = rows.exclude(call__cycle__status=Cycle.Status.FROZEN).select_related("call__cycle", "call__component")
    told = 0
    for row in rows:
        if whole_part(row.call).checksum == row.checksum:
            continue
        if Certification.objects.filter(pk=row.pk, outdated_told_at=None).update(outdated_told_at=timezone.now()):
            record("certification.outdated", row, actor=None)
            told += 1
    return told
