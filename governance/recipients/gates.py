"""Who is told at a case's gates: requests and answers, stops, reconsideration, the year's confirmation, waves."""

from typing import Any

from accounts.models import Membership, Role, User
from audit.models import Event
from governance.models import Reconsideration, Wave
from governance.reads import waves
from registry.models import UseCase
from registry.models.use_case import Handling
from registry.permissions import visible_to
from registry.permissions.people import leads_of

REQUESTED, DECLINED = "use_case.stage_requested", "use_case.stage_declined"
SUSPENDED, RESUMED, RETIRED = "use_case.suspended", "use_case.resumed", "use_case.retired"
AGAIN = "use_case.reconsideration_asked"
CONFIRMED, DUE, OVERDUE = (
    "use_case.confirmed_for_year", "use_case.confirmation_due", "use_case.confirmation_overdue",
)  # fmt: skip
OF_CASES = (REQUESTED, DECLINED, SUSPENDED, RESUMED, RETIRED, AGAIN, CONFIRMED, DUE, OVERDUE)
WAVE_OPENED, WAVE_NEAR, WAVE_OVER = "wave.opened", "wave.reminded", "wave.overdue"
OF_WAVES = (WAVE_OPENED, WAVE_NEAR, WAVE_OVER)
KINDS = (*OF_CASES, *OF_WAVES)
FOR_OWNERS = (DECLINED, SUSPENDED, RESUMED, RETIRED, DUE, OVERDUE)


def recipients(event: Event) -> list[User]:
    """Only people who may see the case; of a wave, those of whose cases some are not sent yet."""
    if event.kind in OF_WAVES:
        wave = Wave.objects.filter(uuid=event.subject_id).first()
        return _of_wave(event, wave) if wave else []
    case = _case(event)
    if case is None:
        return []
    people = {one.pk: one for one in _of_case(event, case) if one and one.is_active}
    return [one for one in people.values() if visible_to(one).filter(pk=case.pk).exists()]


def _case(event: Event) -> UseCase | None:
    rows = UseCase.objects.select_related("owner", "backup_owner", "component")
    return rows.filter(use_case_id=event.subject_id).first()


def _of_case(event: Event, case: UseCase) -> list[User | None]:
    owners, leads = [case.owner, case.backup_owner], list(leads_of(case.component))
    if event.kind == REQUESTED:
        return [*leads] if event.data["to"] == "submitted" else [*_holding(role=Role.INVENTORY_MANAGER)]
    if event.kind == CONFIRMED:
        return [*leads]
    if event.kind == AGAIN:
        row = Reconsideration.objects.filter(use_case=case).first()
        to_caio = row is not None and row.goes_to == Role.CAIO.label
        return [*owners, *_holding(role=Role.CAIO if to_caio else Role.BOARD_SECRETARY)]
    if event.kind == OVERDUE and event.data.get("level") == "caio":
        return [*owners, *leads, *_holding(role=Role.CAIO)]
    if event.kind in (SUSPENDED, RESUMED, RETIRED):
        return [*owners, *leads, *_holding(role=Role.INVENTORY_MANAGER)]
    return [*owners, *leads]


def _of_wave(event: Event, wave: Wave) -> list[User]:
    people = waves.people_of(wave)
    if event.kind == WAVE_OVER:
        people = [*people, *_holding(role__in=[Role.CAIO, Role.INVENTORY_MANAGER])]
    return list({one.pk: one for one in people}.values())


def _holding(**where: Any) -> list[User]:
    return [one.user for one in Membership.objects.current().filter(**where).select_related("user")]


def mailboxes(event: Event) -> list[str]:
    """A team is told of what its owner is told of, never of a restricted case."""
    if event.kind not in FOR_OWNERS:
        return []
    case = UseCase.objects.filter(use_case_id=event.subject_id).exclude(handling=Handling.RESTRICTED).first()
    return [case.team_mailbox] if case and case.team_mailbox else []


def letter(event: Event, person: User) -> dict[str, Any]:
    """The day, and for a wave how many of the cases the person answers for are not sent yet."""
    if event.kind not in OF_WAVES:
        return dict(event.data)
    wave = Wave.objects.get(uuid=event.subject_id)
    return {"wave": wave, "mine": waves.not_begun_of(person, wave) if person.pk else 0}


def path(event: Event) -> str:
    """The page where one acts."""
    if event.kind in OF_WAVES:
        return Wave.objects.get(uuid=event.subject_id).get_absolute_url()
    if event.kind == AGAIN:
        return f"/use-cases/{event.subject_id}/"
    return f"/use-cases/{event.subject_id}/{'year/' if event.kind in (CONFIRMED, DUE, OVERDUE) else ''}"
