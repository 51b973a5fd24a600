"""Word of the clocks of waivers, extensions and pilots: before a day and when it has passed, each told once, what is
late again each week."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.actions import system_account
from audit.log import Entry, record_many
from audit.models import Event
from governance import exceptions as rules
from governance.compliance.snapshot.exceptions import changes_of, to_reassess
from governance.models import Extension, PilotCertificate, Waiver
from governance.recipients import exceptions as told

WEEK = 7


def remind() -> int:
    """Record what comes near and what has passed, for the notices; returns how many."""
    today = timezone.localdate()
    return _tell([*_of_waivers(today), *_of_extensions(today), *_of_pilots(today)])


def _of_waivers(today: date) -> Iterator[Entry]:
    found = list(Waiver.objects.select_related("use_case").prefetch_related("reports", "looks").order_by("pk"))
    changes = changes_of(row.use_case_id for row in found)
    for row in found:
        yield from _reports(row, today)
        if row.is_active:
            yield from _certification(row, today)
            if since := to_reassess(row, changes[row.use_case_id], row.looks.all()):
                yield _entry(told.CHANGED, row, since, 0)
        elif row.revoked_on is None and row.expires_on < today:
            yield _entry(told.LAPSED, row, row.expires_on, 0)


def _reports(row: Waiver, today: date) -> Iterator[Entry]:
    """M-25-21 section 4(a): OMB is told within 30 days of granting, and of revoking."""
    done = {one.about for one in row.reports.all()}
    for about in ("grant", "revocation"):
        due_on = row.report_due(about)
        if due_on is None or about in done:
            continue
        left, before = (due_on - today).days, rules.in_force(today).tell_report_days
        if left < 0:
            yield _entry(told.REPORT_LATE, row, due_on, _weeks(left), about=about)
        elif left <= before:
            yield _entry(told.REPORT_DUE, row, due_on, before, about=about)


def _certification(row: Waiver, today: date) -> Iterator[Entry]:
    """Two reminders before its last day; one as short as the first is told by the second only."""
    edition, left = rules.in_force(today), (row.expires_on - today).days
    term = (row.expires_on - row.granted_on).days
    steps = (edition.tell_certify_again_days, edition.tell_certify_days)
    step = next((one for one in steps if left <= one < term), None)
    if step:
        yield _entry(told.CERTIFY_DUE, row, row.expires_on, step)


def _of_extensions(today: date) -> Iterator[Entry]:
    before = rules.in_force(today).tell_end_days
    for row in Extension.objects.filter(removed_at=None, until__gte=today).select_related("use_case").order_by("pk"):
        if (row.until - today).days <= before:
            yield _entry(told.ENDING, row, row.until, before)


def _of_pilots(today: date) -> Iterator[Entry]:
    before = rules.in_force(today).tell_end_days
    for row in PilotCertificate.objects.filter(closed_on=None).select_related("use_case").order_by("pk"):
        if row.is_over:
            yield _entry(told.PILOT_ENDED, row, row.ends_on, _weeks(row.days_left))
        elif row.days_left <= before < (row.ends_on - row.starts_on).days:
            yield _entry(told.PILOT_ENDING, row, row.ends_on, before)


def _weeks(left: int) -> int:
    """Which week of being late it is: each is told of once."""
    return (-left - 1) // WEEK


def _entry(kind: str, row: Any, due_on: date, step: int, **more: Any) -> Entry:
    return Entry(kind, row.event_subject(), data={"due_on": due_on, "step": step, **more})


@transaction.atomic
def _tell(entries: Iterable[Entry]) -> int:
    """Without those told already: the same thing, day and step."""
    found = list(entries)
    rows = Event.objects.filter(kind__in=told.REMINDED, subject_id__in={one.subject.id for one in found})
    known = {_key(row.kind, row.subject_id, row.data) for row in rows.only("kind", "subject_id", "data")}
    new = [one for one in found if _key(one.kind, one.subject.id, one.data) not in known]
    record_many(new, actor=system_account())
    return len(new)


def _key(kind: str, subject: str, data: Any) -> tuple[str, ...]:
    return (kind, subject, str(data["due_on"]), str(data["step"]), data.get("about", ""))
