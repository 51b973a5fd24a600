"""Who says that an approved case is still true, and who certifies it for the component."""

from typing import Any

from accounts.models import Delegation, Role
from accounts.permissions import delegation_of, delegation_over, standing
from governance.models import Recertification
from registry.models import UseCase
from registry.permissions import is_responsible


def confirm_refusals(user: Any, use_case: UseCase) -> list[str]:
    """Whoever answers for the facts says that they hold."""
    if is_responsible(user, use_case):
        return []
    return [f"Only {use_case.whom}, the backup owner and the {use_case.component} lead confirm it."]


def certifies_for(user: Any, use_case: UseCase) -> Delegation | None:
    """The delegation of the component's lead by which somebody certifies; None by the own role."""
    if use_case.component_id in standing(user).lead_of:
        return None
    return delegation_of(user, Role.COMPONENT_LEAD, "certify", component=use_case.component_id)


def certify_refusals(user: Any, use_case: UseCase, row: Recertification | None = None) -> list[str]:
    """The component's lead certifies, never what they confirmed themselves or for whom they stand in did."""
    delegation = certifies_for(user, use_case)
    if use_case.component_id not in standing(user).lead_of and delegation is None:
        over = delegation_over(user, Role.COMPONENT_LEAD, "certify", component=use_case.component_id)
        return over or [f"Only the {use_case.component} lead certifies it."]
    if row is None:
        return []
    if row.confirmed_by_id == user.pk:
        return ["You confirmed it yourself. Another component lead, or who stands in for one, certifies it."]
    if delegation and row.confirmed_by_id == delegation.giver_id:
        return [f"{delegation.giver} confirmed it, so nobody certifies it for them."]
    return []
