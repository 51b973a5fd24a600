"""Who is told of records that run out: who answers for the case, and the office whose record it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from accounts.models import Membership, Role, User
from audit.models import Event
from governance.models import DatedRecord
from registry.permissions import visible_to
from registry.permissions.people import leads_of

EXPIRING, RUNNING_OUT = "record.expiring", "records.running_out"
KINDS = (RUNNING_OUT,)
MOST = 60  # lines of a mail; the page has them all


def recipients(event: Event) -> list[User]:
    """The owners, or without one the component's leads, and the reviewers of the office whose record it is."""
    people: dict[int, User] = {}
    rows = _rows(event)
    for row in rows:
        owners = [one for one in (row.use_case.owner, row.use_case.backup_owner) if one and one.is_active]
        people |= {one.pk: one for one in owners or leads_of(row.use_case.component)}
    offices = {row.office_id for row in rows if row.office_id}
    held = Membership.objects.current().filter(role=Role.OFFICE_REVIEWER, office__in=offices)
    people |= {one.user_id: one.user for one in held.select_related("user")}
    return [person for person in people.values() if _lines(rows, person)]


def _rows(event: Event) -> list[DatedRecord]:
    rows = DatedRecord.objects.filter(uuid__in=event.data["records"])
    joined = rows.select_related("use_case__owner", "use_case__backup_owner", "use_case__component", "office")
    return list(joined.order_by("expires_on", "use_case__use_case_id", "pk"))


def _lines(rows: Iterable[DatedRecord], person: User) -> list[DatedRecord]:
    """Those of the records that are this person's to renew, of cases they may know of."""
    found = [row for row in rows if _is_theirs(row, person)]
    seen = visible_to(person).filter(pk__in={row.use_case_id for row in found}).values_list("pk", flat=True)
    known = set(seen)
    return [row for row in found if row.use_case_id in known]


def _is_theirs(row: DatedRecord, person: User) -> bool:
    if person.pk in (row.use_case.owner_id, row.use_case.backup_owner_id):
        return True
    held = Membership.objects.current().filter(user=person)
    if row.office_id and held.filter(role=Role.OFFICE_REVIEWER, office=row.office_id).exists():
        return True
    has_owner = any(one and one.is_active for one in (row.use_case.owner, row.use_case.backup_owner))
    return not has_owner and held.filter(role=Role.COMPONENT_LEAD, component=row.use_case.component_id).exists()


def mailboxes(event: Event) -> list[str]:
    """None: the list of a person is their own."""
    return []


def letter(event: Event, person: User) -> dict[str, Any]:
    """The records of this person, by the ID of their case."""
    rows = _lines(_rows(event), person)
    return {"rows": rows[:MOST], "more": max(0, len(rows) - MOST)}


def path(event: Event) -> str:
    """The register, at what runs out."""
    return "/compliance/records/?show=soon"
