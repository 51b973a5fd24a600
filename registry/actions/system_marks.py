"""Marks: a system's record changed or a date came near, and somebody has to look at each case on it."""

import uuid
from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from audit.log import Entry, Subject, record, record_many
from audit.workflow import Refused, Stale
from registry import editions, systems
from registry.models import System, SystemMark, UseCase
from registry.models.use_case import Status
from registry.permissions.systems import confirm_refusals

Cleared = SystemMark.Cleared
OVER = (Status.WITHDRAWN, Status.RETIRED)


def cases_on(system: System) -> list[UseCase]:
    """The cases that use the system now and are still in work."""
    live = Q(system_links__system=system, system_links__ended_at=None)
    return list(UseCase.objects.filter(live).exclude(status__in=OVER).order_by("use_case_id"))


def _raise(
    system: System, key: str, whose: Iterable[UseCase | None], *, facts: list[str], what: str, act: uuid.UUID
) -> int:
    """Raise a mark for each of these; where this key stood before, open or cleared, it is left as it is."""
    known = set(SystemMark.objects.filter(system=system, key=key).values_list("use_case_id", flat=True))
    rows = [
        SystemMark(act=act, use_case=case, system=system, key=key, facts=facts, what=what)
        for case in whose
        if (case.pk if case else None) not in known
    ]
    SystemMark.objects.bulk_create(rows, batch_size=2000)
    return len(rows)


def _is_settled(names: Iterable[str], facts: systems.Facts, use_case: UseCase, today: date) -> bool:
    return systems.is_settled(names, facts, use_case.document, editions.of(use_case).by_field, today)


def _clear(marks: Iterable[SystemMark], how: str, actor: User | None) -> int:
    pks = [mark.pk for mark in marks]
    return SystemMark.objects.filter(pk__in=pks, cleared_at=None).update(
        cleared=how, cleared_at=timezone.now(), cleared_by=actor
    )


def mark_change(
    system: System, names: list[str], what: str, *, act: uuid.UUID, cases: list[UseCase] | None = None
) -> int:
    """Mark every case whose answers do not say the new facts already; returns how many.

    Earlier marks about the same facts, and about dates the record no longer has, are overtaken by this one.
    """
    today = timezone.localdate()
    _clear_overtaken(system, names, today)
    facts = system.facts
    whose = cases_on(system) if cases is None else cases
    key = f"revision:{system.revision_number}" if cases is None else f"joined:{act}"
    unsettled = [case for case in whose if not _is_settled(names, facts, case, today)]
    return _raise(system, key, unsettled, facts=names, what=what, act=act)


def _clear_overtaken(system: System, names: list[str], today: date) -> None:
    open_marks = SystemMark.objects.filter(system=system, cleared_at=None)
    keys = {due.key for due in systems.due(system.facts, today)}
    _clear(
        (
            mark
            for mark in open_marks
            if (set(mark.facts) <= set(names) and mark.key.startswith("revision:"))
            or (mark.key.startswith(("ato_expires_on:", "option_on:")) and mark.key not in keys)
        ),
        Cleared.OVERTAKEN,
        None,
    )


def settle(use_case: UseCase, *, actor: User | None, as_of: date | None = None) -> int:
    """Clear the marks whose facts the case's answers say by now. Called by every act that writes a revision."""
    marks = SystemMark.objects.filter(use_case=use_case, cleared_at=None).select_related("system")
    today = as_of or timezone.localdate()
    settled = [mark for mark in marks if _is_settled(mark.facts, mark.system.facts, use_case, today)]
    return _clear(settled, Cleared.AGREES, actor) if settled else 0


@transaction.atomic
def confirm(use_case: UseCase, uuids: Iterable[str], *, actor: User) -> int:
    """“Our answers still hold”: the owner clears the marks that stood on the page, never one raised since."""
    if refusals := confirm_refusals(actor, use_case):
        raise Refused(*refusals)
    marks = list(SystemMark.objects.filter(use_case=use_case, uuid__in=list(uuids)).select_related("system"))
    act = uuid.uuid4()
    cleared = [mark for mark in marks if _clear([mark], Cleared.CONFIRMED, actor)]
    if not cleared:
        raise Stale("Nothing is left to confirm: somebody has looked at it already.")
    record_many(
        [
            Entry(
                "system.answers_confirmed",
                mark.system.subject_on(use_case),
                mark.system.openly(mark.what),
                {"mark": mark.uuid},
            )
            for mark in cleared
        ],
        actor=actor,
        act=act,
    )
    return len(cleared)


@transaction.atomic
def watch(as_of: date | None = None, *, actor: User | None = None) -> int:
    """Daily: mark the cases on systems whose authorization or contract option ends in 60 or 30 days, or has ended.

    Done again on the same day it changes nothing. One event stands for the whole day, so that a person is told
    once, whatever number of cases and systems it is about. Returns how many marks were raised.
    """
    today = as_of or timezone.localdate()
    act = uuid.uuid4()
    near = System.objects.filter(merged_into=None).filter(
        Q(ato="held", ato_expires_on__lte=systems.horizon(today)) | Q(option_on__lte=systems.horizon(today))
    )
    raised, told = 0, []
    for system in near.select_for_update():
        number = sum(_watch(system, due, today, act) for due in systems.due(system.facts, today))
        if number:
            raised += number
            told.append(Entry("system.date_near", system.event_subject(), data={"marks": number}))
    _settle_all(today)
    if told:
        record_many(told, actor=actor, act=act)
        words = f"{len(told)} system{'' if len(told) == 1 else 's'}"
        record("systems.watched", Subject("systems", today.isoformat(), words), actor=actor, act=act)
    return raised


def _watch(system: System, due: systems.Due, today: date, act: uuid.UUID) -> int:
    """One date of one system: mark the system and its cases at this step; the step before it is overtaken.

    That a date comes near no answer can settle; that an authorization has ended, the answer “no” does.
    """
    earlier = SystemMark.objects.filter(system=system, cleared_at=None, key__startswith=f"{due.fact}:")
    _clear(earlier.exclude(key=due.key), Cleared.OVERTAKEN, None)
    facts = ["ato"] if due.fact == "ato_expires_on" and due.is_past else []
    unsettled = [case for case in cases_on(system) if not _is_settled(facts, system.facts, case, today)]
    return _raise(system, due.key, [None, *unsettled], facts=facts, what=due.what, act=act)


def _settle_all(today: date) -> None:
    """What an inventory file brought into agreement, too: imports write in sets and settle nothing themselves."""
    marked = SystemMark.objects.filter(cleared_at=None).exclude(use_case=None)
    for case in UseCase.objects.filter(pk__in=marked.values("use_case")).iterator(chunk_size=500):
        settle(case, actor=None, as_of=today)
