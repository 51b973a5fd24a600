"""An office's lane: who has it, and what the office says."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.log import Entry, record_many, subject_of
from audit.workflow import Refused, Stale, move
from governance import lifecycle_guards as guards
from governance import permissions, return_reasons
from governance.actions.conditions import Wanted, set_conditions
from governance.actions.conflicts import require_no_conflict
from governance.actions.lane_opening import start_waiting
from governance.actions.steps import end_round, hold_place, locked, take, take_place
from governance.condition_terms import Terms
from governance.lifecycles import AT_WORK, PENDING, WAITING, lane_edge
from governance.models import ConflictStatement, Lane, LaneQuestion, Review
from governance.permissions.office import Seat, seat
from governance.reads import lane_verbs, rounds
from governance.reads.said import Said, refusals_of
from registry.models.use_case import Status


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
        if to and to.pk != actor.pk and (reasons := lane_verbs.cannot_have(lane, to)):
            raise Refused(*reasons)
    if gone := [lane.review.use_case.use_case_id for lane in found if lane.status not in AT_WORK]:
        raise Stale(f"Decided in the meantime: {', '.join(gone)}. Nothing was assigned; select again.")
    assigned_at = timezone.now() if to else None
    Lane.objects.filter(pk__in=[lane.pk for lane in found]).update(assigned_to=to, assigned_at=assigned_at)
    _record_assigned(found, actor=actor, to=to)
    return len(found)


def _record_assigned(lanes: list[Lane], *, actor: User, to: User | None) -> None:
    """One event for each lane, all of one act; who stands in for some of them acts for these only."""
    by_whom: dict[str, list[Entry]] = defaultdict(list)
    for lane in lanes:
        entry = Entry("lane.assigned", subject_of(lane), data={"to": str(to) if to else None})
        by_whom[take_seat(lane, actor).acting_for].append(entry)
    act = uuid.uuid4()
    for acting_for, entries in by_whom.items():
        record_many(entries, actor=actor, act=act, acting_for=acting_for)


@transaction.atomic
def decide_lane(
    lane: Lane,
    *,
    actor: User,
    verb: str,
    reasons: Collection[str] = (),
    message: str = "",
    conditions: Wanted = (),
    second_reader: User | None = None,
    no_conflict: bool = False,
) -> Lane:
    """Say what the office says: sign off, with conditions, send back, object, not applicable (DHS Directive 139-08,
    oversight); an office that only advises gives its advice.

    One return ends the round for all offices; when the last office that signs has answered, the case is ready for
    decision. With a second reader, named here or before, it is put before that person and takes effect when they
    agree. Of two people deciding at once the second is Stale and changes nothing. `no_conflict` is the statement
    "I have no conflict of interest in this case", needed once a round and kept with the decision (design section 4).
    """
    lane = locked_lane(lane)
    if is_taken(lane) and not permissions.lane_refusals(actor, lane):
        raise Stale(*_taken(lane))
    place = seat(actor, lane.office, lane.review.use_case, lane=lane)
    if refusals := lane_verbs.refusals_in(lane, place):
        raise Refused(*refusals)
    said = Said(verb, tuple(reasons), message.strip(), tuple(Terms(*one) for one in conditions)).complete()
    if refusals := refusals_of(said, lane):
        raise Refused(*refusals)
    hold_place(place.by)
    statement = require_no_conflict(lane.review, actor=actor, says=no_conflict)
    if reader := second_reader or lane.second_reader:
        return _propose(lane, said, reader, actor=actor, place=place)
    speak(lane, said, Signature(actor, place.acting_for, statement), act=uuid.uuid4())
    return lane


def take_seat(lane: Lane, actor: User) -> Seat:
    """As whom the person acts in the lane, held until the act is written."""
    return take_place(actor, lane.office, lane.review.use_case, lane)


def locked_lane(lane: Lane) -> Lane:
    """The lane as it stands with its case, both locked: whoever acts on the case at the same time queues here."""
    use_case = locked(lane.review.use_case)
    joins = ("office", "decided_by", "proposed_by", "second_reader", "second_asked_by", "review__revision")
    rows = Lane.objects.select_for_update(of=("self",)).select_related(*joins)
    found = rows.defer("review__revision__document").get(pk=lane.pk)
    found.review.use_case = use_case
    return found


def is_taken(lane: Lane) -> bool:
    """Whether the office has answered, or the round ended without it."""
    return not lane.is_pending


def _taken(lane: Lane) -> list[str]:
    who = lane.signer or "The end of the round"
    return [f"{who} came first: this lane is “{lane.get_status_display()}”. Nothing of yours was recorded."]


def _propose(lane: Lane, said: Said, reader: User, *, actor: User, place: Seat) -> Lane:
    """Put a decision before the second reader; nothing of it counts before they agree."""
    if reader.pk == actor.pk:
        raise Refused("You are named as the second reader. Somebody else decides first, or another one reads second.")
    if refusals := lane_verbs.reader_refusals(reader, lane, beside=place):
        raise Refused(*refusals)
    asked_by = lane.second_asked_by if lane.second_reader_id == reader.pk and lane.second_asked_by else actor
    kept = {**said.as_json(), "acting_for": place.acting_for, "holder": place.holder}
    move(
        lane, lane_edge("propose"), actor=actor, acting_for=place.acting_for,
        data={"verb": said.verb, "second_reader": str(reader)},
        second_reader=reader, second_asked_by=asked_by, proposal=kept, proposed_by=actor, proposed_at=timezone.now(),
    )  # fmt: skip
    return lane


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs, for whom, and what they said of a conflict of interest."""

    person: User
    acting_for: str
    statement: ConflictStatement


def speak(lane: Lane, said: Said, signed: Signature, *, act: uuid.UUID, second: Signature | None = None) -> None:
    """What the office says takes effect: `signed` decided it, and the act is the second reader's where there is one."""
    last, now = second or signed, timezone.now()
    read: dict[str, Any] = {"proposal": {}}
    if second:
        read |= {"second_read_at": now, "second_for": second.acting_for, "second_statement": second.statement}
    move(
        lane, lane_edge(said.verb), actor=last.person, acting_for=last.acting_for, act=act, reason=said.message,
        data={"reasons": list(said.reasons), **({"first_reader": lane.proposer} if second else {})},
        decided_by=signed.person, decided_for=signed.acting_for, conflict_statement=signed.statement, decided_at=now,
        reasons=list(said.reasons), message=said.message, **read,
    )  # fmt: skip
    if said.verb == "sign_off_with_conditions":
        set_conditions(said.conditions, lane=lane, review=lane.review, actor=signed.person, act=act)
    if said.verb == "return":
        return_round(
            lane.review, actor=last.person, act=act, message=said.message, reasons=said.reasons, by=lane.office.name,
            acting_for=last.acting_for,
        )  # fmt: skip
    else:
        complete_when_signed(lane.review, actor=last.person, act=act)


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
    """Close what no office has decided yet, and the questions still open in it."""
    LaneQuestion.objects.filter(lane__review=review, ended_at=None).update(
        ended_at=timezone.now(), ended_how=LaneQuestion.Ended.CLOSED, ended_by=actor
    )
    for lane in Lane.objects.filter(review=review, status__in=PENDING).select_related("office"):
        lane.review = review
        move(lane, lane_edge("close"), actor=actor, act=act, assigned_to=None, assigned_at=None, paused_on=None)


def complete_when_signed(review: Review, *, actor: User, act: uuid.UUID) -> None:
    """Start the lanes whose turn it is, and hand the case to the Chief AI Officer when no office that signs is waited
    for any more; silence never does, and nobody waits for advice."""
    lanes = list(Lane.objects.filter(review=review).order_by().values_list("office__code", "status", "is_advisory"))
    states = [(code, status) for code, status, advises in lanes if not advises]
    if any(status == WAITING for _, status, _ in lanes):
        start_waiting(review, actor=actor, act=act)
        states = rounds.lane_states(review)
    if review.use_case.status == Status.IN_REVIEW and not guards.all_lanes_signed(states):
        take(review.use_case, "complete_lanes", actor=actor, act=act, data={"lanes": dict(states)})
