"""Who is told of the yearly inventory: owners with open cases, leads, managers. Mails count, and name no case."""

from typing import Any

from accounts.models import Membership, Role, User
from audit.models import Event
from registry.models import Certification, ComponentCall, UseCase
from registry.permissions.people import leads_of
from registry.reads.call_states import in_state
from registry.reads.calls import of_person
from registry.reads.cycles import called, whole_part

CALLS = ("call.opened", "call.reminded", "call.extended", "call.reopened")
CERTIFICATIONS = ("certification.signed", "certification.withdrawn", "certification.outdated")
KINDS = (*CALLS, *CERTIFICATIONS)


def _call(event: Event) -> ComponentCall | None:
    rows = ComponentCall.objects.select_related("cycle", "component")
    if event.kind in CERTIFICATIONS:
        return rows.filter(certifications__uuid=event.subject_id).first()
    return rows.filter(uuid=event.subject_id).first()


def recipients(event: Event) -> list[User]:
    """A call goes to owners with something open and to the leads; a certification to the leads and the managers."""
    call = _call(event)
    if call is None:
        return []
    leads = list(leads_of(call.component))
    if event.kind in CALLS:
        return [*_owners(call), *leads]
    if event.kind == "certification.signed" and not event.data.get("second"):
        return []  # one signature was enough: nobody has anything to do
    managers = Membership.objects.current().filter(role=Role.INVENTORY_MANAGER).select_related("user")
    return [*([] if event.kind == "certification.signed" else leads), *(row.user for row in managers)]


def _open(call: ComponentCall) -> Any:
    return in_state(called(call.cycle).filter(component=call.component_id), call.cycle, "unanswered")


def _owners(call: ComponentCall) -> list[User]:
    cases = _open(call).values("pk")
    owning = User.objects.filter(owned_use_cases__in=cases) | User.objects.filter(backed_use_cases__in=cases)
    return list(owning.distinct())


def mailboxes(event: Event) -> list[str]:
    """The team mailboxes of open cases; a restricted case has none."""
    call = _call(event)
    if call is None or event.kind not in CALLS:
        return []
    rows = _open(call).exclude(team_mailbox="").exclude(handling="restricted")
    return sorted(set(rows.values_list("team_mailbox", flat=True)))


def letter(event: Event, person: User) -> dict[str, Any]:
    """The call, how much of it is this person's, and how much is open in the component for its lead."""
    call = _call(event)
    if call is None:
        return {}
    told: dict[str, Any] = {"call": call, "cycle": call.cycle, "mine": _mine(call, person)}
    if person.pk and leads_of(call.component).filter(pk=person.pk).exists():
        told["part"] = whole_part(call)
    if event.kind in CERTIFICATIONS:
        told["certification"] = Certification.objects.filter(uuid=event.subject_id).select_related("signed_by").first()
    return told


def _mine(call: ComponentCall, person: User) -> int:
    rows = _open(call)
    if person.pk is None:
        open_cases: Any = UseCase.objects.filter(pk__in=rows.values("pk"), team_mailbox=person.email)
        return int(open_cases.exclude(handling="restricted").count())
    return int(of_person(rows, person).count())


def path(event: Event) -> str:
    """Where the mail's link lands: on the page where one acts."""
    call = _call(event)
    if call is None:
        return "/inventory/cycles/"
    return f"{call.get_absolute_url()}certify/" if event.kind in CERTIFICATIONS else call.get_absolute_url()
