"""Who is told that a lane's day comes near or has passed: whoever has it, else its office; of many, the CAIO."""

from typing import Any

from accounts.models import Membership, Role, User
from audit.models import Event
from governance.lifecycles import AT_WORK
from governance.models import Lane
from governance.permissions.office import people_of
from registry.permissions import visible_to

ASSIGNED, DUE_SOON, OVERDUE, ESCALATED = "lane.assigned", "lane.due_soon", "lane.overdue", "lanes.escalated"
OF_LANES = (DUE_SOON, OVERDUE)
KINDS = (ASSIGNED, *OF_LANES, ESCALATED)


def recipients(event: Event) -> list[User]:
    """A lane decided or handed on in the meantime is told to nobody."""
    if event.kind == ESCALATED:
        return _holding(role__in=[Role.CAIO, Role.INVENTORY_MANAGER])
    rows = Lane.objects.filter(uuid=event.subject_id, status__in=AT_WORK).select_related("assigned_to")
    lane = rows.select_related("review__use_case", "office").first()
    if lane is None:
        return []
    people = [lane.assigned_to] if lane.assigned_to else []
    if event.kind != ASSIGNED and not people:
        people = list(people_of([lane.office_id], lane))
    return [person for person in people if visible_to(person).filter(pk=lane.review.use_case_id).exists()]


def _holding(**where: Any) -> list[User]:
    return [one.user for one in Membership.objects.current().filter(**where).select_related("user")]


def mailboxes(event: Event) -> list[str]:
    """A lane is an office's: no case's team is told."""
    del event
    return []


def letter(event: Event, person: User) -> dict[str, Any]:
    """The office, and the days."""
    del person
    return {"office": event.subject_label, **event.data}


def path(event: Event) -> str:
    """The lane, or the queue's overdue ones."""
    return "/reviews/?scope=all&show=overdue" if event.kind == ESCALATED else f"/reviews/lanes/{event.subject_id}/"
