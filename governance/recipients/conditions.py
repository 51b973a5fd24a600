"""Who is told of conditions: who has to meet one, who judges it, and whom an overdue one is taken to."""

from typing import Any

from accounts.models import Membership, Role, User
from audit.models import Event
from governance.models import Condition
from governance.permissions.office import people_of
from registry.permissions import visible_to
from registry.permissions.people import leads_of

MET, BACK, ESCALATED, GIVEN = "condition.met", "condition.not_accepted", "condition.escalated", "condition.given"
KINDS = (MET, BACK, ESCALATED, GIVEN)


def recipients(event: Event) -> list[User]:
    """Only people who may see the case; one that was accepted in the meantime is told to nobody."""
    rows = Condition.objects.select_related("use_case__owner", "use_case__component", "owner", "set_by", "lane")
    row = rows.filter(uuid=event.subject_id).exclude(state=Condition.State.ACCEPTED).first()
    if row is None:
        return []
    people = {person.pk: person for person in _told(event, row) if person and person.is_active}
    return [one for one in people.values() if visible_to(one).filter(pk=row.use_case_id).exists()]


def _told(event: Event, row: Condition) -> list[User | None]:
    if event.kind == ESCALATED:
        if event.data["level"] == "lead":
            return [row.answerable, *leads_of(row.use_case.component)]
        return [row.answerable, *_officers()]
    if event.kind == MET:
        return [row.set_by, *(_judges(row) if row.lane else _officers())]
    return [row.answerable]


def _judges(row: Condition) -> list[User]:
    """Who can accept it: the office that set it, who stands in there, and acting signers."""
    return people_of([row.lane.office_id], row.lane, act="accept") if row.lane else []


def _officers() -> list[User]:
    return [one.user for one in Membership.objects.current().filter(role=Role.CAIO).select_related("user")]


def mailboxes(event: Event) -> list[str]:
    """A condition is somebody's to meet: no team's mailbox is told."""
    del event
    return []


def letter(event: Event, person: User) -> dict[str, Any]:
    """The day, for whom, and what the person is asked; the words of the condition stay on its page."""
    row = Condition.objects.select_related("use_case__owner", "owner").get(uuid=event.subject_id)
    return {"row": row, "is_mine": row.answerable is not None and row.answerable.pk == person.pk}


def path(event: Event) -> str:
    """The condition's page."""
    return f"/reviews/conditions/{event.subject_id}/"
