"""Who reads what looks wrong in the inventory, and who has it counted anew."""

from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Role
from accounts.permissions import standing
from registry.models import QualityMark
from registry.permissions import visible_to
from registry.permissions.know import known_to


def can_see_quality(user: Any) -> bool:
    """Everybody who works in the components or across them, of the cases they may see."""
    who = standing(user)
    return bool(who.reads_in) or who.is_department_wide


def marks_visible_to(user: Any) -> QuerySet[QualityMark]:
    """The concerns of cases one may see; a concern may tell what a restricted answer says, so it is for who knows."""
    open_cases = Q(use_case__restricted_fields=[]) | Q(use_case__in=known_to(user).values("pk"))
    return QualityMark.objects.filter(open_cases, use_case__in=visible_to(user).values("pk"))


def can_count(user: Any) -> bool:
    """The inventory manager and the portal itself have everything looked at anew."""
    return bool(user.is_system) or standing(user).has(Role.INVENTORY_MANAGER)


def count_refusals(user: Any) -> list[str]:
    """Why the person cannot have the inventory looked at anew; empty when they can."""
    return [] if can_count(user) else ["Only the inventory manager has the whole inventory looked at anew."]
