"""A system's record: made, changed, and joined with another one for the same system."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Component, User
from accounts.permissions import standing
from audit.log import Entry, record, record_many
from audit.workflow import Refused, Stale
from registry import systems
from registry.actions.system_marks import mark_change
from registry.models import KeptAnswer, System, SystemMark, SystemRevision, UseCase, UseCaseSystem
from registry.models.use_case import Handling
from registry.permissions.systems import add_refusals, system_refusals

Given = Mapping[str, Any]  # facts by name, as the columns take them


class StaleSystem(Stale):
    """Somebody changed the record since the form was opened; nothing was saved."""

    def __init__(self, system: System) -> None:
        self.theirs = system
        last = SystemRevision.objects.filter(system=system).order_by("-number").select_related("recorded_by").first()
        who = last.recorded_by if last else "Somebody"
        super().__init__(
            f"{who} changed this record while you were writing. Nothing of yours is lost: compare and save again."
        )


@transaction.atomic
def add_system(component: Component, given: Given, *, actor: User, why: str = "", effective_on: date | None = None,
               act: uuid.UUID | None = None) -> System:  # fmt: skip
    """Make a record with its first revision. A program officer owns what the officer adds."""
    if refusals := [*add_refusals(actor, component.pk), *_mistakes(given), *_not_yet(effective_on)]:
        raise Refused(*refusals)
    facts = {**given, "component": component}
    system = System(agency=component.agency, created_by=actor, **facts)
    if component.pk in standing(actor).officer_of and not (system.owner or system.mailbox):
        system.owner = actor
    system.save()
    _write(system, system.facts, actor=actor, why=why, effective_on=effective_on or timezone.localdate())
    record("system.recorded", system, actor=actor, reason=why, act=act)
    return system


def _mistakes(given: Given) -> list[str]:
    """What no record may say."""
    found = []
    if not given.get("name"):
        found.append("A record needs the name the authorization uses.")
    granted, ends = given.get("ato_granted_on"), given.get("ato_expires_on")
    if granted and ends and ends < granted:
        found.append("The authorization expires before it was granted.")
    owner = given.get("owner")
    if owner and not owner.is_active:
        found.append(f"{owner} can no longer sign in and cannot own a system.")
    return found


def _not_yet(effective_on: date | None) -> list[str]:
    if effective_on and effective_on > timezone.localdate():
        return ["That day lies ahead. Record a fact from the day on which it is true."]
    return []


def _write(system: System, facts: dict[str, str], *, actor: User, why: str, effective_on: date) -> SystemRevision:
    """Write the next revision; its number is unique, so two at once cannot both be it."""
    number = system.revision_number + 1
    if System.objects.filter(pk=system.pk, revision_number=number - 1).update(revision_number=number) != 1:
        raise StaleSystem(system)
    system.revision_number = number
    if system.effective_on is None or effective_on >= system.effective_on:
        System.objects.filter(pk=system.pk).update(effective_on=effective_on)
        system.effective_on = effective_on
    return SystemRevision.objects.create(
        system=system, number=number, facts=facts, why=why, effective_on=effective_on,
        recorded_at=timezone.now(), recorded_by=actor,
    )  # fmt: skip


@transaction.atomic
def change_system(
    system: System, given: Given, *, actor: User, why: str, effective_on: date | None = None, opened_on: int
) -> SystemRevision | None:
    """Change the record's facts; None when nothing changed. Every case on the system is marked.

    Facts that were true only before the day the present ones count from are kept for that past and change nothing
    now. `opened_on` is the revision the form showed; raises StaleSystem when there is a newer one.
    """
    system = System.objects.select_for_update(of=("self",)).select_related("component", "owner").get(pk=system.pk)
    day = effective_on or timezone.localdate()
    wanted = {**{name: getattr(system, name) for name in systems.BY_NAME}, **given}
    if refusals := [*system_refusals(actor, system), *_mistakes(wanted), *_not_yet(day)]:
        raise Refused(*refusals)
    if moves := _restricting(system, given):
        raise Refused(*moves)
    before, counted = system.facts, system.effective_on
    for name, value in given.items():
        setattr(system, name, value)
    after = system.facts
    names = systems.changed(before, after)
    if not names:
        return None
    if opened_on != system.revision_number:
        raise StaleSystem(System.objects.get(pk=system.pk))
    is_past = counted is not None and day < counted
    revision = _write(system, after, actor=actor, why=why, effective_on=day)
    act = uuid.uuid4()
    what = systems.in_words([name for name in names if name not in ("handling",)], before, after)
    marked = 0
    if not is_past:
        system.save(update_fields=[*given])
        telling = [name for name in names if systems.BY_NAME[name].marks]
        if telling:
            marked = mark_change(system, telling, systems.in_words(telling, before, after), act=act)
    data = {"revision": revision.number, "facts": names, "effective_on": day, "past": is_past, "marked": marked}
    record("system.changed", system, actor=actor, reason=why or system.openly(what), act=act, data=data)
    return revision


def _restricting(system: System, given: Given) -> list[str]:
    """A record on which cases of other people rest is not restricted over their heads."""
    if given.get("handling") != Handling.RESTRICTED or system.handling == Handling.RESTRICTED:
        return []
    links = UseCaseSystem.objects.filter(system=system, ended_at=None)
    if not links.exclude(use_case__handling=Handling.RESTRICTED).exists():
        return []
    return ["Use cases that are not restricted rest on this system, and their answers name it. Restrict those first."]


@transaction.atomic
def join_systems(double: System, into: System, *, actor: User, why: str) -> int:
    """“The same system as …”: the links of `double` move, it stays as a pointer with its history.

    Returns how many cases moved. A case whose answers do not say what the remaining record says is marked.
    """
    double, into = _both(double, into)
    if double.pk == into.pk:
        raise Refused("These are one record already.")
    if refusals := [*system_refusals(actor, double), *system_refusals(actor, into)]:
        raise Refused(*refusals)
    if into.handling != double.handling:
        raise Refused("One of the two is restricted differently. Give both the same handling first.")
    act, words = uuid.uuid4(), f"{double.name} is the same system as {into.name}. {why}".strip()
    moved = _move_links(double, into, actor=actor, why=words[:500])
    SystemMark.objects.filter(system=double, cleared_at=None).update(
        cleared=SystemMark.Cleared.OVERTAKEN, cleared_at=timezone.now(), cleared_by=actor
    )
    System.objects.filter(pk=double.pk).update(merged_into=into)
    System.objects.filter(merged_into=double).update(merged_into=into)  # a pointer never points at a pointer
    differing = [n for n in systems.changed(double.facts, into.facts) if systems.BY_NAME[n].marks]
    if differing and moved:
        mark_change(into, differing, systems.in_words(differing, double.facts, into.facts), act=act, cases=moved)
    entries = [Entry("system.joined", double.event_subject(), why, {"into": into.uuid})]
    entries += [
        Entry("system.linked", into.subject_on(case), into.openly(words), {"from": double.uuid}) for case in moved
    ]
    record_many(entries, actor=actor, act=act)
    return len(moved)


def _both(one: System, other: System) -> tuple[System, System]:
    rows = System.objects.select_for_update(of=("self",)).select_related("component", "owner")
    found = {row.pk: row for row in rows.filter(pk__in=[one.pk, other.pk]).order_by("pk")}
    return found[one.pk], found[other.pk]


def _move_links(double: System, into: System, *, actor: User, why: str) -> list[UseCase]:
    """End the links to the one, begin them to the other where the case is not there already."""
    today, now = timezone.localdate(), timezone.now()
    there = set(UseCaseSystem.objects.filter(system=into, ended_at=None).values_list("use_case_id", flat=True))
    moved = []
    for link in UseCaseSystem.objects.filter(system=double, ended_at=None).select_related("use_case"):
        UseCaseSystem.objects.filter(pk=link.pk).update(ended_on=today, ended_at=now, ended_by=actor, ended_why=why)
        if link.use_case_id in there:
            continue
        fresh = UseCaseSystem.objects.create(
            use_case=link.use_case, system=into, started_on=link.started_on, why=why, recorded_by=actor
        )
        for kept in KeptAnswer.objects.filter(link=link).order_by("recorded_at", "pk"):
            KeptAnswer.objects.create(
                link=fresh, field=kept.field, answer=kept.answer, says=kept.says, because=kept.because,
                recorded_at=kept.recorded_at, recorded_by=kept.recorded_by,
            )  # fmt: skip
        moved.append(link.use_case)
    return moved
