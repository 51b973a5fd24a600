"""What waits for a person at the gates: the lines of the home page."""

from typing import Any

from accounts.models import Role
from accounts.permissions import standing
from governance.reads import recertification, waves

MOST = 6


def on_home(user: Any) -> dict[str, Any]:
    """Waves with unsent cases of mine, the next wave to open, and yearly confirmations that are overdue."""
    who = standing(user)
    found: dict[str, Any] = {}
    if who.lead_of or who.officer_of:
        found["my_waves"] = waves.mine(user)
    if who.has(Role.CAIO, Role.INVENTORY_MANAGER):
        found["next_wave"] = waves.next_tiers(user)[:1]
    if who.lead_of or who.has(Role.CAIO, Role.DEPUTY_CAIO):
        found["years_overdue"] = recertification.overdue_for(user, MOST)
    return found
