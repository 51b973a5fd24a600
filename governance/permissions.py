"""Which role may do what to a case, in sentences: empty when the person's roles allow it.

Roles only. What the record itself says (who wrote it, what was signed) is asked by `reads.verbs` and the guards.
"""

from typing import Any

from accounts.models import BOARD_ROLES, Office, Role
from accounts.permissions import standing
from governance.models import Condition, Lane, LaneQuestion
from registry.models import UseCase
from registry.models.use_case import Status
from registry.permissions import is_responsible

DECIDERS = (Role.CAIO, Role.DEPUTY_CAIO)
QUEUE_ROLES = (Role.OFFICE_REVIEWER, Role.COMPONENT_LEAD, Role.INVENTORY_MANAGER, *DECIDERS)
BOARD_READERS = (Role.BOARD_SECRETARY, *BOARD_ROLES, *DECIDERS, Role.INVENTORY_MANAGER, Role.AUDITOR)


def has_queue(user: Any) -> bool:
    """Reviewers, component leads, inventory managers and the deciders have work waiting in the queue."""
    return standing(user).has(*QUEUE_ROLES)


def works_in_lanes(user: Any) -> bool:
    """Whether the person has lanes to act in."""
    return bool(standing(user).reviewer_of)


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
    """A component lead endorses for the own component."""
    if use_case.component_id in standing(user).lead_of:
        return []
    return [f"Only the component lead of {use_case.component} can endorse it or send it back now."]


def manager_refusals(user: Any) -> list[str]:
    """The inventory manager triages."""
    if standing(user).has(Role.INVENTORY_MANAGER):
        return []
    return ["Only an inventory manager in the Chief AI Officer's office can do this."]


def decider_refusals(user: Any) -> list[str]:
    """The Chief AI Officer or a named deputy decides; nobody else, whatever else they may do here."""
    if standing(user).has(*DECIDERS):
        return []
    return ["Only the Chief AI Officer, or for cases that are not high-impact the deputy, can do this."]


def caio_refusals(user: Any) -> list[str]:
    """What a deputy cannot do in the Chief AI Officer's place."""
    return [] if standing(user).has(Role.CAIO) else ["Only the Chief AI Officer can do this."]


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
    return decider_refusals(user)


def office_refusals(user: Any, office: Office) -> list[str]:
    """Whether the person acts for an office today: the one question behind every act of an office."""
    if office.pk in standing(user).reviewer_of:
        return []
    return [f"Only reviewers of the {office.name} can act in its lane."]


def lane_refusals(user: Any, lane: Lane) -> list[str]:
    """A lane is worked by the reviewers of its office."""
    return office_refusals(user, lane.office)


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


def accept_refusals(user: Any, condition: Condition) -> list[str]:
    """The office that set a condition, or the Chief AI Officer, accepts that it is met; never who reported it."""
    if condition.met_by_id == user.pk:
        return ["You reported it met, so somebody else accepts it."]
    office = condition.lane.office if condition.lane else None
    who = standing(user)
    if who.has(Role.CAIO) or (office and office.pk in who.reviewer_of):
        return []
    names = f"the {office.name} or the Chief AI Officer" if office else "the Chief AI Officer"
    return [f"Only {names} can accept that this condition is met."]
