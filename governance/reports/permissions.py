"""Who makes and reads reports: they cover the whole registry, or one component."""

from typing import Any

from django.db.models import QuerySet

from accounts.models import BOARD_ROLES, Component, Role
from accounts.permissions import standing
from governance.models import Report

READERS = frozenset(
    {
        Role.LEADERSHIP, Role.CAIO, Role.DEPUTY_CAIO, Role.INVENTORY_MANAGER, Role.AUDITOR, Role.BOARD_SECRETARY,
        *BOARD_ROLES,
    }
)  # fmt: skip
WHO = (
    "Reports are for leadership, the Chief AI Officer and the deputy, the inventory manager, the Board and auditors; "
    "component leads make those of their own component."
)


def can_read_all(user: Any) -> bool:
    """Roles for which the reports on the whole registry are made."""
    return standing(user).has(*READERS)


def can_open_shelf(user: Any) -> bool:
    """Readers, and component leads for their own component."""
    return can_read_all(user) or bool(standing(user).lead_of)


def components_of(user: Any) -> QuerySet[Component]:
    """The components a report may be narrowed to."""
    rows = Component.objects.all() if can_read_all(user) else Component.objects.filter(pk__in=standing(user).lead_of)
    return rows.order_by("code")


def reports_visible_to(user: Any) -> QuerySet[Report]:
    """All reports for readers; a lead sees those of the own component."""
    if can_read_all(user):
        return Report.objects.all()
    return Report.objects.filter(params__component__in=list(components_of(user).values_list("code", flat=True)))


def request_refusals(user: Any, component_code: str) -> list[str]:
    """Why the person cannot make this report; empty when they can."""
    if can_read_all(user):
        return []
    if component_code and components_of(user).filter(code=component_code).exists():
        return []
    return [WHO]
