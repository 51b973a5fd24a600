"""Reminders of yearly confirmations and waves at 30, 7 and 1 days, and word when the day has passed; each once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.actions import system_account
from audit.log import Entry, record_many
from audit.models import Event
from governance import recertification as rules
from governance.actions.reminders import STEPS, step_of
from governance.models import Wave
from governance.reads import recertification, waves

DUE, OVERDUE = "use_case.confirmation_due", "use_case.confirmation_overdue"
NEAR, PASSED = "wave.reminded", "wave.overdue"
BATCH = 500


def remind() -> int:
    """Record what comes near and what has passed, for the notices; returns how many."""
    return _tell(_of_waves(timezone.localdate())) + sum(_tell(part) for part in _of_cases(timezone.localdate()))


def _of_waves(today: date) -> Iterator[Entry]:
    for wave in Wave.objects.filter(due_on__lte=today + timedelta(days=max(STEPS))).order_by("pk"):
        left = (wave.due_on - today).days
        step = step_of(left, (wave.due_on - timezone.localdate(wave.opened_at)).days)
        if (left < 0 or step) and waves.members(wave).filter(state="not_begun").exists():
            data = {"due_on": wave.due_on, "days": step or 0}
            yield Entry(PASSED if left < 0 else NEAR, wave.event_subject(), data=data)


def _of_cases(today: date) -> Iterator[list[Entry]]:
    """The cases in batches; what was overdue for long before this ran is told once for each level."""
    rows = recertification.cases().filter(recertification.before(today + timedelta(days=max(STEPS) + 1)))
    rows = rows.defer("document", "filed_document", "search_vector").order_by("pk")
    pks = list(rows.values_list("pk", flat=True))
    for start in range(0, len(pks), BATCH):
        found = recertification.dues(list(rows.filter(pk__in=pks[start : start + BATCH])))
        yield [entry for case, due in found for entry in _of_case(case, due, today)]


def _of_case(case: Any, due: recertification.Due, today: date) -> Iterator[Entry]:
    told = {"due_on": due.due_on, "waits_for": due.waits_for}
    edition = rules.in_force(today)
    if due.left >= 0:
        step = step_of(due.left, edition.every_days)
        if step:
            yield Entry(DUE, case.event_subject(), data={**told, "days": step})
        return
    yield Entry(OVERDUE, case.event_subject(), data={**told, "days": 0, "level": "lead"})
    if due.days_over >= edition.escalate_after_days:
        yield Entry(OVERDUE, case.event_subject(), data={**told, "days": edition.escalate_after_days, "level": "caio"})


@transaction.atomic
def _tell(found: Iterable[Entry]) -> int:
    """Without those told already: the same thing, the same day, the same step."""
    entries = list(found)
    subjects = {entry.subject.id for entry in entries}
    told = Event.objects.filter(kind__in=(DUE, OVERDUE, NEAR, PASSED), subject_id__in=subjects)
    known = {
        (one.kind, one.subject_id, one.data["due_on"], one.data["days"])
        for one in told.only("kind", "subject_id", "data")
    }
    new = [one for one in entries if (one.kind, one.subject.id, str(one.data["due_on"]), one.data["days"]) not in known]
    record_many(new, actor=system_account())
    return len(new)
