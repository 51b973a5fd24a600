"""Findings nobody has looked after: no comment, assignment or evidence, and nothing of the case written since."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from governance import finding_rules
from governance.compliance import reads
from governance.models import DatedRecord, Finding
from registry.models import Evidence, Revision


def unattended(today: date, days: int) -> Q:
    """Open for so many days, and nothing done about it in that time; a risk that is accepted was looked at."""
    since = timezone.make_aware(datetime.combine(today - timedelta(days=days) + timedelta(days=1), time.min))
    found = Q(state=Finding.State.OPEN, opened_on__lte=today - timedelta(days=days))
    found &= Q(attended_at=None) | Q(attended_at__lt=since)
    for model in (Revision, Evidence, DatedRecord):
        rows = model.objects.filter(use_case=OuterRef("use_case"), recorded_at__gte=since)
        found &= ~Q(Exists(rows))
    return found


def before_the_board(user: Any, most: int = 50) -> tuple[list[Finding], int]:
    """What stands before the Board for that reason, of the cases the person may see: the oldest, and how many."""
    today = timezone.localdate()
    rows = reads.findings(user).filter(unattended(today, finding_rules.in_force(today).unattended_board_days))
    return reads.worded(user, rows.order_by("opened_on", "pk")[:most]), rows.count()
