"""Who is told of waivers, extensions, pilots and lifted orders. Only people who may see the case, and in words that
say which case and practice and nothing of what is written there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from accounts.models import Membership, Role, User
from audit.models import Event
from governance.models import Extension, PilotCertificate, StopOrder, Waiver, WaiverRequest
from registry.models import UseCase
from registry.permissions import visible_to
from registry.permissions.people import leads_of

ASKED, BACK, DECLINED = "waiver.requested", "waiver.sent_back", "waiver.declined"
GRANTED, REVOKED, CERTIFIED = "waiver.granted", "waiver.revoked", "waiver.certified"
REPORT_DUE, REPORT_LATE = "waiver.report_due", "waiver.report_overdue"
CERTIFY_DUE, LAPSED, CHANGED = "waiver.certification_due", "waiver.lapsed", "waiver.change_found"
RECORDED, ENDING = "extension.recorded", "extension.ending"
PILOT, PILOT_ENDING, PILOT_ENDED = "pilot.certified", "pilot.ending", "pilot.ended"
LIFTED = "stop_order.lifted"
OF_REQUESTS = (ASKED, BACK, DECLINED)
REMINDED = (REPORT_DUE, REPORT_LATE, CERTIFY_DUE, LAPSED, CHANGED, ENDING, PILOT_ENDING, PILOT_ENDED)
KINDS = (*OF_REQUESTS, GRANTED, REVOKED, CERTIFIED, RECORDED, PILOT, LIFTED, *REMINDED)
MODELS: dict[str, Any] = {
    "waiver_request": WaiverRequest, "waiver": Waiver, "extension": Extension, "pilot": PilotCertificate,
    "stop_order": StopOrder,
}  # fmt: skip


def recipients(event: Event) -> list[User]:
    """Nobody is told of what was settled in the meantime."""
    row = _thing(event)
    if row is None or not _still(event, row):
        return []
    people = {one.pk: one for one in _told(event, row, row.use_case) if one and one.is_active}
    return [one for one in people.values() if visible_to(one).filter(pk=row.use_case_id).exists()]


def _thing(event: Event) -> Any:
    joins = ("use_case__owner", "use_case__backup_owner", "use_case__component")
    return MODELS[event.subject_type].objects.select_related(*joins).filter(uuid=event.subject_id).first()


def _still(event: Event, row: Any) -> bool:
    if event.kind == ASKED:
        return bool(row.state == WaiverRequest.State.OPEN)
    if event.kind in (REPORT_DUE, REPORT_LATE):
        return not row.reports.filter(about=event.data["about"]).exists()
    if event.kind in (CERTIFY_DUE, CHANGED):
        return bool(row.is_active)
    if event.kind == LIFTED:  # one that rests on a hold is told of with the hold
        return bool(row.because == StopOrder.Because.NOT_COMPLIANT)
    return event.kind not in (PILOT_ENDING, PILOT_ENDED) or row.closed_on is None


def _told(event: Event, row: Any, case: UseCase) -> Iterable[User | None]:
    caio, answer = _holding(Role.CAIO), [case.owner, case.backup_owner]
    if event.kind in (ASKED, CHANGED):
        return caio
    if event.kind in (BACK, DECLINED):
        return [row.requested_by, *answer]
    if event.kind in (REPORT_DUE, REPORT_LATE):
        return [*caio, *_holding(Role.INVENTORY_MANAGER)]
    leads = leads_of(case.component)
    if event.kind in (GRANTED, REVOKED):
        return [*answer, *leads, *_holding(Role.INVENTORY_MANAGER)]
    if event.kind in (CERTIFY_DUE, LAPSED, ENDING, PILOT_ENDING, PILOT_ENDED):
        return [*caio, *answer, *leads]
    return [*answer, *leads]


def _holding(role: str) -> list[User]:
    return [one.user for one in Membership.objects.current().filter(role=role).select_related("user")]


def mailboxes(event: Event) -> list[str]:
    """Persons ask and answer here: no team's mailbox is told."""
    del event
    return []


def letter(event: Event, person: User) -> dict[str, Any]:
    """What the person is to do: decide it, or answer for the use."""
    row = _thing(event)
    decides = person.pk in {one.pk for one in _holding(Role.CAIO)}
    return {"row": row, "decides": decides, **event.data}


def path(event: Event) -> str:
    """The page where one acts."""
    return str(_thing(event).get_absolute_url())
