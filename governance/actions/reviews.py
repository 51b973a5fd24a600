"""The steps before the offices: the component's endorsement, the inventory manager's triage, sending back."""

import uuid
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.workflow import Refused
from governance import lifecycle_guards as guards
from governance import return_reasons
from governance.actions import lane_opening
from governance.actions.determinations import sign_ai_at_triage
from governance.actions.lanes import complete_when_signed, return_round
from governance.actions.steps import end_round, locked, require, take, the_open_round
from governance.models import Review
from registry.models import UseCase


@transaction.atomic
def endorse(use_case: UseCase, *, actor: User, note: str = "") -> None:
    """Vouch for the case as its component's lead, who may not be one of its authors (design section 4)."""
    use_case = locked(use_case)
    acting_for = require("endorse", actor, use_case)
    review = the_open_round(use_case)
    Review.objects.filter(pk=review.pk).update(
        endorsed_by=actor, endorsed_at=timezone.now(), endorsed_for=acting_for
    )  # fmt: skip
    take(use_case, "endorse", actor=actor, act=uuid.uuid4(), reason=note.strip(), acting_for=acting_for)


@transaction.atomic
def send_back(use_case: UseCase, *, actor: User, message: str, reasons: Collection[str] = ()) -> None:
    """Give the case back with reasons while it is with one: lead, inventory manager, or decider. Ends the round."""
    use_case = locked(use_case)
    acting_for = require("return", actor, use_case)
    if unknown := return_reasons.unknown(reasons):
        raise Refused(*(f"“{code}” is not a reason on the list." for code in sorted(unknown)))
    text = message.strip() or return_reasons.message(reasons)
    return_round(
        the_open_round(use_case), actor=actor, act=uuid.uuid4(), message=text, reasons=reasons, acting_for=acting_for
    )  # fmt: skip


@transaction.atomic
def triage(
    use_case: UseCase,
    *,
    actor: User,
    in_scope: bool,
    is_ai: bool,
    is_complete: bool,
    duplicate_of: UseCase | None = None,
    note: str = "",
) -> str:
    """Open the lanes the answers call for, or take out what does not belong; returns the status it led to.

    Not AI, out of scope and duplicate are withdrawals with that reason (OMB 2025 reporting guidance, scope); what
    is incomplete goes back to its owner with the note as the reason.
    """
    use_case = locked(use_case)
    require("triage", actor, use_case)
    review = the_open_round(use_case)
    answers = {
        "in_scope": in_scope, "is_ai": is_ai, "is_complete": is_complete, "note": note.strip(),
        "duplicate_of": duplicate_of.use_case_id if duplicate_of else None,
    }  # fmt: skip
    review.triaged_by, review.triaged_at, review.triage = actor, timezone.now(), answers
    review.save(update_fields=["triaged_by", "triaged_at", "triage"])
    act = uuid.uuid4()
    sign_ai_at_triage(review, is_ai=is_ai, note=note, actor=actor, act=act)
    if against := _against(use_case, in_scope, is_ai, duplicate_of):
        end_round(review, "withdrawn")
        reason = " ".join([against, note.strip()]).strip()
        take(use_case, "withdraw", actor=actor, act=act, reason=reason, data={"triage": answers})
    elif not is_complete:
        return_round(review, actor=actor, act=act, message=note.strip())
    else:
        _open_lanes(use_case, review, actor=actor, act=act)
    return use_case.status


def _against(use_case: UseCase, in_scope: bool, is_ai: bool, duplicate_of: UseCase | None) -> str:
    if not is_ai:
        return "Not artificial intelligence."
    if not in_scope:
        return "Out of the inventory's scope."
    if duplicate_of is None:
        return ""
    if duplicate_of.pk == use_case.pk:
        raise Refused("A case cannot be a duplicate of itself.")
    return f"Duplicate of {duplicate_of.use_case_id}."


def _open_lanes(use_case: UseCase, review: Review, *, actor: User, act: uuid.UUID) -> None:
    """Open a lane for each office the routes call for; the routes of that day are frozen in the round."""
    review.use_case = use_case
    routes = lane_opening.freeze(review)
    data = {"routes_edition": review.routes_edition, "offices": sorted(need.office for need in routes.needed)}
    take(use_case, "triage", actor=actor, act=act, blocked=guards.triaged(True, []), data=data)
    lane_opening.open_lanes(review, routes, actor=actor, act=act)
    complete_when_signed(review, actor=actor, act=act)
