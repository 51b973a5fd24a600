"""Who signs the status of an edition, and who tries a draft out."""

from typing import Any

from accounts.models import Role
from accounts.permissions import standing

TRIERS = (Role.CAIO, Role.DEPUTY_CAIO, Role.INVENTORY_MANAGER, Role.AUDITOR)
WHO_TRIES = "Drafts are tried out by the Chief AI Officer, the deputy, the inventory manager and auditors."


def sign_refusals(user: Any) -> list[str]:
    """The status of an instrument the files call disputed is the Chief AI Officer's to sign, in person."""
    if standing(user).has(Role.CAIO):
        return []
    return ["Only the Chief AI Officer signs whether an edition is in force."]


def try_refusals(user: Any) -> list[str]:
    """Those who plan for a new edition, or look at it, across the department."""
    return [] if standing(user).has(*TRIERS) else [WHO_TRIES]
