"""Reminders before a lane's day, at 30, 7 and 1 days, and word when it has passed; each is told once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice

from django.db import transaction
from django.utils import timezone

from accounts.actions import system_account
from audit.log import Entry, Subject, record, record_many
from audit.models import Event
from governance.lifecycles import OPEN, SECOND
from governance.models import Lane
from governance.recipients.reminders import DUE_SOON, ESCALATED, OVERDUE

STEPS = (30, 7, 1)  # days before a lane is due
TICKING = (OPEN, SECOND)  # a question stops the clock; who waits for another office has none
BATCH = 500


def step_of(left: int, term: int) -> int | None:
    """Which reminder a lane with `left` days is at; none longer than the `term` it was given, none on the last day.

    Days. The 7-day reminder of a lane that was opened with 5 days would come with its opening.
    """
    return next((step for step in reversed(STEPS) if 0 < left <= step < term), None)


def remind(today: date | None = None) -> int:
    """Record what comes near and what has passed, for the notices; returns how many lanes."""
    today = today or timezone.localdate()
    count, over = 0, []
    near = _near(today)
    while lanes := list(islice(near, BATCH)):
        entries = [entry for lane in lanes if (entry := _entry(lane, today))]
        entries = _not_told(entries)
        over += [entry.subject.timeline for entry in entries if entry.kind == OVERDUE]
        count += len(entries)
        with transaction.atomic():
            record_many(entries, actor=system_account())
    if over:
        _escalate(over, today)
    return count


def _near(today: date) -> Iterator[Lane]:
    rows = Lane.objects.filter(status__in=TICKING, due_on__lte=today + timedelta(days=max(STEPS)))
    return rows.select_related("office", "review__use_case").order_by("pk").iterator(BATCH)


def _entry(lane: Lane, today: date) -> Entry | None:
    left = (lane.due_on - today).days
    term = (lane.due_on - timezone.localdate(lane.opened_at)).days
    step = step_of(left, term)
    if left >= 0 and step is None:
        return None
    kind = OVERDUE if left < 0 else DUE_SOON
    return Entry(kind, lane.event_subject(), data={"due_on": lane.due_on, "days": step or 0, "left": left})


def _not_told(entries: list[Entry]) -> list[Entry]:
    """Without those told already: the same lane, the same due day, the same step."""
    subjects = [entry.subject.id for entry in entries]
    told = Event.objects.filter(kind__in=(DUE_SOON, OVERDUE), subject_type="lane", subject_id__in=subjects)
    known = {
        (one.kind, one.subject_id, one.data["due_on"], one.data["days"])
        for one in told.only("kind", "subject_id", "data")
    }
    return [
        one for one in entries if (one.kind, one.subject.id, str(one.data["due_on"]), one.data["days"]) not in known
    ]


@transaction.atomic
def _escalate(use_cases: list[str], today: date) -> None:
    """One word a day to those who see to it that offices answer, however many lanes passed their day."""
    names = sorted(set(use_cases))
    label = f"{len(use_cases)} lane{'' if len(use_cases) == 1 else 's'}"
    record(
        ESCALATED, Subject("lanes", today.isoformat(), label), actor=system_account(),
        data={"lanes": len(use_cases), "use_cases": names[:BATCH]},
    )  # fmt: skip
