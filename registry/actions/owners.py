"""People who go: what they leave behind, and the cases that then have nobody."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import COMPONENT_ROLES, Component, Membership, User
from accounts.permissions import standing
from audit.log import Entry, record, record_many
from audit.workflow import Refused
from registry.actions.handovers import close, expire
from registry.models import FormerOwner, Handover, LeavingNote, System, UseCase
from registry.models.use_case import Handling
from registry.permissions import people_refusals


@transaction.atomic
def look_after_owners(as_of: date | None = None) -> int:
    """Daily: cases whose owner's role in the component has ended fall to the lead; unanswered offers end.

    A role ends by its date as well as by an act, so this asks what holds today and not what happened. Done again
    it changes nothing. Returns how many cases lost their owner.
    """
    today = as_of or timezone.localdate()
    expire(today)
    return release(left_on=today, actor=None)


def release(*, left_on: date, actor: User | None, person: User | None = None) -> int:
    """Take cases from owners who no longer work in the component, from one `person` or from all who do not.

    One event for each case, and one for each component: its lead is told once, whatever the number of cases.
    """
    act = uuid.uuid4()
    lost = _lost("owner", person, left_on)
    backups = _lost("backup_owner", person, left_on)
    systems = _lost_systems(person, left_on)
    _note_leavers(lost, backups, left_on, act)
    UseCase.objects.filter(pk__in=[case.pk for case in lost]).update(owner=None)
    UseCase.objects.filter(pk__in=[case.pk for case in backups]).update(backup_owner=None)
    System.objects.filter(pk__in=[system.pk for system in systems]).update(owner=None)
    _withdraw_offers(person, left_on, act, actor)
    entries = [_left_case(case, case.owner, "owner") for case in lost]
    entries += [_left_case(case, case.backup_owner, "backup owner") for case in backups]
    entries += [Entry("system.owner_left", system.event_subject(), data={"owner": system.owner}) for system in systems]
    entries += _told_once(lost, systems)
    if entries:
        record_many(entries, actor=actor, act=act)
    return len(lost)


def _at_work(user: str, place: str, day: date) -> Exists:
    """Whether the person of a row works in the component of the row that day."""
    rows = Membership.objects.on(day).filter(role__in=COMPONENT_ROLES)
    return Exists(rows.filter(user=OuterRef(user), component=OuterRef(place)))


def _lost(role: str, person: User | None, day: date) -> list[UseCase]:
    rows: QuerySet[UseCase] = UseCase.objects.exclude(**{role: None})
    rows = rows.filter(**{role: person}) if person else rows.exclude(_at_work(role, "component", day))
    locked = rows.select_for_update(of=("self",)).select_related("component", role)
    return list(locked.order_by("pk"))


def _lost_systems(person: User | None, day: date) -> list[System]:
    """A system's owner works somewhere in the department; who works nowhere any more owns none."""
    rows = System.objects.exclude(owner=None)
    somewhere = Exists(Membership.objects.on(day).filter(user=OuterRef("owner")))
    rows = rows.filter(owner=person) if person else rows.exclude(somewhere)
    return list(rows.select_for_update(of=("self",)).select_related("component", "owner").order_by("pk"))


def _note_leavers(lost: Sequence[UseCase], backups: Sequence[UseCase], left_on: date, act: uuid.UUID) -> None:
    rows = [(case, case.owner, False) for case in lost] + [(case, case.backup_owner, True) for case in backups]
    ended = _last_days({who.pk for _, who, _ in rows if who})
    FormerOwner.objects.bulk_create(
        FormerOwner(
            act=act,
            use_case=case,
            person=who,
            was_backup=was,
            component=case.component,
            left_on=_first_day_without(ended.get((who.pk, case.component_id)), left_on),
        )
        for case, who, was in rows
        if who
    )


def _last_days(people: set[int]) -> dict[tuple[int, int | None], date]:
    """The last day of each person's role in each component, where it has ended."""
    rows = Membership.objects.filter(user__in=people, role__in=COMPONENT_ROLES).order_by("ends_on")
    return {(row.user_id, row.component_id): row.ends_on for row in rows if row.ends_on}


def _first_day_without(last_day: date | None, noticed_on: date) -> date:
    """When it became true, which may lie before the day it was noticed (two clocks)."""
    return min(last_day + timedelta(days=1), noticed_on) if last_day else noticed_on


def _left_case(case: UseCase, who: User | None, role: str) -> Entry:
    subject = case.event_subject()
    return Entry("use_case.owner_left", type(subject)(subject.type, subject.id, f"{who}, {role}", subject.timeline),
                 data={"person": who, "role": role})  # fmt: skip


def _told_once(lost: Iterable[UseCase], systems: Iterable[System]) -> list[Entry]:
    """For each component, what fell to its lead in this act."""
    cases: dict[Component, list[UseCase]] = defaultdict(list)
    records: dict[Component, list[System]] = defaultdict(list)
    for case in lost:
        cases[case.component].append(case)
    for system in systems:
        records[system.component].append(system)
    return [
        Entry(
            "component.owners_left",
            component.event_subject(),
            data={
                "people": sorted({str(case.owner) for case in cases[component]}),
                "use_cases": [case.use_case_id for case in cases[component]],
                "systems": [str(system.uuid) for system in records[component]],
            },
        )
        for component in sorted({*cases, *records}, key=str)
    ]


def _withdraw_offers(person: User | None, day: date, act: uuid.UUID, actor: User | None) -> None:
    """Offers nobody can accept any more, because the person asked has gone."""
    waiting = Handover.objects.filter(state=Handover.State.OFFERED).exclude(to_person=None)
    gone = waiting.filter(to_person=person) if person else waiting.exclude(_at_work("to_person", "from_component", day))
    entries = []
    for one in gone.select_for_update(of=("self",)).select_related("use_case", "to_person"):
        close(one, Handover.State.EXPIRED, actor, f"{one.to_person} no longer works there.")
        entries.append(Entry("handover.expired", one.event_subject(), one.why))
    if entries:
        record_many(entries, actor=actor, act=act)


# -- what an owner who goes leaves ------------------------------------------------------------------


@transaction.atomic
def announce_leaving(leaves_on: date, note: str, *, actor: User) -> LeavingNote:
    """“I am leaving on …”: the leads of one's components are told once; the cases stay until then."""
    if not standing(actor).components:
        raise Refused("Only people who work in a component leave cases behind.")
    if leaves_on < timezone.localdate():
        raise Refused("The last day lies in the past.")
    LeavingNote.objects.filter(person=actor, withdrawn_at=None).update(withdrawn_at=timezone.now())
    made = LeavingNote.objects.create(person=actor, leaves_on=leaves_on, note=note.strip())
    record("user.leaving", actor, actor=actor, reason=made.note, data={"leaves_on": leaves_on})
    return made


@transaction.atomic
def stay(*, actor: User) -> None:
    """Take the announcement back."""
    if not LeavingNote.objects.filter(person=actor, withdrawn_at=None).update(withdrawn_at=timezone.now()):
        raise Refused("You have not said that you leave.")
    record("user.staying", actor, actor=actor)


@transaction.atomic
def set_team_mailbox(use_case: UseCase, address: str, *, actor: User) -> None:
    """The team's address: told of what the owner is told of. A restricted case has none: who reads it is not known."""
    if refusals := people_refusals(actor, use_case):
        raise Refused(*refusals)
    if address and use_case.handling == Handling.RESTRICTED:
        raise Refused("A restricted case tells people, not mailboxes: nobody knows who reads one.")
    UseCase.objects.filter(pk=use_case.pk).update(team_mailbox=address)
    use_case.team_mailbox = address
    record("use_case.mailbox_changed", use_case, actor=actor, data={"team_mailbox": address})


@transaction.atomic
def remove_backup_owner(use_case: UseCase, *, actor: User) -> None:
    """Nobody stands in any more. Naming somebody is an offer, which that person answers."""
    if refusals := people_refusals(actor, use_case):
        raise Refused(*refusals)
    UseCase.objects.filter(pk=use_case.pk).update(backup_owner=None)
    use_case.backup_owner = None
    record("use_case.backup_removed", use_case, actor=actor, data={"backup_owner": None})
