"""Saved views of the list: who sees one, who may share with whom, who may change a shared one."""

from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Role
from accounts.permissions import standing
from registry.models import SavedView

Audience = SavedView.Audience


def may_keep_views(user: Any) -> bool:
    """Whoever works with the registry, in a component or across them."""
    who = standing(user)
    return bool(who.reads_in) or who.is_department_wide


def views_visible_to(user: Any) -> QuerySet[SavedView]:
    """One's own, those of the components one works in, and those for everybody; removed ones are gone."""
    who = standing(user)
    if not may_keep_views(user):
        return SavedView.objects.none()
    shared = Q(audience=Audience.EVERYBODY) | Q(audience=Audience.COMPONENT, component__in=who.components)
    rows = SavedView.objects.filter(Q(made_by=user) | shared, removed_at=None)
    return rows.select_related("component", "made_by")


def audiences(user: Any) -> list[tuple[str, str]]:
    """Whom the person may share a view with: their components; everybody for leads and department-wide roles."""
    who = standing(user)
    found = [(Audience.PRIVATE.value, str(Audience.PRIVATE.label))]
    if who.components:
        found.append((Audience.COMPONENT.value, str(Audience.COMPONENT.label)))
    if who.lead_of or who.is_department_wide:
        found.append((Audience.EVERYBODY.value, str(Audience.EVERYBODY.label)))
    return found


def view_refusals(user: Any, view: SavedView) -> list[str]:
    """Why the person cannot change a view; empty when they can.

    Its author; for a shared one whose author has left, the component's lead, and the inventory manager where it is
    for everybody.
    """
    if view.made_by_id == user.pk and may_keep_views(user):
        return []
    if not author_is_here(view) and _inherits(user, view):
        return []
    ask = str(view.made_by) if author_is_here(view) else _heir(view)
    return [f"This view is {view.made_by}’s. Ask {ask}, or save it as a view of your own."]


def author_is_here(view: SavedView) -> bool:
    """Whether the author still works where the view is shared."""
    who = standing(view.made_by)
    if view.audience == Audience.COMPONENT:
        return view.component_id in who.components
    return may_keep_views(view.made_by)


def _inherits(user: Any, view: SavedView) -> bool:
    who = standing(user)
    if view.audience == Audience.COMPONENT:
        return view.component_id in who.lead_of
    return view.audience == Audience.EVERYBODY and who.has(Role.INVENTORY_MANAGER)


def _heir(view: SavedView) -> str:
    return f"the {view.component} lead" if view.component else "the inventory manager"


def views_to_restore(user: Any) -> QuerySet[SavedView]:
    """What the person removed and can bring back."""
    return SavedView.objects.filter(removed_by=user).exclude(removed_at=None).order_by("-removed_at")
