"""Who is told of systems and of hand-overs, in one mail for the whole act, and where the mail's link lands."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from accounts.models import Component, Membership, Role, User
from audit.models import Event
from registry.models import Handover, System, SystemMark, UseCase
from registry.models.use_case import Handling
from registry.permissions import visible_to
from registry.permissions.people import leads_of
from registry.permissions.systems import systems_visible_to

SYSTEMS = ("system.changed", "systems.watched")
OFFERS = ("handovers.offered", "handovers.accepted", "handovers.declined", "handovers.expired")
KINDS = (*SYSTEMS, *OFFERS, "component.owners_left", "user.leaving")
MOST = 60  # lines of a mail; the page has them all


def recipients(event: Event) -> list[User]:
    """People to be told, whoever acted among them left to the caller."""
    if event.kind in SYSTEMS:
        return [person for person in _of_systems(event) if _marks(event, person) or _own_systems(event, person)]
    if event.kind in OFFERS:
        return _of_offers(event)
    if event.kind == "component.owners_left":
        component = Component.objects.filter(code=event.subject_id).first()
        return _leads_or_managers([component] if component else [], event.actor_id)
    person = User.objects.filter(pk=event.subject_id).first()
    places = Component.objects.filter(memberships__in=Membership.objects.current().filter(user=person)).distinct()
    return _leads_or_managers(places, event.actor_id)


def _leads_or_managers(places: Iterable[Component], actor: int | None) -> list[User]:
    """The leads; where a component has none but who acted, the inventory managers see to it."""
    found: list[User] = []
    for component in places:
        found += list(leads_of(component).exclude(pk=actor or 0)) or [
            row.user for row in Membership.objects.current().filter(role=Role.INVENTORY_MANAGER).select_related("user")
        ]
    return found


def _of_offers(event: Event) -> list[User]:
    offers = list(Handover.objects.filter(act=event.subject_id).select_related("to_component", "to_person"))
    if event.kind == "handovers.offered":
        found = [one.to_person for one in offers if one.to_person]
        return found or [lead for one in offers[:1] if one.to_component for lead in leads_of(one.to_component)]
    told = {one.offered_by_id for one in offers}
    if event.kind == "handovers.accepted":  # whom the case leaves wants to know as well
        told |= {one.from_person_id for one in offers if one.from_person_id and str(one.uuid) in event.data["offers"]}
    return list(User.objects.filter(pk__in=told))


# -- systems ----------------------------------------------------------------------------------------


def _raised(event: Event) -> Any:
    return SystemMark.objects.filter(act=event.act).select_related("system", "use_case")


def _of_systems(event: Event) -> list[User]:
    marked = Q(owned_use_cases__system_marks__act=event.act) | Q(backed_use_cases__system_marks__act=event.act)
    owning = Q(systems__marks__act=event.act)
    if event.subject_type == "system":
        owning |= Q(systems__uuid=event.subject_id)
    return list(User.objects.filter(marked | owning).distinct())


def _marks(event: Event, person: User) -> list[SystemMark]:
    """The marks of the act on this person's own cases, of cases and systems they may know of."""
    rows = _raised(event).filter(Q(use_case__owner=person) | Q(use_case__backup_owner=person))
    rows = rows.filter(use_case__in=visible_to(person).values("pk"), system__in=systems_visible_to(person).values("pk"))
    return list(rows.order_by("use_case__use_case_id", "pk"))


def _own_systems(event: Event, person: User) -> list[System]:
    """The systems of the act this person owns."""
    rows = systems_visible_to(person).filter(owner=person)
    of_act = Q(marks__act=event.act)
    if event.subject_type == "system":
        of_act |= Q(uuid=event.subject_id)
    return list(rows.filter(of_act).distinct())


def mailboxes(event: Event) -> list[str]:
    """The team mailboxes of the marked cases; a restricted case has none."""
    if event.kind not in SYSTEMS:
        return []
    rows = UseCase.objects.filter(system_marks__act=event.act).exclude(team_mailbox="")
    return sorted(set(rows.exclude(handling=Handling.RESTRICTED).values_list("team_mailbox", flat=True)))


def _mailbox_marks(event: Event, address: str) -> list[SystemMark]:
    rows = _raised(event).filter(use_case__team_mailbox=address).exclude(use_case__handling=Handling.RESTRICTED)
    return list(rows.exclude(system__handling=Handling.RESTRICTED).order_by("use_case__use_case_id", "pk"))


# -- the letter -------------------------------------------------------------------------------------


def letter(event: Event, person: User) -> dict[str, Any]:
    """What a mail says besides the event: only what this person may know. An unsaved `person` is a mailbox."""
    if event.kind in SYSTEMS:
        marks = _marks(event, person) if person.pk else _mailbox_marks(event, person.email)
        mine = _own_systems(event, person) if person.pk else []
        return {"marks": marks[:MOST], "more": max(0, len(marks) - MOST), "systems": mine}
    if event.kind in OFFERS:
        offers = list(Handover.objects.filter(act=event.subject_id).select_related("offered_by", "to_component"))
        return {"offers": offers, "number": len(event.data.get("offers", offers)), "first": offers[0]}
    return {}


def path(event: Event) -> str:
    """Where the mail's link lands: on the page where one acts."""
    if event.kind in OFFERS:
        return f"/handovers/{event.subject_id}/"
    if event.kind == "system.changed":
        return f"/systems/{event.subject_id}/"
    return "/" if event.kind == "systems.watched" else "/owners/"
