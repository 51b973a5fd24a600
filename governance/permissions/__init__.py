"""Which role may do what to a case, in sentences: empty when the person's roles allow it.

Roles only. What the record itself says (who wrote it, what was signed) is asked by `reads.verbs` and the guards.
"""

from typing import Any

from accounts.models import BOARD_ROLES, Office, Role
from accounts.permissions import delegation_over, standing
from governance.models import Lane, LaneQuestion
from governance.permissions.conditions import accept_refusals
from governance.permissions.office import seat, works_lanes
from governance.permissions.standing_in import for_the_lead, for_the_officer, officer_over
from registry.models import UseCase
from registry.models.use_case import Status
from registry.permissions import is_responsible

__all__ = [
    "BOARD_READERS", "DECIDERS", "QUEUE_ROLES", "accept_refusals", "answer_refusals", "caio_refusals",
    "can_see_board", "decider_refusals", "has_queue", "lane_place_refusals", "lane_refusals", "lead_refusals",
    "manager_refusals", "office_refusals", "owner_refusals", "return_refusals", "secretary_refusals",
    "voter_refusals", "withdraw_refusals",
]  # fmt: skip
DECIDERS = (Role.CAIO, Role.DEPUTY_CAIO)
QUEUE_ROLES = (Role.OFFICE_REVIEWER, Role.COMPONENT_LEAD, Role.INVENTORY_MANAGER, *DECIDERS)
BOARD_READERS = (Role.BOARD_SECRETARY, *BOARD_ROLES, *DECIDERS, Role.INVENTORY_MANAGER, Role.AUDITOR)


def has_queue(user: Any) -> bool:
    """Reviewers, component leads, inventory managers, the deciders, and who stands in for them have work waiting."""
    who = standing(user)
    return who.has(*QUEUE_ROLES) or bool(who.stands_in) or works_lanes(user)


def can_see_queue(user: Any) -> bool:
    """Who has work there, and auditors, who look at every office's lanes and act in none."""
    return has_queue(user) or standing(user).has(Role.AUDITOR)


def can_see_board(user: Any) -> bool:
    """The Board, its secretary, the deciders, the inventory manager and auditors see meetings and votes."""
    return standing(user).has(*BOARD_READERS)


def owner_refusals(user: Any, use_case: UseCase) -> list[str]:
    """Only those who answer for the facts send a case for review or retire it."""
    if is_responsible(user, use_case):
        return []
    owner = f" The owner is {use_case.owner}." if use_case.owner else ""
    return [f"Only the owner, the backup owner and the {use_case.component} lead can do this.{owner}"]


def lead_refusals(user: Any, use_case: UseCase) -> list[str]:
    """A component lead endorses for the own component, or who stands in for the lead."""
    if use_case.component_id in standing(user).lead_of or for_the_lead(user, use_case):
        return []
    over = delegation_over(user, Role.COMPONENT_LEAD, "endorse", component=use_case.component_id)
    return over or [f"Only the component lead of {use_case.component} can endorse it or send it back now."]


def manager_refusals(user: Any) -> list[str]:
    """The inventory manager triages."""
    if standing(user).has(Role.INVENTORY_MANAGER):
        return []
    return ["Only an inventory manager in the Chief AI Officer's office can do this."]


def decider_refusals(user: Any, verb: str = "decide") -> list[str]:
    """The Chief AI Officer or a named deputy decides, or who stands in for the officer in this act; nobody else."""
    if standing(user).has(*DECIDERS) or for_the_officer(user, verb):
        return []
    return officer_over(user, verb) or [
        "Only the Chief AI Officer, or for cases that are not high-impact the deputy, can do this."
    ]


def caio_refusals(user: Any, verb: str = "") -> list[str]:
    """What a deputy cannot do in the Chief AI Officer's place, unless the officer has delegated it (`verb`)."""
    if standing(user).has(Role.CAIO) or (verb and for_the_officer(user, verb)):
        return []
    return (officer_over(user, verb) if verb else []) or ["Only the Chief AI Officer can do this."]


def withdraw_refusals(user: Any, use_case: UseCase) -> list[str]:
    """Owners give a case up, the inventory manager takes out what does not belong."""
    if not manager_refusals(user) or not owner_refusals(user, use_case):
        return []
    return ["Only the owner, the component lead and the inventory manager can do this."]


def return_refusals(user: Any, use_case: UseCase) -> list[str]:
    """Each may send a case back only while it is with them."""
    if use_case.status == Status.SUBMITTED:
        return lead_refusals(user, use_case)
    if use_case.status == Status.ENDORSED:
        return manager_refusals(user)
    if use_case.status == Status.IN_REVIEW:
        return ["An office sends it back in its own lane."]
    return decider_refusals(user, "return")


def office_refusals(user: Any, office: Office, use_case: UseCase) -> list[str]:
    """Why the person cannot act for an office on a case in which it has no lane yet."""
    return list(seat(user, office, use_case).reasons)


def lane_refusals(user: Any, lane: Lane) -> list[str]:
    """Why the person cannot act for the lane's office on this case now: the door for every verb of a lane.

    Members of the office, delegates and acting signers; never an author, somebody recused or of another office of
    the round (design section 4).
    """
    return list(seat(user, lane.office, lane.review.use_case, lane=lane).reasons)


def lane_place_refusals(user: Any, lane: Lane) -> list[str]:
    """Why the person cannot even open the lane: without a place in its office. Who may not sign it may still read."""
    found = seat(user, lane.office, lane.review.use_case, lane=lane)
    return [] if found.by else list(found.reasons)


def answer_refusals(user: Any, question: LaneQuestion, use_case: UseCase) -> list[str]:
    """An office's question is answered by whom it was put to, or by somebody else who answers for the facts."""
    if user.pk == question.asked_of_id or is_responsible(user, use_case):
        return []
    return [f"Only {question.asked_of} and those who answer for the case can answer this question."]


def secretary_refusals(user: Any) -> list[str]:
    """The Board's secretary runs meetings and records results; the secretary does not vote."""
    if standing(user).has(Role.BOARD_SECRETARY):
        return []
    return ["Only the Board's secretary opens meetings, sets the agenda and closes items."]


def voter_refusals(user: Any) -> list[str]:
    """Seated members and the chair vote."""
    if standing(user).has(*BOARD_ROLES):
        return []
    return ["Only seated members of the Board and its chair vote."]
