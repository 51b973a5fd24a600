"""Questions asked about owners: who could take a case, which have nobody, who goes, what waits for an answer."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import COMPONENT_ROLES, Component, Membership, Role, User
from accounts.permissions import standing
from registry.models import FormerOwner, Handover, LeavingNote, UseCase
from registry.models.use_case import Status
from registry.permissions.people import (
    handovers_visible_to,
    may_transfer,
    offer_refusals,
    offered_to,
    overseen,
    people_of,
)

OVER = (Status.WITHDRAWN, Status.RETIRED)
SOON = timedelta(days=60)


def candidates(cases: Sequence[UseCase]) -> tuple[list[User], list[User]]:
    """Who could own all of these cases: their backup owners first, then the rest of the component's people."""
    places = {case.component_id: case.component for case in cases}
    if not places:
        return [], []
    people: set[User] | None = None
    for component in places.values():
        here = set(people_of(component))
        people = here if people is None else people & here
    able = people or set()
    backups = {case.backup_owner_id for case in cases if case.backup_owner_id}
    first = sorted((one for one in able if one.pk in backups), key=str)
    return first, sorted((one for one in able if one.pk not in backups), key=str)


# -- cases without owner ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Left:
    """The cases one person left behind in a component, or those that never had an owner (`person` None)."""

    component: Component
    person: User | None
    left_on: date | None
    note: str
    cases: list[UseCase] = field(default_factory=list)

    @property
    def key(self) -> str:
        """An anchor on the page."""
        return f"left-{self.component.code}-{self.person.pk if self.person else 'nobody'}"


def unowned(user: Any) -> QuerySet[UseCase]:
    """The cases without owner this person sees to."""
    rows = overseen(user).filter(owner=None).exclude(status__in=OVER)
    return rows.select_related("component", "backup_owner").defer("document", "filed_document", "search_vector")


def left_behind(cases: Iterable[UseCase]) -> list[Left]:
    """Cases without owner by who left them, the latest first; what no leaver owned comes last."""
    rows = list(cases)
    former: dict[int, FormerOwner] = {}
    for one in FormerOwner.objects.filter(use_case__in=[case.pk for case in rows], was_backup=False).order_by("pk"):
        former[one.use_case_id] = one
    people = {person.pk: person for person in User.objects.filter(pk__in={one.person_id for one in former.values()})}
    notes = _notes({one.person_id for one in former.values()})
    groups: dict[tuple[int, int], Left] = {}
    for case in rows:
        found = former.get(case.pk)
        mine = found if found and found.component_id == case.component_id else None
        key = (case.component_id, mine.person_id if mine else 0)
        if key not in groups:
            person = people[mine.person_id] if mine else None
            note = notes.get(mine.person_id, "") if mine else ""
            groups[key] = Left(case.component, person, mine.left_on if mine else None, note)
        groups[key].cases.append(case)
    return sorted(
        groups.values(),
        key=lambda one: (one.person is None, -(one.left_on or date.min).toordinal(), str(one.component)),
    )


def _notes(people: Iterable[int]) -> dict[int, str]:
    """The newest note of each person that was not taken back."""
    rows = LeavingNote.objects.filter(person__in=list(people), withdrawn_at=None)
    return {row.person_id: row.note for row in rows}


@dataclass(frozen=True)
class Leaver:
    """Somebody who goes within 60 days, by a note or because the role ends, with the cases they own."""

    person: User
    component: Component
    leaves_on: date
    note: str
    cases: tuple[str, ...]
    has_said: bool


def leaving(user: Any) -> list[Leaver]:
    """The people of the components one sees to who are going."""
    today = timezone.localdate()
    who = standing(user)
    here = Membership.objects.current().filter(role__in=COMPONENT_ROLES).select_related("user", "component")
    if not who.has(Role.INVENTORY_MANAGER):
        here = here.filter(component__in=who.lead_of)
    said = {note.person_id: note for note in LeavingNote.objects.filter(withdrawn_at=None, leaves_on__gte=today)}
    rows = here.filter(Q(ends_on__lte=today + SOON) | Q(user__in=list(said))).order_by("ends_on", "pk")
    owned: dict[tuple[int, int], list[str]] = defaultdict(list)
    cases = overseen(user).exclude(status__in=OVER).filter(owner__in=rows.values("user")).order_by("use_case_id")
    for owner, place, use_case_id in cases.values_list("owner_id", "component_id", "use_case_id"):
        owned[owner, place].append(use_case_id)
    found: dict[tuple[int, int], Leaver] = {}
    for row in rows:
        note = said.get(row.user_id)
        ends = [day for day in (row.ends_on, note.leaves_on if note else None) if day]
        component: Any = row.component
        found.setdefault(
            (row.user_id, component.pk),
            Leaver(
                row.user,
                component,
                min(ends),
                note.note if note else "",
                tuple(owned[row.user_id, component.pk]),
                bool(note),
            ),
        )
    return sorted(found.values(), key=lambda one: (one.leaves_on, str(one.person)))


def owned_by(user: Any) -> list[UseCase]:
    """The cases a person owns and would leave behind."""
    rows = UseCase.objects.filter(owner=user).exclude(status__in=OVER).select_related("component", "backup_owner")
    return list(rows.defer("document", "filed_document", "search_vector"))


def leaving_note(user: Any) -> LeavingNote | None:
    """What the person has said about going."""
    return LeavingNote.objects.filter(person=user, withdrawn_at=None).first()


# -- offers -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """One bulk of offers that waits for this person's answer."""

    act: UUID
    kind: str
    number: int
    by: User
    to_component: Component | None
    expires_on: date

    @property
    def url(self) -> str:
        """The page to answer on."""
        return f"/handovers/{self.act}/"

    @property
    def words(self) -> str:
        """What one was asked, in a phrase."""
        cases = f"{self.number} use case{'' if self.number == 1 else 's'}"
        if self.kind == Handover.Kind.TRANSFER:
            return f"take {cases} into {self.to_component}"
        return f"own {cases}" if self.kind == Handover.Kind.OWNER else f"stand in for the owner of {cases}"


def asked(user: Any) -> list[Asked]:
    """What a person was asked and has not answered, the oldest first."""
    acts: dict[UUID, list[Handover]] = defaultdict(list)
    for one in offered_to(user).select_related("offered_by", "to_component").order_by("offered_at", "pk"):
        acts[one.act].append(one)
    return [
        Asked(act, rows[0].kind, len(rows), rows[0].offered_by, rows[0].to_component, rows[0].expires_on)
        for act, rows in acts.items()
    ]


def waiting_for(use_case: UseCase) -> list[Handover]:
    """The open offers of a case."""
    rows = Handover.objects.filter(use_case=use_case, state=Handover.State.OFFERED)
    return list(rows.select_related("to_person", "to_component", "offered_by"))


@dataclass(frozen=True)
class Bulk:
    """Offers of one act that still wait, for whoever oversees them."""

    act: UUID
    target: str
    number: int
    offered_by: User
    expires_on: date


def offers_of(cases: QuerySet[UseCase]) -> list[Bulk]:
    """The offers of these cases nobody has answered yet."""
    acts: dict[UUID, list[Handover]] = defaultdict(list)
    rows = Handover.objects.filter(use_case__in=cases.values("pk"), state=Handover.State.OFFERED)
    for one in rows.select_related("to_person", "to_component", "offered_by").order_by("offered_at", "pk"):
        acts[one.act].append(one)
    return [
        Bulk(act, found[0].target, len(found), found[0].offered_by, found[0].expires_on) for act, found in acts.items()
    ]


@dataclass(frozen=True)
class HandOver:
    """What a case's page says about handing it over: open offers this person may know of, and what they can do."""

    waiting: list[Handover]
    can_offer: bool
    can_transfer: bool


def hand_over(user: Any, use_case: UseCase) -> HandOver:
    """For the case's page; why one cannot stands on the pages behind, whose links are then not shown."""
    waiting = handovers_visible_to(user).filter(use_case=use_case, state=Handover.State.OFFERED)
    return HandOver(
        waiting=list(waiting.select_related("to_person", "to_component")),
        can_offer=not offer_refusals(user, use_case),
        can_transfer=may_transfer(user, use_case),
    )
