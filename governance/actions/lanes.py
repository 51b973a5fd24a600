"""An office's lane: who has it, and what the office says."""

import uuid
from collections.abc import Collection, Iterable

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.log import Entry, record_many, subject_of
from audit.workflow import Refused, Stale, move
from governance import lifecycle_guards as guards
from governance import permissions, return_reasons
from governance.actions.conditions import Wanted, set_conditions
from governance.actions.conflicts import require_no_conflict
from governance.actions.steps import end_round, hold_place, locked, take
from governance.lifecycles import lane_edge
from governance.models import Lane, Review
from governance.permissions.office import seat
from governance.reads import rounds, verbs

SIGNING = ("sign_off", "sign_off_with_conditions", "return", "object")


@transaction.atomic
def assign(lanes: Iterable[Lane], *, actor: User, to: User | None) -> int:
    """Give open lanes of one's office to oneself or a colleague of the office, or back to the queue (`to` None).

    All or none: when one of them was decided in the meantime nothing is assigned.
    """
    wanted = [lane.pk for lane in lanes]
    rows = Lane.objects.select_for_update(of=("self",)).select_related("office", "review__use_case")
    found = list(rows.filter(pk__in=wanted).order_by("pk"))
    if not found:
        raise Refused("Select at least one case first.")
    for lane in found:
        if reasons := permissions.lane_refusals(actor, lane):
            raise Refused(*reasons)
        if to and to.pk != actor.pk and (reasons := _cannot_have(lane, to)):
            raise Refused(*reasons)
    if gone := [lane.review.use_case.use_case_id for lane in found if lane.status != Lane.State.OPEN]:
        raise Stale(f"Decided in the meantime: {', '.join(gone)}. Nothing was assigned; select again.")
    assigned_at = timezone.now() if to else None
    Lane.objects.filter(pk__in=[lane.pk for lane in found]).update(assigned_to=to, assigned_at=assigned_at)
    entries = [Entry("lane.assigned", subject_of(lane), data={"to": str(to) if to else None}) for lane in found]
    record_many(entries, actor=actor)
    return len(found)


@transaction.atomic
def decide_lane(
    lane: Lane,
    *,
    actor: User,
    verb: str,
    reasons: Collection[str] = (),
    message: str = "",
    conditions: Wanted = (),
    no_conflict: bool = False,
) -> Lane:
    """Sign off, sign off with conditions, send back or object for an office (DHS Directive 139-08, oversight).

    One return ends the round for all offices; when the last lane is signed or objected to, the case is ready for
    decision. Of two people deciding at once the second is Stale and changes nothing. `no_conflict` is the statement
    "I have no conflict of interest in this case", needed once a round and kept with the decision (design section 4).
    """
    if verb not in SIGNING:
        raise Refused("Choose one of the four decisions.")
    use_case = locked(lane.review.use_case)
    lane = Lane.objects.select_for_update(of=("self",)).select_related("office", "decided_by", "review").get(pk=lane.pk)
    lane.review.use_case = use_case
    if lane.status != Lane.State.OPEN and not permissions.lane_refusals(actor, lane):
        raise Stale(*_taken(lane))
    if refusals := verbs.lane_refusals(actor, lane):
        raise Refused(*refusals)
    place = seat(actor, lane.office, use_case, lane=lane)
    hold_place(place.by)
    statement = require_no_conflict(lane.review, actor=actor, says=no_conflict)
    message = message.strip() or (return_reasons.message(reasons) if verb == "return" else "")
    act = uuid.uuid4()
    move(
        lane, lane_edge(verb), actor=actor, act=act, reason=message, acting_for=place.acting_for,
        blocked=_blocked(verb, message, reasons, conditions), data={"reasons": list(reasons)},
        decided_by=actor, decided_for=place.acting_for, decided_at=timezone.now(), conflict_statement=statement,
        reasons=list(reasons), message=message,
    )  # fmt: skip
    if verb == "sign_off_with_conditions":
        set_conditions(conditions, lane=lane, review=lane.review, actor=actor, act=act)
    if verb == "return":
        return_round(
            lane.review, actor=actor, act=act, message=message, reasons=reasons, by=lane.office.name,
            acting_for=place.acting_for,
        )  # fmt: skip
    else:
        complete_when_signed(lane.review, actor=actor, act=act)
    return lane


def _cannot_have(lane: Lane, to: User) -> list[str]:
    """Why a lane cannot be given to somebody, said about them and not to them."""
    found = seat(to, lane.office, lane.review.use_case, lane=lane)
    if found.by is None:
        return [f"{to} is no reviewer of the {lane.office.name}."]
    return [f"{to} cannot decide {lane.review.use_case.use_case_id}: wrote part of it, stepped aside, or signs for "
            "another office."] if found.reasons else []  # fmt: skip


def _taken(lane: Lane) -> list[str]:
    who = lane.signer or "The end of the round"
    return [f"{who} came first: this lane is “{lane.get_status_display()}”. Nothing of yours was recorded."]


def _blocked(verb: str, message: str, reasons: Collection[str], conditions: Wanted) -> list[str]:
    if verb == "return":
        unknown = [f"“{code}” is not a reason on the list." for code in sorted(return_reasons.unknown(reasons))]
        return unknown + guards.reasons_given(message, "Tick a reason or write what has to change.")
    if verb == "object":
        return guards.reasons_given(message, "Say what the objection is; the decision must answer it.")
    if verb == "sign_off_with_conditions":
        return guards.conditions_given(conditions, timezone.localdate())
    return []


def return_round(
    review: Review,
    *,
    actor: User,
    act: uuid.UUID,
    message: str,
    reasons: Collection[str] = (),
    by: str = "",
    acting_for: str = "",
) -> None:
    """End the round and give the case back to its owner; the other offices' open lanes close."""
    close_open_lanes(review, actor=actor, act=act)
    end_round(review, "returned")
    data = {"by": by, "reasons": return_reasons.labels(reasons), "revision": review.revision.number}
    blocked = guards.reasons_given(message, "Say what has to change before it can come back.")
    take(
        review.use_case, "return", actor=actor, act=act, blocked=blocked, reason=message, data=data,
        acting_for=acting_for,
    )  # fmt: skip


def close_open_lanes(review: Review, *, actor: User, act: uuid.UUID) -> None:
    """Close what no office has decided yet."""
    for lane in Lane.objects.filter(review=review, status=Lane.State.OPEN).select_related("office"):
        lane.review = review
        move(lane, lane_edge("close"), actor=actor, act=act, assigned_to=None, assigned_at=None)


def complete_when_signed(review: Review, *, actor: User, act: uuid.UUID) -> None:
    """Hand the case to the Chief AI Officer when no office is waited for any more; silence never does."""
    states = rounds.lane_states(review)
    if not guards.all_lanes_signed(states):
        take(review.use_case, "complete_lanes", actor=actor, act=act, data={"lanes": dict(states)})
