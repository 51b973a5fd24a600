"""Who is told of determinations: who answers for the case, the Chief AI Officer of a cleared presumption, officials."""

from typing import Any

from accounts.models import Membership, Role, User
from audit.models import Event
from governance.models import DeterminingOfficial
from registry.models import UseCase
from registry.permissions import visible_to
from registry.permissions.people import leads_of

CLEARED = "determination.cleared"
OF_CASE = ("determination.made", CLEARED, "determination.acknowledged", "determination.not_ai")
OF_OFFICIAL = ("official.named", "official.ended")
KINDS = (*OF_CASE, *OF_OFFICIAL)


def recipients(event: Event) -> list[User]:
    """The owners, without one the lead; of a cleared presumption the Chief AI Officer, too; who may see the case."""
    if event.kind in OF_OFFICIAL:
        row = _official(event)
        is_over = row is None or (event.kind == "official.named" and row.state == "ended")  # told by the other letter
        return [] if row is None or is_over else [row.person]
    use_case = (
        UseCase.objects.filter(use_case_id=event.subject_id)
        .select_related("owner", "backup_owner", "component")
        .first()
    )
    if use_case is None:
        return []
    people = [person for person in (use_case.owner, use_case.backup_owner) if person]
    people = people or list(leads_of(use_case.component))
    if event.kind == CLEARED:
        rows = Membership.objects.current().filter(role=Role.CAIO).select_related("user")
        people += [row.user for row in rows]
    return [one for one in people if one.is_active and visible_to(one).filter(pk=use_case.pk).exists()]


def _official(event: Event) -> DeterminingOfficial | None:
    return DeterminingOfficial.objects.select_related("person", "component").filter(uuid=event.subject_id).first()


def mailboxes(event: Event) -> list[str]:
    """It is for persons to look at: no team's mailbox is told."""
    del event
    return []


def letter(event: Event, person: User) -> dict[str, Any]:
    """What the person is asked; never what was determined, which stands on the page."""
    if event.kind in OF_OFFICIAL:
        return {"row": _official(event)}
    is_owner = UseCase.objects.filter(use_case_id=event.subject_id, owner=person).exists()
    return {"is_owner": is_owner}


def path(event: Event) -> str:
    """The case's page of determinations; for an official the list, as far as it is open to them."""
    if event.kind not in OF_OFFICIAL:
        return f"/use-cases/{event.subject_id}/determination/"
    row = _official(event)
    return "/determinations/" if row and row.state == "running" else "/"
