"""What a person can do in an office's lane now, and for what they cannot: why not."""

from typing import Any

from django.db.models import QuerySet

from accounts.models import Office, User
from accounts.permissions import standing
from governance import lifecycle_guards as guards
from governance import permissions
from governance.lifecycles import ADVISING, PENDING, SIGNING, WAITING
from governance.models import Lane, LaneQuestion, Review
from governance.reads import rounds
from registry.models import UseCase
from registry.models.use_case import Status
from registry.permissions import visible_to


def open_question(lane: Lane) -> LaneQuestion | None:
    """The question that stops the lane's clock; a lane has at most one."""
    rows = LaneQuestion.objects.filter(lane=lane, ended_at=None)
    return rows.select_related("asked_of", "asked_by").first()


def waits_for(lane: Lane) -> list[str]:
    """The offices whose answer this lane still waits for."""
    earlier = Lane.objects.filter(review=lane.review_id, office__code__in=lane.after, status__in=PENDING)
    return list(earlier.order_by("due_on").values_list("office__code", flat=True))


def says(lane: Lane) -> tuple[str, ...]:
    """The decisions open to the lane's office: one that advises neither signs nor sends back."""
    return ADVISING if lane.is_advisory else SIGNING


def person_refusals(user: Any, lane: Lane) -> list[str]:
    """What speaks against this person judging this case for this office: writing it, or acting for another office."""
    ask = f"Ask a colleague in the {lane.office.name}."
    return guards.not_an_author(user.pk, rounds.authors(lane.review.use_case), "sign", ask) + guards.one_office(
        rounds.acted_for(lane.review, user, besides=lane)
    )


def decide_refusals(user: Any, lane: Lane) -> list[str]:
    """Why this person cannot decide this lane; empty when they can."""
    return permissions.lane_refusals(user, lane) or state_refusals(lane) or person_refusals(user, lane)


def state_refusals(lane: Lane) -> list[str]:
    """Why nobody can decide the lane as it stands."""
    if lane.status == Lane.State.OPEN:
        return []
    if lane.status == WAITING:
        return [f"This lane waits for {' and '.join(waits_for(lane))}. Its clock has not started."]
    if lane.status == Lane.State.ASKED:
        asked = open_question(lane)
        whom = asked.asked_of if asked else "the owner"
        return [f"A question to {whom} is not answered yet. Withdraw it to decide without the answer."]
    if lane.status == Lane.State.SECOND:
        return [f"{lane.proposed_by} has decided, and {lane.second_reader} reads it second."]
    by = f" {lane.decided_by} did so." if lane.decided_by else ""
    return [f"This lane is “{lane.get_status_display()}” and no longer open.{by}"]


def second_refusals(user: Any, lane: Lane) -> list[str]:
    """Why this person cannot read second: it is somebody named, another person, who may judge the case."""
    if reasons := permissions.lane_refusals(user, lane):
        return reasons
    if user.pk == lane.proposed_by_id:
        return [f"You decided it, so {lane.second_reader} reads it second."]
    if user.pk != lane.second_reader_id:
        return [f"{lane.second_reader} was asked to read it second."]
    return person_refusals(user, lane)


def reader_refusals(reader: User, lane: Lane) -> list[str]:
    """Why somebody cannot be named as the second reader of a lane."""
    if permissions.lane_refusals(reader, lane):
        return [f"{reader} is no reviewer of the {lane.office.name}, so somebody else has to read it second."]
    if reader.pk == lane.proposed_by_id and lane.status == Lane.State.SECOND:
        return [f"{reader} decided it. The second reader is another person."]
    if person_refusals(reader, lane):
        return [f"{reader} wrote a part of this case or acts for another office in this round. Ask somebody else."]
    return []


# -- calling in -------------------------------------------------------------------------------------


def call_in_refusals(user: Any, use_case: UseCase, office: Office) -> list[str]:
    """Why this person cannot call the case in for that office; where the round stands is asked apart."""
    if permissions.office_refusals(user, office):
        return [f"Only reviewers of the {office.name} can call a case in for it."]
    if not visible_to(user).filter(pk=use_case.pk).exists():
        return ["An office calls in only a case it may see."]
    if office.part_of_id and office.component_id != use_case.component_id:
        return [f"The {office.name} looks at cases of its own component only."]
    return []


def call_in_stale(use_case: UseCase, review: Review | None, office: Office) -> list[str]:
    """Why the case cannot be called in where it stands."""
    if use_case.status != Status.IN_REVIEW or review is None:
        return [f"The case is “{use_case.get_status_display()}”. An office calls it in while the offices review it."]
    if Lane.objects.filter(review=review, office=office).exists():
        return [f"The {office.name} has a lane in this round already."]
    return []


def offices_of(user: Any) -> QuerySet[Office]:
    """The offices this person acts for."""
    return Office.objects.filter(pk__in=standing(user).reviewer_of)


def callable_offices(user: Any, use_case: UseCase) -> list[Office]:
    """The person's offices that have no lane in the running round and may call the case in."""
    if use_case.status != Status.IN_REVIEW:
        return []
    present = Lane.objects.filter(review__use_case=use_case, review__ended_at=None).values("office")
    mine = offices_of(user).exclude(pk__in=present)
    return [office for office in mine if not call_in_refusals(user, use_case, office)]


def may_call_in(user: Any, use_case: UseCase) -> bool:
    """Whether one of the person's offices can call the case in now."""
    return bool(callable_offices(user, use_case))
