"""Who is told of a verdict on what is withheld, and that one ends: the owner, and whoever reviewed it."""

from typing import Any

from accounts.models import User
from audit.models import Event
from registry.models import UseCase, WithholdingReview
from registry.permissions import visible_to
from registry.permissions.people import leads_of

VERDICTS = ("withholding.upheld", "withholding.refused")
ENDS = ("withholding.ending", "withholding.expired")
KINDS = (*VERDICTS, *ENDS)


def recipients(event: Event) -> list[User]:
    """Owner and backup owner, without them the component's leads; of an end the reviewer too. Only who may see it."""
    case = UseCase.objects.filter(use_case_id=event.subject_id).select_related("component").first()
    if case is None:
        return []
    people = [one for one in (case.owner, case.backup_owner) if one] or list(leads_of(case.component))
    if event.kind in ENDS:
        people += [row.reviewer for row in WithholdingReview.objects.filter(uuid=event.data["review"])]
    return [person for person in people if visible_to(person).filter(pk=case.pk).exists()]


def mailboxes(event: Event) -> list[str]:
    """No team's mailbox is told of what is withheld."""
    del event
    return []


def letter(event: Event, person: User) -> dict[str, Any]:
    """The case by its ID only: grounds and reasons stay on the page."""
    del person
    return {"until": event.data.get("until")}


def path(event: Event) -> str:
    """The page of this withholding."""
    return f"/inventory/withholding/{event.subject_id}/{event.data['field'] or 'whole'}/"
