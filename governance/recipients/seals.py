"""Who is told that the audit log is not as it was recorded: auditors, administrators, the Chief AI Officer."""

from typing import Any

from accounts.models import Membership, Role, User
from audit.models import Event

BROKEN = "audit.found_broken"
KINDS = (BROKEN,)


def recipients(event: Event) -> list[User]:
    """All of them, at once: nobody chooses otherwise."""
    del event
    rows = Membership.objects.current().filter(role__in=[Role.AUDITOR, Role.ADMINISTRATOR, Role.CAIO])
    return [row.user for row in rows.select_related("user")]


def mailboxes(event: Event) -> list[str]:
    """No team's mailbox."""
    del event
    return []


def letter(event: Event, person: User) -> dict[str, Any]:
    """The event's own words say it."""
    del event, person
    return {}


def path(event: Event) -> str:
    """The page of seals."""
    del event
    return "/seals/"
