"""Ending what runs from a day through another before its last day: the same for all who act for a while."""

from typing import Any

from django.utils import timezone

from accounts.models import FromTo, User
from audit.workflow import Refused, Stale


def may_end_now(row: FromTo, reason: str) -> str:
    """The reason as it stands on the record; Stale when it ended already, Refused without a reason."""
    if row.state == "ended":
        raise Stale(f"This ended on {row.last_day.day} {row.last_day:%B %Y} already.")
    if not reason.strip():
        raise Refused("Say why it ends: the reason stands on the record.")
    return reason.strip()


def set_end(row: Any, reason: str, actor: User) -> None:
    """Write by whom it ended, and why; the caller records the event."""
    row.ended_at, row.ended_by, row.end_reason = timezone.now(), actor, reason
    row.save(update_fields=["ended_at", "ended_by", "end_reason"])
