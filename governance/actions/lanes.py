"""An office's lane: who has it, and what the office says."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.log import Entry, record, record_many, subject_of
from audit.workflow import Refused, Stale, move
from governance import lifecycle_guards as guards
from governance import permissions, return_reasons
from governance.actions.lane_opening import start_waiting
from governance.actions.steps import end_round, locked, take
from governance.lifecycles import AT_WORK, PENDING, lane_edge
from governance.models import Condition, Lane, LaneQuestion, Review
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
        if to and permissions.lane_refusals(to, lane):
            raise Refused(f"{to} is no reviewer of the {lane.office.name}.")
    if gone := [lane.review.use_case.use_case_id for lane in found if lane.status not in AT_WORK]:
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
    conditions: Sequence[tuple[str, date]] = (),
    second_reader: User | None = None,
) -> Lane:
    """Say what the office says: sign off, with conditions, send back, object, not applicable (DHS Directive 139-08,
    oversight); an office that only advises gives its advice.

    One return ends the round for all offices; when the last office that signs has answered, the case is ready for
    decision. With a second reader, named here or before, it is put before that person and takes effect when they
    agree. Of two people deciding at once the second is Stale and changes nothing.
    """
    lane = locked_lane(lane)
    if is_taken(lane) and not permissions.lane_refusals(actor, lane):
        raise Stale(*_taken(lane))
    if refusals := lane_verbs.decide_refusals(actor, lane):
        raise Refused(*refusals)
    said = Said(verb, tuple(reasons), message.strip(), tuple(conditions)).complete()
    if refusals := refusals_of(said, lane):
        raise Refused(*refusals)
    if reader := second_reader or lane.second_reader:
        return _propose(lane, said, reader, actor=actor)
    speak(lane, said, by=actor, actor=actor, act=uuid.uuid4())
    return lane


def locked_lane(lane: Lane) -> Lane:
    """The lane as it stands with its case, both locked: whoever acts on the case at the same time queues here."""
    use_case = locked(lane.review.use_case)
    joins = ("office", "decided_by", "proposed_by", "second_reader", "second_asked_by", "review__revision")
    found = Lane.objects.select_for_update(of=("self",)).select_related(*joins).get(pk=lane.pk)
    found.review.use_case = use_case
    return found


def is_taken(lane: Lane) -> bool:
    """Whether the office has answered, or the round ended without it."""
    return not lane.is_pending


def _taken(lane: Lane) -> list[str]:
    who = lane.decided_by or "The end of the round"
    return [f"{who} came first: this lane is “{lane.get_status_display()}”. Nothing of yours was recorded."]


def _propose(lane: Lane, said: Said, reader: User, *, actor: User) -> Lane:
    """Put a decision before the second reader; nothing of it counts before they agree."""
    if reader.pk == actor.pk:
        raise Refused("You are named as the second reader. Somebody else decides first, or another one reads second.")
    if refusals := lane_verbs.reader_refusals(reader, lane):
        raise Refused(*refusals)
    asked_by = lane.second_asked_by if lane.second_reader_id == reader.pk and lane.second_asked_by else actor
    move(
        lane, lane_edge("propose"), actor=actor, data={"verb": said.verb, "second_reader": str(reader)},
        second_reader=reader, second_asked_by=asked_by, proposal=said.as_json(), proposed_by=actor,
        proposed_at=timezone.now(),
    )  # fmt: skip
    return lane


def speak(lane: Lane, said: Said, *, by: User, actor: User, act: uuid.UUID) -> None:
    """What the office says takes effect: `by` decided it, `actor` is also its second reader where there is one."""
    second = {"first_reader": str(by)} if by.pk != actor.pk else {}
    now = timezone.now()
    move(
        lane, lane_edge(said.verb), actor=actor, act=act, reason=said.message,
        data={"reasons": list(said.reasons), **second},
        decided_by=by, decided_at=now, reasons=list(said.reasons), message=said.message,
        second_read_at=now if second else None, proposal={},
    )  # fmt: skip
    if said.verb == "sign_off_with_conditions":
        set_conditions(said.conditions, lane=lane, review=lane.review, actor=by, act=act)
    if said.verb == "return":
        return_round(lane.review, actor=actor, act=act, message=said.message, reasons=said.reasons, by=lane.office.name)
    else:
        complete_when_signed(lane.review, actor=actor, act=act)


def set_conditions(
    conditions: Sequence[tuple[str, date]], *, review: Review, actor: User, act: uuid.UUID, **source: object
) -> None:
    """Write the conditions of a sign-off (`lane=`) or of a decision (`decision=`)."""
    for text, due_on in conditions:
        condition = Condition.objects.create(
            use_case=review.use_case, component=review.use_case.component, text=text.strip(), due_on=due_on,
            set_by=actor, **source,
        )  # fmt: skip
        record("condition.set", condition, actor=actor, act=act, data={"due_on": due_on})


def return_round(
    review: Review, *, actor: User, act: uuid.UUID, message: str, reasons: Collection[str] = (), by: str = ""
) -> None:
    """End the round and give the case back to its owner; the other offices' open lanes close."""
    close_open_lanes(review, actor=actor, act=act)
    end_round(review, "returned")
    data = {"by": by, "reasons": return_reasons.labels(reasons), "revision": review.revision.number}
    blocked = guards.reasons_given(message, "Say what has to change before it can come back.")
    take(review.use_case, "return", actor=actor, act=act, blocked=blocked, reason=message, data=data)


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
    start_waiting(review, actor=actor, act=act)
    states = rounds.lane_states(review)
    if review.use_case.status == Status.IN_REVIEW and not guards.all_lanes_signed(states):
        take(review.use_case, "complete_lanes", actor=actor, act=act, data={"lanes": dict(states)})
