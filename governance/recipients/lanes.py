"""Who is told of what happens in a lane: whom a question is put to, who asked it, the second reader, the first one,
and the office whose turn it is. Only who may see the case; mails name it by its ID and never say what was asked."""

from typing import Any

from accounts.models import User
from audit.models import Event
from governance.models import Lane, LaneQuestion
from governance.permissions.office import people_of
from registry.permissions import visible_to

TURN = ("lane.started", "lane.called_in")
KINDS = ("lane.asked", "lane.answered", "lane.proposed", "lane.disagreed", "lane.taken_back", *TURN)


def recipients(event: Event) -> list[User]:
    """The people whose turn it is now."""
    lane = Lane.objects.filter(uuid=event.subject_id).select_related("review__use_case", "office").first()
    if lane is None:
        return []
    people = [person for person in _told(event, lane) if person]
    return [person for person in people if visible_to(person).filter(pk=lane.review.use_case_id).exists()]


def _told(event: Event, lane: Lane) -> list[User | None]:
    if event.kind in ("lane.asked", "lane.answered"):
        asked = LaneQuestion.objects.filter(uuid=event.data.get("question")).select_related("asked_by", "asked_of")
        found = asked.first()
        if found is None:
            return []
        case = lane.review.use_case
        return [found.asked_of, case.owner, case.backup_owner] if event.kind == "lane.asked" else [found.asked_by]
    if event.kind == "lane.disagreed":
        return [lane.assigned_to]
    if event.kind in ("lane.proposed", "lane.taken_back"):
        return [lane.second_reader]
    return [*people_of([lane.office_id], lane)]


def mailboxes(event: Event) -> list[str]:
    """No team's mailbox: a question is put to a person, and who answers for the case reads it on its page."""
    del event
    return []


def letter(event: Event, person: User) -> dict[str, Any]:
    """The office by its name."""
    del person
    return {"office": event.subject_label}


def path(event: Event) -> str:
    """Where one acts: the case's page to answer, the lane otherwise."""
    if event.kind == "lane.asked":
        return f"/use-cases/{event.timeline}/#questions"
    return f"/reviews/lanes/{event.subject_id}/"
