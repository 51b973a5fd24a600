"""What a person can do in an office's lane now, and for what they cannot: why not."""

from typing import Any

from django.db.models import QuerySet

from accounts.models import Office, User
from governance import permissions
from governance.lifecycles import ADVISING, PENDING, SIGNING, WAITING
from governance.models import Lane, LaneQuestion, Review
from governance.permissions import office as places
from governance.permissions.office import Seat, seat
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


def decide_refusals(user: Any, lane: Lane) -> list[str]:
    """Why this person cannot decide this lane; empty when they can."""
    return refusals_in(lane, seat(user, lane.office, lane.review.use_case, lane=lane))


def refusals_in(lane: Lane, place: Seat) -> list[str]:
    """The same for somebody whose place is known: without one, as the lane stands, and in this case."""
    if place.by is None:
        return list(place.reasons)
    return state_refusals(lane) or list(place.reasons)


def cannot_have(lane: Lane, to: User) -> list[str]:
    """Why a lane cannot be given to somebody, said about them and not to them."""
    found = seat(to, lane.office, lane.review.use_case, lane=lane)
    if found.by is None:
        return [f"{to} is no reviewer of the {lane.office.name}."]
    what = "wrote part of it, stepped aside, or signs for another office"
    return [f"{to} cannot decide {lane.review.use_case.use_case_id}: {what}."] if found.reasons else []


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
        return [f"{lane.proposer} has decided, and {lane.second_reader} reads it second."]
    by = f" {lane.signer} did so." if lane.decided_by else ""
    return [f"This lane is “{lane.get_status_display()}” and no longer open.{by}"]


def second_refusals(user: Any, lane: Lane) -> list[str]:
    """Why this person cannot read second: it is somebody named, another person, who may judge the case."""
    place = seat(user, lane.office, lane.review.use_case, lane=lane)
    if place.by is None:
        return list(place.reasons)
    if user.pk == lane.proposed_by_id:
        return [f"You decided it, so {lane.second_reader} reads it second."]
    if user.pk != lane.second_reader_id:
        return [f"{lane.second_reader} was asked to read it second."]
    return list(place.reasons)


def reader_refusals(reader: User, lane: Lane, beside: Seat | None = None) -> list[str]:
    """Why somebody cannot be named as the second reader of a lane, said about them; `beside` is the first reader's
    place: two readers are two people in two places (design section 4)."""
    place = seat(reader, lane.office, lane.review.use_case, lane=lane)
    if place.by is None:
        return [f"{reader} is no reviewer of the {lane.office.name}, so somebody else has to read it second."]
    if reader.pk == lane.proposed_by_id and lane.status == Lane.State.SECOND:
        return [f"{reader} decided it. The second reader is another person."]
    if beside and place.holder == beside.holder:
        return [f"{reader} and you would read it in the same place. Ask somebody else of the {lane.office.name}."]
    if place.reasons:
        what = "wrote a part of this case, stepped aside from it or acts for another office in this round"
        return [f"{reader} {what}. Ask somebody else."]
    return []


def may_drop(user: Any, lane: Lane) -> bool:
    """Whether the person may do without the second reader: who asked for one, or, once they can no longer act for
    the office here, anybody of it."""
    if not lane.second_asked_by:
        return False
    return lane.second_asked_by_id == user.pk or bool(cannot_have(lane, lane.second_asked_by))


# -- calling in -------------------------------------------------------------------------------------


def call_in_refusals(user: Any, use_case: UseCase, office: Office) -> list[str]:
    """Why this person cannot call the case in for that office; where the round stands is asked apart."""
    if reasons := permissions.office_refusals(user, office, use_case):
        return reasons
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
    """The offices this person acts for: as a reviewer, by delegation, or as acting signer of all their lanes."""
    return Office.objects.filter(pk__in=places.offices_of(user))


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
