"""What the panel of a lane's page shows: the decision, or who has it, its second reader and its conversation."""

from typing import Any

from accounts.models import Membership, Role, User
from governance import permissions, return_reasons
from governance.lifecycles import lane_edge
from governance.models import Lane
from governance.reads import lane_questions, lane_verbs
from governance.reads.said import Said, from_json


def panel(user: Any, lane: Lane) -> dict[str, Any]:
    """Everything the panel asks the database for."""
    is_second = lane.status == Lane.State.SECOND
    return {
        "reasons": lane_verbs.decide_refusals(user, lane),
        "questions": lane_questions.of_lane(lane),
        "question": lane_verbs.open_question(lane),
        "to_ask": lane_questions.to_ask(lane) if lane.status == Lane.State.OPEN else [],
        "proposal": proposal(lane) if is_second else None,
        "second_reasons": lane_verbs.second_refusals(user, lane) if is_second else [],
        "is_first": is_second and lane.proposed_by_id == user.pk,
        "note": lane.proposal.get("note", "") if lane.status == Lane.State.OPEN else "",
        "note_by": lane.proposal.get("note_by", ""),
        "may_drop": lane.second_asked_by_id == user.pk,
        "waits_for": lane_verbs.waits_for(lane) if lane.status == Lane.State.WAITING else [],
    }


def proposal(lane: Lane) -> dict[str, Any]:
    """What the first reader decided, in words."""
    said: Said = from_json(lane.proposal)
    return {
        "label": lane_edge(said.verb).label, "message": said.message, "conditions": said.conditions,
        "reasons": return_reasons.labels(said.reasons),
    }  # fmt: skip


def colleagues(user: Any, lane: Lane) -> list[User]:
    """The other people who act for the lane's office, who may read it second."""
    rows = Membership.objects.current().filter(role=Role.OFFICE_REVIEWER, office=lane.office).exclude(user=user.pk)
    people = {row.user_id: row.user for row in rows.select_related("user").order_by("user__name")}
    return [person for person in people.values() if not permissions.lane_refusals(person, lane)]


def begun(lane: Lane) -> dict[str, Any]:
    """What the first reader had written, when the second gave it back or it was taken back: the form starts with it."""
    if not lane.proposal:
        return {"second_reader": lane.second_reader_id}
    said = from_json(lane.proposal)
    rows = {f"condition_{n}": text for n, (text, _) in enumerate(said.conditions, 1)}
    days = {f"due_{n}": due_on for n, (_, due_on) in enumerate(said.conditions, 1)}
    return {
        "verb": said.verb, "reasons": said.reasons, "message": said.message, "second_reader": lane.second_reader_id,
        **rows, **days,
    }  # fmt: skip
