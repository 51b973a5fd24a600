"""Who is told that an update is asked for: each owner once for the whole act, of their own cases only."""

from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from audit.models import Event
from registry.models import UpdateRequest
from registry.models.use_case import Handling
from registry.permissions import visible_to

KINDS = ("updates.asked",)
MOST = 60  # lines of a mail; the page has them all


def _asked(event: Event) -> QuerySet[UpdateRequest]:
    return (
        UpdateRequest.objects.filter(act=event.act, closed_at=None).select_related("use_case").order_by("use_case_id")
    )


def recipients(event: Event) -> list[User]:
    """The owners and backup owners who may see one of their cases in the act."""
    cases = _asked(event).values("use_case")
    mine = Q(owned_use_cases__in=cases) | Q(backed_use_cases__in=cases)
    return [person for person in User.objects.filter(mine).distinct() if _of(event, person).exists()]


def _of(event: Event, person: User) -> QuerySet[UpdateRequest]:
    mine = Q(use_case__owner=person) | Q(use_case__backup_owner=person)
    return _asked(event).filter(mine, use_case__in=visible_to(person).values("pk"))


def _of_team(event: Event, address: str) -> QuerySet[UpdateRequest]:
    rows = _asked(event).filter(use_case__team_mailbox=address)
    return rows.exclude(use_case__handling=Handling.RESTRICTED)


def mailboxes(event: Event) -> list[str]:
    """The team mailboxes of the cases; a restricted case has none."""
    rows = _asked(event).exclude(use_case__team_mailbox="").exclude(use_case__handling=Handling.RESTRICTED)
    return sorted(set(rows.values_list("use_case__team_mailbox", flat=True)))


def letter(event: Event, person: User) -> dict[str, Any]:
    """The cases of this person. An unsaved `person` is a mailbox."""
    asked = list(_of(event, person) if person.pk else _of_team(event, person.email))
    return {"asked": asked[:MOST], "more": max(0, len(asked) - MOST), "first": asked[0] if asked else None}


def path(event: Event) -> str:
    """The home page, where all that was asked for stands."""
    del event
    return "/"
