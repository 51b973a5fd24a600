"""Who is told of holds on prohibited uses and of orders to stop: who speaks, who answers for the use, the Chief AI
Officer at once where the use is running. Only people who may see the case, and nothing of which prohibition it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from accounts.models import Membership, Office, Role, User
from audit.models import Event
from governance.models import Hold, StopOrder
from governance.permissions.holds import CONFIRMS
from governance.permissions.office import people_of
from registry.models import UseCase
from registry.permissions import visible_to
from registry.permissions.people import leads_of

OPENED, CHANGED, REOPENED = "hold.opened", "hold.answer_changed", "hold.reopened"
APPLIED, LIFTED, REFERRED, ANSWERED = "hold.applied", "hold.lifted", "hold.referred", "hold.answered"
GIVEN, REPORTED, BACK = "stop_order.given", "stop_order.reported", "stop_order.not_confirmed"
CONFIRMED, OVERDUE = "stop_order.confirmed", "stop_order.overdue"
ASKED = (OPENED, CHANGED, REOPENED)
LATE = "hold.overdue"
OF_HOLDS = (*ASKED, LATE, APPLIED, LIFTED, REFERRED, ANSWERED)
KINDS = (*OF_HOLDS, GIVEN, REPORTED, BACK, CONFIRMED, OVERDUE)


def recipients(event: Event) -> list[User]:
    """Nobody is told of what was settled, lifted or confirmed in the meantime."""
    thing = _thing(event)
    if thing is None:
        return []
    told = _of_hold(event, thing) if isinstance(thing, Hold) else _of_order(event, thing)
    people = {person.pk: person for person in told if person and person.is_active}
    return [one for one in people.values() if visible_to(one).filter(pk=thing.use_case_id).exists()]


def _thing(event: Event) -> Hold | StopOrder | None:
    model: Any = Hold if event.kind in OF_HOLDS else StopOrder
    joins = ("use_case__owner", "use_case__backup_owner", "use_case__component", "use_case__agency")
    row: Hold | StopOrder | None = model.objects.select_related(*joins).filter(uuid=event.subject_id).first()
    return row


def _of_hold(event: Event, row: Hold) -> Iterable[User | None]:
    case, caio = row.use_case, _holding(role=Role.CAIO)
    if event.kind in ASKED:
        if not row.is_open:
            return []
        running = caio if case.is_running else []
        return [*_offices(row), *_owners(case), *running]
    if event.kind == LATE:
        return [*_offices(row, silent=True), *(caio if case.is_running else [])] if row.is_open else []
    if event.kind == REFERRED:
        return [*_holding(role=Role.BOARD_SECRETARY), *_holding(role=Role.BOARD_CHAIR)] if row.is_before_board else []
    if event.kind == ANSWERED:
        return caio
    # The owner hears of a rejection or an order to stop from that itself.
    return [*caio, *_offices(row), *([] if event.kind == APPLIED else _owners(case))]


def _of_order(event: Event, row: StopOrder) -> Iterable[User | None]:
    case, caio = row.use_case, _holding(role=Role.CAIO)
    answer, confirm = [*_owners(case), *leads_of(case.component)], [*_confirming(row), *caio]
    if event.kind == REPORTED:
        return confirm if row.state == StopOrder.State.REPORTED else []
    if event.kind == CONFIRMED:
        return [*answer, *caio]
    if not row.counts_as_running:
        return []
    if event.kind == OVERDUE and row.state == StopOrder.State.REPORTED:
        return confirm
    return [*answer, *caio, *([] if event.kind == BACK else _confirming(row))]


def _owners(case: UseCase) -> list[User | None]:
    return [case.owner, case.backup_owner]


def _offices(row: Hold, *, silent: bool = False) -> list[User]:
    """The people of the offices asked, or only of those that have not spoken."""
    asked = Office.objects.filter(agency=row.use_case.agency_id, code__in=row.offices)
    if silent:
        asked = asked.exclude(pk__in=row.words.filter(replaced_at=None).values("office"))
    return people_of(list(asked.values_list("pk", flat=True)))


def _confirming(row: StopOrder) -> list[User]:
    return people_of(
        list(Office.objects.filter(agency=row.use_case.agency_id, code=CONFIRMS).values_list("pk", flat=True))
    )


def _holding(**where: Any) -> list[User]:
    return [one.user for one in Membership.objects.current().filter(**where).select_related("user")]


def mailboxes(event: Event) -> list[str]:
    """Persons speak and answer here: no team's mailbox is told."""
    del event
    return []


def letter(event: Event, person: User) -> dict[str, Any]:
    """What the person is to do: speak, answer for it, or know of it."""
    row: Any = _thing(event)
    is_owner = person.pk in (row.use_case.owner_id, row.use_case.backup_owner_id)
    speaks = isinstance(row, Hold) and person.pk in {one.pk for one in _offices(row)}
    confirms = isinstance(row, StopOrder) and person.pk in {one.pk for one in _confirming(row)}
    running = row.use_case.is_running
    return {"row": row, "is_owner": is_owner, "speaks": speaks, "confirms": confirms, "is_running": running}


def path(event: Event) -> str:
    """The page where one acts."""
    return f"/{'holds' if event.kind in OF_HOLDS else 'holds/orders'}/{event.subject_id}/"
