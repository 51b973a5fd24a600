"""A second reader where an office asks for one: another person of the office, without whom nothing takes effect."""

import uuid

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.log import record
from audit.workflow import Refused, Stale, move
from governance import lifecycle_guards as guards
from governance import permissions
from governance.actions.conflicts import require_no_conflict
from governance.actions.lanes import Signature, locked_lane, speak, take_seat
from governance.actions.steps import hold_place
from governance.lifecycles import SECOND, lane_edge
from governance.models import Lane
from governance.models.reviews import signed
from governance.permissions.authorship import stated
from governance.permissions.office import seat
from governance.reads import lane_verbs
from governance.reads.said import from_json, refusals_of


@transaction.atomic
def set_second_reader(lane: Lane, *, actor: User, to: User | None) -> Lane:
    """Ask a colleague of the office to read the lane's decision second, or another one instead.

    Once asked for, only who asked does without again, and nobody while a decision lies before the second reader.
    """
    lane = locked_lane(lane)
    if refusals := permissions.lane_refusals(actor, lane):
        raise Refused(*refusals)
    if not lane.is_pending:
        raise Stale(*lane_verbs.state_refusals(lane))
    if refusals := _without(lane, actor) if to is None else lane_verbs.reader_refusals(to, lane):
        raise Refused(*refusals)
    place = take_seat(lane, actor)
    lane.second_reader, lane.second_asked_by = to, (actor if to else None)
    lane.save(update_fields=["second_reader", "second_asked_by"])
    data = {"to": str(to) if to else None}
    record("lane.second_reader_named", lane, actor=actor, acting_for=place.acting_for, data=data)
    return lane


def _without(lane: Lane, actor: User) -> list[str]:
    if lane.status == SECOND:
        return [f"The decision lies before {lane.second_reader}. Take it back first."]
    if lane_verbs.may_drop(actor, lane):
        return []
    if lane.second_asked_by:
        return [f"{lane.second_asked_by} asked for a second reader, and only {lane.second_asked_by} does without."]
    return []


@transaction.atomic
def agree(lane: Lane, *, actor: User, seen: str, no_conflict: bool = False) -> Lane:
    """Agree as the second reader: what the first reader decided takes effect.

    `seen` is when that was put before them (`proposed_at`, ISO): Stale when it was taken back or changed since. Both
    state that they have no conflict of interest, and both must still hold the place they act in (design section 4).
    """
    lane = _before_second(lane, actor, seen)
    said = from_json(lane.proposal)
    if refusals := refusals_of(said, lane):  # a condition's day may have passed since
        raise Refused(*refusals)
    first, place = _first_reader(lane), take_seat(lane, actor)
    statement = require_no_conflict(lane.review, actor=actor, says=no_conflict)
    speak(lane, said, first, second=Signature(actor, place.acting_for, statement), act=uuid.uuid4())
    return lane


def _first_reader(lane: Lane) -> Signature:
    """The first reader as they decided: still in that place, free to judge the case, and without a conflict."""
    first, gone = lane.proposed_by, f"{lane.proposer} may not act for the {lane.office.name} here any more."
    found = seat(first, lane.office, lane.review.use_case, lane=lane)
    statement = stated(lane.review, first) if first else None
    is_same = found.acting_for == lane.proposal.get("acting_for", "")
    if first is None or statement is None or found.reasons or not is_same:
        raise Refused(f"{gone} Give it back with a note.")
    hold_place(found.by, f"{gone} Give it back with a note.")
    return Signature(first, found.acting_for, statement)


@transaction.atomic
def disagree(lane: Lane, *, actor: User, note: str, seen: str) -> Lane:
    """Disagree as the second reader, with a note: the lane goes back to the first, who finds there what they wrote."""
    lane = _before_second(lane, actor, seen)
    blocked = guards.reasons_given(note, "Say what you see otherwise; the first reader reads it.")
    place, first = take_seat(lane, actor), lane.proposed_by
    if first and lane_verbs.cannot_have(lane, first):
        first = None  # left, or stepped aside: a colleague takes it
    kept = {**lane.proposal, "note": note.strip(), "note_by": signed(actor, place.acting_for)}
    move(
        lane, lane_edge("disagree"), actor=actor, acting_for=place.acting_for, blocked=blocked, reason=note.strip(),
        proposal=kept, assigned_to=first, assigned_at=timezone.now() if first else None, proposed_by=None,
        proposed_at=None,
    )  # fmt: skip
    return lane


def _before_second(lane: Lane, actor: User, seen: str) -> Lane:
    lane = locked_lane(lane)
    if refusals := permissions.lane_refusals(actor, lane):
        raise Refused(*refusals)
    if lane.status != SECOND:
        raise Stale(f"This lane is “{lane.get_status_display()}” by now: there is nothing to read second.")
    if refusals := lane_verbs.second_refusals(actor, lane):
        raise Refused(*refusals)
    if lane.proposed_at is None or seen != lane.proposed_at.isoformat():
        raise Stale("The decision was changed after you read it. Read it again; nothing of yours was recorded.")
    return lane


@transaction.atomic
def take_back_decision(lane: Lane, *, actor: User) -> Lane:
    """Take a decision back before the second reader has answered, as the one who made it."""
    lane = locked_lane(lane)
    if refusals := permissions.lane_refusals(actor, lane):
        raise Refused(*refusals)
    if lane.status != SECOND:
        raise Stale(f"This lane is “{lane.get_status_display()}” by now: there is nothing to take back.")
    if lane.proposed_by_id != actor.pk:
        raise Refused(f"Only {lane.proposed_by} takes back what {lane.proposed_by} decided.")
    place = take_seat(lane, actor)
    move(
        lane, lane_edge("take_back"), actor=actor, acting_for=place.acting_for, assigned_to=actor,
        assigned_at=timezone.now(), proposed_by=None, proposed_at=None,
    )  # fmt: skip
    return lane
