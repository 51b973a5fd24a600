"""Who is told that somebody stands in: the delegate, the acting signer, and that it ended."""

from typing import Any

from accounts.models import Delegation, User
from audit.models import Event
from governance.models import ActingSigner

KINDS = ("delegation.given", "delegation.ended", "acting_signer.named", "acting_signer.ended")


def _row(event: Event) -> Delegation | ActingSigner | None:
    if event.subject_type == "delegation":
        return Delegation.objects.select_related("giver", "delegate").filter(uuid=event.subject_id).first()
    return ActingSigner.objects.select_related("person", "office", "named_by").filter(uuid=event.subject_id).first()


def recipients(event: Event) -> list[User]:
    """Who stands in, and when it ends also who gave it; of an acting signer nobody else."""
    row = _row(event)
    if row is None:
        return []
    if isinstance(row, ActingSigner):
        return [row.person]
    return [row.delegate, row.giver] if event.kind == "delegation.ended" else [row.delegate]


def mailboxes(event: Event) -> list[str]:
    """It concerns persons: no team's mailbox is told."""
    del event
    return []


def letter(event: Event, person: User) -> dict[str, Any]:
    """For whom, and until when."""
    del person
    return {"row": _row(event)}


def path(event: Event) -> str:
    """The page of who stands in for whom."""
    del event
    return "/standing-in/"
