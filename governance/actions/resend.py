"""Nudging again for work whose message was lost, or whose worker died (design section 3)."""

from governance.actions import jobs
from governance.models import CheckRun, Report
from governance.nudge import nudge

AT_ONCE = 20  # a lost broker comes back to a few nudges, not to a flood


def resend_jobs() -> int:
    """Nudge for every report and run that waits; returns how many."""
    sent = 0
    runs, reports = jobs.stuck(CheckRun), jobs.stuck(Report)
    for task, rows in (("governance.check_run", runs), ("governance.make_report", reports)):
        for uuid in rows.order_by("queued_at").values_list("uuid", flat=True)[:AT_ONCE]:
            nudge(task, str(uuid))
            sent += 1
    return sent
