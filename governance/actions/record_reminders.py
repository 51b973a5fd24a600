"""Word 60 and 14 days before a record runs out; each is told once, in one notice a day and person."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.actions import system_account
from audit.log import Entry, Subject, record_many
from audit.models import Event
from governance.models import DatedRecord
from governance.reads.record_register import OUT
from governance.recipients.records import EXPIRING, RUNNING_OUT
from registry.models.use_case import Handling

STEPS = (60, 14)  # days before its last day
BATCH = 500


@transaction.atomic
def remind(today: date | None = None) -> int:
    """Record what runs out, for the timeline of each case and for one notice; returns how many records.

    What is replaced, withdrawn or of a case that is over is not told.
    """
    today = today or timezone.localdate()
    rows = DatedRecord.objects.current(today).filter(expires_on__lte=today + timedelta(days=max(STEPS)))
    rows = rows.exclude(use_case__status__in=OUT).select_related("use_case").order_by("expires_on", "pk")
    due = _not_told([(row, step) for row in rows.defer("details") if (step := _step(row, today))])
    act = uuid.uuid4()
    record_many((_entry(row, step) for row, step in due), actor=system_account(), act=act)
    for is_restricted in (False, True):  # in mails of their own, so that a marking tells nobody of the other's cases
        part = [row for row, _ in due if (row.use_case.handling == Handling.RESTRICTED) is is_restricted]
        if part:
            record_many([_summary(part, today)], actor=system_account(), act=act)
    return len(due)


def _step(row: DatedRecord, today: date) -> int | None:
    """Which word it is time for; none for what was given a shorter life from the beginning."""
    if row.expires_on is None:
        return None
    left, term = (row.expires_on - today).days, (row.expires_on - row.effective_on).days
    return next((step for step in reversed(STEPS) if left <= step < term), None)


def _entry(row: DatedRecord, step: int) -> Entry:
    return Entry(EXPIRING, row.event_subject(), data={"expires_on": row.expires_on, "days": step, "kind": row.kind})


def _not_told(found: list[tuple[DatedRecord, int]]) -> list[tuple[DatedRecord, int]]:
    told: set[tuple[str, int]] = set()
    subjects = [str(row.uuid) for row, _ in found]
    for start in range(0, len(subjects), BATCH):
        events = Event.objects.filter(kind=EXPIRING, subject_id__in=subjects[start : start + BATCH])
        told |= {(one.subject_id, one.data["days"]) for one in events.only("subject_id", "data")}
    return [(row, step) for row, step in found if (str(row.uuid), step) not in told]


def _summary(rows: Collection[DatedRecord], today: date) -> Entry:
    label = f"{len(rows)} record{'' if len(rows) == 1 else 's'}"
    data = {
        "records": [str(row.uuid) for row in rows],
        "use_cases": sorted({row.use_case.use_case_id for row in rows})[:BATCH],
    }
    return Entry(RUNNING_OUT, Subject("records", today.isoformat(), label), data=data)
