"""Nudging again for work whose message was lost, or whose worker died (design section 3)."""

from typing import Any

from django.db.models import QuerySet

from governance.actions import jobs
from governance.models import CheckRun, Report, Simulation, Verification
from governance.nudge import nudge

AT_ONCE = 20  # a lost broker comes back to a few nudges, not to a flood


def resend_jobs() -> int:
    """Nudge for every report, run, verification and simulation that waits; returns how many."""
    sent = 0
    waiting: tuple[tuple[str, QuerySet[Any]], ...] = (
        ("governance.check_run", jobs.stuck(CheckRun)),
        ("governance.make_report", jobs.stuck(Report)),
        ("governance.verify_audit", jobs.stuck(Verification)),
        ("governance.simulate", jobs.stuck(Simulation)),
    )
    for task, rows in waiting:
        for uuid in rows.order_by("queued_at").values_list("uuid", flat=True)[:AT_ONCE]:
            nudge(task, str(uuid))
            sent += 1
    return sent
