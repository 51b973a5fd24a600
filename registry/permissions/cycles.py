"""Who opens and runs the yearly cycle, who answers a component's call, who certifies, who freezes."""

from typing import Any

from django.db.models import QuerySet

from accounts.models import Component, Delegation, Role, User
from accounts.permissions import delegation_of, delegation_over, has_role, standing
from registry.models import Certification, ComponentCall, UseCase, WorkbookReturn
from registry.permissions import EDITABLE, KNOWS_ALL, is_responsible

ASK_MANAGER = "Ask the inventory manager."


def runs_cycles(user: Any) -> bool:
    """The inventory manager opens cycles, extends, closes and reminds."""
    return bool(user.is_system) or has_role(user, Role.INVENTORY_MANAGER)


def sees_whole_cycle(user: Any) -> bool:
    """Whoever runs, decides, audits or leads looks across components."""
    return standing(user).has(*KNOWS_ALL, Role.LEADERSHIP)


def can_see_cycles(user: Any) -> bool:
    """Those, and the people of the components for their own part."""
    return sees_whole_cycle(user) or bool(standing(user).components)


def calls_visible_to(user: Any) -> QuerySet[ComponentCall]:
    """The parts of the cycle a person may look at."""
    rows = ComponentCall.objects.select_related("cycle", "component")
    return rows if sees_whole_cycle(user) else rows.filter(component__in=standing(user).components)


def runs_refusals(user: Any) -> list[str]:
    """Why the person cannot run the cycle; empty when they can."""
    return [] if runs_cycles(user) else [f"Only the inventory manager does this. {ASK_MANAGER}"]


def freeze_refusals(user: Any) -> list[str]:
    """The inventory manager, the Chief AI Officer and the deputy freeze the inventory and enter amendments."""
    if has_role(user, Role.INVENTORY_MANAGER, Role.CAIO, Role.DEPUTY_CAIO):
        return []
    return [f"Only the inventory manager and the Chief AI Officer freeze and amend the inventory. {ASK_MANAGER}"]


def can_answer(user: Any, use_case: UseCase) -> bool:
    """Whoever answers for the case's facts says whether they still hold."""
    return is_responsible(user, use_case)


def confirm_refusals(user: Any, use_case: UseCase, on_behalf_of: User | None = None) -> list[str]:
    """Why these answers cannot be confirmed by this person: the owner, the backup owner and the component's lead say
    so, or the inventory manager enters what one of them said."""
    speaker = on_behalf_of if on_behalf_of and runs_cycles(user) else user
    if can_answer(speaker, use_case):
        return []
    if speaker != user:
        return [f"{speaker} does not answer for {use_case}. Its owner is {use_case.whom}."]
    return [f"Only {use_case.whom}, the backup owner and the {use_case.component} lead answer for {use_case}."]


def change_refusals(use_case: UseCase) -> list[str]:
    """Why no answer of this case can be changed now; empty when it can."""
    if use_case.status in EDITABLE:
        return []
    return [f"The case is “{use_case.get_status_display()}”, so its answers are fixed until that ends."]


def can_take_workbooks(user: Any, component: Component) -> bool:
    """People of the component and the inventory manager take workbooks out and bring them back."""
    return component.pk in standing(user).components or runs_cycles(user)


def returns_visible_to(user: Any) -> QuerySet[WorkbookReturn]:
    """A workbook that came back is seen by whoever brought it, and by the inventory manager."""
    rows = WorkbookReturn.objects.select_related(
        "workbook__call__cycle", "workbook__call__component", "workbook__owner", "entered_by", "on_behalf_of"
    ).defer("content")
    return rows if has_role(user, Role.INVENTORY_MANAGER) else rows.filter(entered_by=user)


def certify_refusals(user: Any, call: ComponentCall) -> list[str]:
    """Each component's lead certifies its part (issue 4, build 5; the frozen inventory can only be amended)."""
    if call.component_id not in standing(user).lead_of and certifies_for(user, call) is None:
        over = delegation_over(user, Role.COMPONENT_LEAD, "certify", component=call.component_id)
        return over or [f"Only the {call.component} lead certifies this part."]
    return [_FROZEN] if call.cycle.is_frozen else []


def certifies_for(user: Any, call: ComponentCall) -> Delegation | None:
    """The delegation of the component's lead by which somebody certifies; None by the own role."""
    if call.component_id in standing(user).lead_of:
        return None
    return delegation_of(user, Role.COMPONENT_LEAD, "certify", component=call.component_id)


_FROZEN = "The inventory is frozen. What is corrected now is an amendment."


def countersign_refusals(user: Any, certification: Certification) -> list[str]:
    """The inventory manager countersigns, never what they signed themselves."""
    if not has_role(user, Role.INVENTORY_MANAGER):
        return ["Only the inventory manager countersigns."]
    if certification.signed_by_id == user.pk:
        return ["You signed this yourself. Another inventory manager countersigns it."]
    return [_FROZEN] if certification.call.cycle.is_frozen else []


def withdraw_refusals(user: Any, certification: Certification) -> list[str]:
    """The component's lead and the inventory manager withdraw a certification, until the inventory is frozen."""
    is_lead = certification.call.component_id in standing(user).lead_of
    if not (is_lead or has_role(user, Role.INVENTORY_MANAGER)):
        return [f"Only the {certification.call.component} lead and the inventory manager withdraw a certification."]
    return [_FROZEN] if certification.call.cycle.is_frozen else []
