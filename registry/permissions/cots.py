"""Who says what of common commercial uses: a component's lead for the component, the inventory manager for all."""

from typing import Any

from django.db.models import QuerySet

from accounts.models import Component, Role
from accounts.permissions import standing


def can_see_cots(user: Any) -> bool:
    """Common uses are told to everybody who works in the components or across them."""
    who = standing(user)
    return bool(who.reads_in) or who.is_department_wide


def answered_by(user: Any) -> QuerySet[Component]:
    """The components whose list the person may fill in."""
    who = standing(user)
    rows = Component.objects.all()
    return rows if who.has(Role.INVENTORY_MANAGER) else rows.filter(pk__in=who.lead_of)


def answer_refusals(user: Any, component: Component) -> list[str]:
    """Why the person cannot fill in the component's list; empty when they can."""
    who = standing(user)
    if who.has(Role.INVENTORY_MANAGER) or component.pk in who.lead_of:
        return []
    return [f"Only the {component.code} lead and the inventory manager answer for {component.code}. Ask one of them."]


def can_attest(user: Any, component: Component) -> bool:
    """That no high-impact use is among them says who answers for the component, nobody on its behalf."""
    return component.pk in standing(user).lead_of


def settle_refusals(user: Any) -> list[str]:
    """Why the person cannot say what the department reports; empty when they can."""
    if user.is_system or standing(user).has(Role.INVENTORY_MANAGER):
        return []
    return ["Only the inventory manager settles what the department reports. Ask the Chief AI Officer’s office."]
