"""Who is told that lines of a list from outside wait: the leads of the component, without one the manager."""

from typing import Any

from accounts.models import Component, Membership, Role, User
from audit.models import Event
from registry.models import OutsideList
from registry.permissions.people import leads_of

KINDS = ("outside.waiting", "outside.reminded")


def recipients(event: Event) -> list[User]:
    """The leads; where a component has none, the inventory managers see to it."""
    component = Component.objects.filter(code=event.data.get("component")).first()
    leads = list(leads_of(component)) if component else []
    managers = Membership.objects.current().filter(role=Role.INVENTORY_MANAGER).select_related("user")
    return leads or [row.user for row in managers]


def mailboxes(event: Event) -> list[str]:
    """No team is told: lines are a component's and not a case's."""
    del event
    return []


def letter(event: Event, person: User) -> dict[str, Any]:
    """The list's name; what its lines say stays on the page."""
    del person
    row = OutsideList.objects.filter(uuid=event.subject_id).only("name", "kind").first()
    return {"list": row}


def path(event: Event) -> str:
    """The lines that wait for this component."""
    return f"/inventory/outside/lines/?component={event.data['component']}&kind={event.data['kind']}&state=waiting"
