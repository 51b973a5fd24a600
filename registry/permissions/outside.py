"""Who brings lists in from outside, who sees their lines, and who answers for them."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Component, Role
from accounts.permissions import standing
from registry.models import OutsideAnswer, OutsideLine, OutsideList
from registry.models.use_case import Handling
from registry.permissions import KNOWS_ALL, visible_to

NOT_SHOWN = "Lists from outside are shown to people of the components and to those who run and audit the inventory."


def can_see_outside(user: Any) -> bool:
    """People of a component see its lines; those who run, decide and audit the inventory see all."""
    who = standing(user)
    return bool(who.components) or who.has(*KNOWS_ALL)


def lists_visible_to(user: Any) -> QuerySet[OutsideList]:
    """Whole lists, with their files and what was not understood, are for those who see all lines."""
    return OutsideList.objects.all() if standing(user).has(*KNOWS_ALL) else OutsideList.objects.none()


def lines_visible_to(user: Any) -> QuerySet[OutsideLine]:
    """The lines of the lists in use. One that is covered by a restricted case is for who may know of that case."""
    who = standing(user)
    rows = OutsideLine.objects.filter(outside_list__state=OutsideList.State.CURRENT)
    if who.has(*KNOWS_ALL):
        return rows
    covering = OutsideAnswer.cases.through.objects.filter(outsideanswer=OuterRef("answer"))
    hidden = covering.filter(usecase__handling=Handling.RESTRICTED).exclude(usecase__in=visible_to(user).values("pk"))
    return rows.filter(component__in=who.components).exclude(Exists(hidden))


def bring_refusals(user: Any) -> list[str]:
    """Why the person cannot bring a list in; empty when they can."""
    if standing(user).has(Role.INVENTORY_MANAGER):
        return []
    return ["Only the inventory manager brings lists in and says which component a line belongs to. Ask that office."]


def line_refusals(user: Any, component: Component | None) -> list[str]:
    """Why the person cannot answer a line of this component; empty when they can."""
    who = standing(user)
    if who.has(Role.INVENTORY_MANAGER) or (component and component.pk in who.components):
        return []
    if component is None:
        return ["Nobody knows yet which component the line belongs to. Ask the inventory manager."]
    return [
        f"Only people of {component.code} and the inventory manager answer its lines. Ask the {component.code} lead."
    ]
