"""Who is told of errors of the checks themselves: administrators. Of one that raised, once a provision."""

from typing import Any

from accounts.models import Membership, Role, User
from audit.models import Event

KINDS = ("check_run.not_evaluated", "check_run.corrected")


def recipients(event: Event) -> list[User]:
    """Those who keep the portal running."""
    del event
    rows = Membership.objects.current().filter(role=Role.ADMINISTRATOR)
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
    """The run's page."""
    return f"/compliance/runs/{event.subject_id}/"
