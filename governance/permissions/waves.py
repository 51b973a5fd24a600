"""Who opens waves of reviews, who excuses and moves cases in them, who looks at how they go."""

from typing import Any

from accounts.models import Role
from accounts.permissions import has_role, standing


def open_refusals(user: Any) -> list[str]:
    """The Chief AI Officer opens waves (design section 3)."""
    return [] if has_role(user, Role.CAIO) else ["Only the Chief AI Officer opens a wave of reviews."]


def change_refusals(user: Any) -> list[str]:
    """The Chief AI Officer and the inventory manager, who runs them, excuse a case or move it."""
    if has_role(user, Role.CAIO, Role.INVENTORY_MANAGER):
        return []
    return ["Only the Chief AI Officer and the inventory manager excuse a case or move it to another wave."]


def can_see(user: Any) -> bool:
    """People of the components see their cases in it, people across the department all they may know of."""
    who = standing(user)
    return bool(who.reads_in) or who.is_department_wide
