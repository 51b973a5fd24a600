"""Who may do what with cases ticked on the list: tag them, ask for updates."""

from typing import Any

from accounts.models import Role
from accounts.permissions import standing
from registry.models import UpdateRequest, UseCase
from registry.models.use_case import Status
from registry.permissions import UNDER_REVIEW


def tag_refusals(user: Any, use_case: UseCase) -> list[str]:
    """People of the case's component and the inventory manager tag it; empty when the user may."""
    who = standing(user)
    if use_case.component_id in who.components or who.has(Role.INVENTORY_MANAGER):
        return []
    return [f"Only people of {use_case.component} and the inventory manager tag it."]


def update_refusals(user: Any, use_case: UseCase) -> list[str]:
    """The component lead and the inventory manager ask an owner for an update; empty when the user may now."""
    who = standing(user)
    if not (use_case.component_id in who.lead_of or who.has(Role.INVENTORY_MANAGER)):
        return [f"Only the {use_case.component} lead and the inventory manager ask for updates."]
    if use_case.status in (Status.WITHDRAWN, Status.RETIRED):
        return [f"It is {use_case.get_status_display().lower()}: there is nothing to bring up to date."]
    if use_case.status in UNDER_REVIEW:
        return [f"It is “{use_case.get_status_display()}”: its answers are fixed until the review ends."]
    if use_case.owner is None:
        return ["Nobody owns it. Ask somebody to take it over first."]
    return [] if use_case.owner_id != user.pk else ["You own it yourself."]


def can_act_on_list(user: Any) -> bool:
    """Whether ticking cases is of any use to the person."""
    return bool(standing(user).components) or standing(user).has(Role.INVENTORY_MANAGER)


def can_answer_update(user: Any, request: UpdateRequest) -> bool:
    """The owner and the backup owner say that nothing has changed."""
    case = request.use_case
    return user.pk in (case.owner_id, case.backup_owner_id) and case.component_id in standing(user).components
