"""What is told of findings: each Monday the week of a component, and what nobody looks after, once a level.

Nobody is mailed where there is nothing. Restricted findings are told in counts of what each reader may see.
"""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.actions import system_account
from audit.log import Entry, Subject, record_many
from audit.models import Event
from governance import finding_rules
from governance.actions import findings
from governance.models import Finding
from governance.reads.unattended import unattended
from governance.recipients.findings import NEGLECTED, UNATTENDED, WEEKLY

BATCH = 500


@transaction.atomic
def tell_week(today: date | None = None) -> int:
    """One word a component and week, where anything is open; returns how many components."""
    today = today or timezone.localdate()
    year, week, _ = today.isocalendar()
    rows = Finding.objects.filter(state=Finding.State.OPEN).order_by("use_case__component__code")
    codes = list(rows.values_list("use_case__component__code", flat=True).distinct())
    subjects = [Subject("findings", f"{code}-{year}-{week:02}", code) for code in codes]
    told = set(Event.objects.filter(kind=WEEKLY, subject_id__in=[one.id for one in subjects]).values_list("subject_id"))
    entries = [Entry(WEEKLY, one, data={"component": one.label}) for one in subjects if (one.id,) not in told]
    record_many(entries, actor=system_account())
    return len(entries)


@transaction.atomic
def look_after(today: date | None = None) -> int:
    """End acceptances whose day has passed, and tell of what nobody looks after; returns how many were told."""
    today, actor = today or timezone.localdate(), system_account()
    findings.end_acceptances(today, actor=actor)
    edition = finding_rules.in_force(today)
    count = 0
    for level, days in (("lead", edition.unattended_lead_days), ("board", edition.unattended_board_days)):
        count += _tell(level, days, today, actor)
    return count


def _tell(level: str, days: int, today: date, actor: Any) -> int:
    rows = list(Finding.objects.filter(unattended(today, days)).select_related("use_case__component").order_by("pk"))
    due = _not_told(rows, level)
    act = uuid.uuid4()
    entries = [
        Entry(UNATTENDED, row.event_subject(), data={"level": level, "days": days, "opened_on": row.opened_on})
        for row in due
    ]
    for code, number in sorted(Counter(row.use_case.component.code for row in due).items()):
        label = f"{number} of {code}"
        data = {"component": code, "level": level, "days": days, "number": number}
        entries.append(Entry(NEGLECTED, Subject("findings", f"{code}-{level}-{today}", label), data=data))
    record_many(entries, actor=actor, act=act)
    return len(due)


def _not_told(rows: list[Finding], level: str) -> list[Finding]:
    """Those not told at this level since they opened."""
    told: set[tuple[str, str]] = set()
    for start in range(0, len(rows), BATCH):
        ids = [str(row.uuid) for row in rows[start : start + BATCH]]
        events = Event.objects.filter(kind=UNATTENDED, subject_type="finding", subject_id__in=ids, data__level=level)
        told |= {(one.subject_id, one.data["opened_on"]) for one in events.only("subject_id", "data")}
    return [row for row in rows if (str(row.uuid), str(row.opened_on)) not in told]
