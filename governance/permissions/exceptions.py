"""Who asks for a waiver, reports it, records an extension, certifies a pilot, orders a use stopped. Sentences say why
not; who grants and revokes waivers is asked in `governance.compliance.permissions.waiver_refusals`."""

from typing import Any

from accounts.models import Delegation, Role
from accounts.permissions import standing
from governance import lifecycle_guards as guards
from governance.models import StopOrder
from governance.permissions import decider_refusals
from governance.permissions.authorship import authors, recused
from governance.permissions.standing_in import for_the_officer
from registry.models import UseCase
from registry.permissions import is_responsible


def can_see(user: Any) -> bool:
    """People who work in a component or look across all of them; each sees the cases that exist for them."""
    who = standing(user)
    return bool(who.reads_in) or who.is_department_wide


def ask_refusals(user: Any, use_case: UseCase, practice: str = "") -> list[str]:
    """Those who answer for the case ask for a waiver of it."""
    del practice
    if is_responsible(user, use_case):
        return []
    return [f"Only {use_case.whom} and those who answer for the case ask for a waiver of it."]


def report_refusals(user: Any) -> list[str]:
    """The Chief AI Officer or the inventory manager of the same office records what OMB was told."""
    if standing(user).has(Role.CAIO, Role.INVENTORY_MANAGER):
        return []
    return ["Only the Chief AI Officer and the inventory manager record what was reported to OMB."]


def extension_refusals(user: Any) -> list[str]:
    """OMB grants extensions; the Chief AI Officer's office puts them on record."""
    if standing(user).has(Role.CAIO, Role.INVENTORY_MANAGER):
        return []
    return ["Only the Chief AI Officer and the inventory manager put an extension on record."]


def pilot_refusals(user: Any, use_case: UseCase) -> list[str]:
    """The Chief AI Officer certifies pilots (M-25-21, summary), never of a case of their own."""
    if not standing(user).has(Role.CAIO):
        return ["Only the Chief AI Officer certifies a pilot."]
    ask = "Let the Board look at it."
    return [*recused(use_case, user), *guards.not_an_author(user.pk, authors(use_case), "certify", ask)]


def discontinue_refusals(user: Any) -> list[str]:
    """Who may suspend a use may order it stopped: the Chief AI Officer, a deputy, or who stands in for that.

    Who wrote the case may too: an order to stop is no judgement in one's own favour. Lifting it is.
    """
    return decider_refusals(user, "suspend")


def lift_refusals(user: Any, order: StopOrder) -> list[str]:
    """The Chief AI Officer lifts an order that rests on practices not met, never on a case of their own."""
    if not standing(user).has(Role.CAIO):
        return ["Only the Chief AI Officer lifts an order to stop for practices that are not met."]
    case, ask = order.use_case, "Let the Board look at it."
    return [*recused(case, user), *guards.not_an_author(user.pk, authors(case), "lift the order on", ask)]


def ordering_for(user: Any) -> Delegation | None:
    """The delegation by which the person orders a stop; None for those who need none."""
    return for_the_officer(user, "suspend")


def capacity(user: Any) -> str:
    """As what somebody orders a stop."""
    return "Deputy Chief AI Officer" if _is_deputy(user) else "Chief AI Officer"


def _is_deputy(user: Any) -> bool:
    who = standing(user)
    return who.has(Role.DEPUTY_CAIO) and not who.has(Role.CAIO)
