"""Who sees whether the history is as it was recorded, and who asks for a verification."""

from typing import Any

from accounts.models import Role
from accounts.permissions import standing

ASK = (Role.AUDITOR, Role.CAIO, Role.ADMINISTRATOR)
WHO = "Auditors, the Chief AI Officer and administrators have the log verified. Ask one of them."


def can_see_seals(user: Any) -> bool:
    """Whoever looks across the department may hold a printed seal against the log, and who runs the portal."""
    who = standing(user)
    return who.is_department_wide or who.has(Role.ADMINISTRATOR)


def verify_refusals(user: Any) -> list[str]:
    """Why the person cannot ask for a verification; empty when they can."""
    return [] if standing(user).has(*ASK) else [WHO]
