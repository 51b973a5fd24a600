"""What the panel of a lane's page shows: the decision, or who has it, its second reader and its conversation."""

from typing import Any

from accounts.models import User
from governance import return_reasons
from governance.lifecycles import lane_edge
from governance.models import Condition, Lane
from governance.permissions.authorship import stated
from governance.permissions.office import people_of, seat
from governance.reads import lane_questions, lane_verbs
from governance.reads.said import Said, from_json


def panel(user: Any, lane: Lane) -> dict[str, Any]:
    """Everything the panel asks the database for."""
    is_second = lane.status == Lane.State.SECOND
    place = seat(user, lane.office, lane.review.use_case, lane=lane)
    return {
        "place": place,
        "reasons": lane_verbs.refusals_in(lane, place),
        "asks_conflict": stated(lane.review, user) is None,
        "questions": lane_questions.of_lane(lane),
        "question": lane_verbs.open_question(lane),
        "to_ask": lane_questions.to_ask(lane) if lane.status == Lane.State.OPEN else [],
        "proposal": proposal(lane) if is_second else None,
        "second_reasons": lane_verbs.second_refusals(user, lane) if is_second else [],
        "is_first": is_second and lane.proposed_by_id == user.pk and not place.reasons,
        "may_read_second": is_second and not lane_verbs.reader_refusals(user, lane),
        "note": lane.proposal.get("note", "") if lane.status == Lane.State.OPEN else "",
        "note_by": lane.proposal.get("note_by", ""),
        "may_drop": lane_verbs.may_drop(user, lane),
        "waits_for": lane_verbs.waits_for(lane) if lane.status == Lane.State.WAITING else [],
    }


def proposal(lane: Lane) -> dict[str, Any]:
    """What the first reader decided, in words; its conditions as they would be set, with all their terms."""
    said: Said = from_json(lane.proposal)
    owners = User.objects.in_bulk([one.owner_id for one in said.conditions if one.owner_id])
    conditions = [
        Condition(
            use_case=lane.review.use_case, lane=lane, text=one.text, due_on=one.due_on, blocks=one.blocks,
            practice=one.practice, consequence=one.consequence, owner=owners.get(one.owner_id or 0),
        )
        for one in said.conditions
    ]  # fmt: skip
    return {
        "label": lane_edge(said.verb).label, "message": said.message, "conditions": conditions,
        "reasons": return_reasons.labels(said.reasons),
    }  # fmt: skip


def colleagues(user: Any, lane: Lane) -> list[User]:
    """The other people who act for the lane's office, who may read it second."""
    place = seat(user, lane.office, lane.review.use_case, lane=lane)
    others = [person for person in people_of([lane.office_id], lane) if person.pk != user.pk]
    return [person for person in others if not lane_verbs.reader_refusals(person, lane, beside=place)]


def begun(lane: Lane) -> dict[str, Any]:
    """What the first reader had written, when the second gave it back or it was taken back: the form starts with it."""
    if not lane.proposal:
        return {"second_reader": lane.second_reader_id}
    said = from_json(lane.proposal)
    rows: dict[str, Any] = {}
    for n, one in enumerate(said.conditions, 1):
        blocks = f"practice:{one.practice}" if one.practice else one.blocks
        rows |= {
            f"condition_{n}": one.text, f"due_{n}": one.due_on, f"blocks_{n}": blocks,
            f"owner_{n}": one.owner_id or "", f"consequence_{n}": one.consequence,
        }  # fmt: skip
    return {
        "verb": said.verb, "reasons": said.reasons, "message": said.message, "second_reader": lane.second_reader_id,
        **rows,
    }  # fmt: skip
