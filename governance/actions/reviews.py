"""The steps before the offices: the component's endorsement, the inventory manager's triage, sending back."""

import uuid
from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Office, User
from audit.log import record
from audit.workflow import Refused, move
from governance import lifecycle_guards as guards
from governance import return_reasons, routing
from governance.actions.acting_signers import tell_signers
from governance.actions.lanes import complete_when_signed, return_round
from governance.actions.steps import end_round, locked, require, take, the_open_round
from governance.lifecycles import SIGNED, lane_edge
from governance.models import Lane, Review
from governance.permissions.authorship import recused
from governance.reads import rounds
from registry import editions
from registry.actions.use_cases import let_know
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
    """Open a lane for each office the routes call for, in parallel; the routes of that day are frozen in the round."""
    edition = routing.in_force(timezone.localdate())
    document = editions.counting(review.revision)
    routes = routing.route(edition, document, use_case.component.code)
    review.routes_edition = edition.key
    review.routes = {
        "sha256": edition.sha256,
        "needed": {need.office: need.because for need in routes.needed},
        "not_needed": {office.office: office.because for office in routes.not_needed},
    }
    review.save(update_fields=["routes_edition", "routes"])
    blocked = guards.triaged(True, [])
    data = {"routes_edition": edition.key, "offices": sorted(need.office for need in routes.needed)}
    take(use_case, "triage", actor=actor, act=act, blocked=blocked, data=data)
    authors = rounds.authors(use_case)
    for need in routes.needed:
        _open_lane(review, need, authors, actor=actor, act=act)
    complete_when_signed(review, actor=actor, act=act)


def _open_lane(
    review: Review, need: routing.LaneNeed, authors: Collection[int], *, actor: User, act: uuid.UUID
) -> None:
    office = Office.objects.filter(agency=review.use_case.agency, code=need.office).first()
    if office is None:
        raise Refused(f"The routes call for the office {need.office}, which is not set up. Ask an administrator.")
    lane = Lane.objects.create(
        review=review,
        office=office,
        because=[reason.because for reason in need.reasons],
        rules=[reason.rule for reason in need.reasons],
        opening_answers=dict(need.opening_answers),
        due_on=timezone.localdate() + timedelta(days=need.due_days),
    )
    # Also for a case that is not restricted now: made restricted later, its reviewers must not lose it.
    let_know(review.use_case, because=f"Reviews it in round {review.round}", office=office)
    tell_signers(lane)
    record("lane.opened", lane, actor=actor, act=act, reason=need.because)
    _carry_over(lane, authors, actor=actor, act=act)


def _carry_over(lane: Lane, authors: Collection[int], *, actor: User, act: uuid.UUID) -> None:
    """Keep the office's last sign-off while the answers and rules that opened the lane are the same (section 3).

    Not when the person who signed has written a part of the case since, or stepped aside from it.
    """
    before = rounds.last_lane(lane.review.use_case, lane.office, lane.review)
    if before is None or before.status not in SIGNED or before.decided_by_id in authors:
        return
    if before.decided_by and recused(lane.review.use_case, before.decided_by):
        return
    if before.opening_answers != lane.opening_answers or sorted(before.rules) != sorted(lane.rules):
        return
    verb = "carry_over" if before.status == Lane.State.SIGNED_OFF else "carry_over_with_conditions"
    origin = before.carried_from or before
    move(
        lane, lane_edge(verb), actor=actor, act=act, data={"round": origin.review.round},
        carried_from=origin, decided_by=before.decided_by, decided_at=before.decided_at, decided_for=before.decided_for,
        message=before.message,
    )  # fmt: skip


def preview(review: Review) -> routing.Routes:
    """The lanes triage would open now, and the offices it would not need, with why."""
    document = editions.counting(review.revision)
    return routing.route(routing.in_force(timezone.localdate()), document, review.use_case.component.code)
