"""What a whole run leaves behind for the trend: a few counts by component, so that no old result is read again."""

from datetime import date

from django.db.models import Count, Q, QuerySet

from governance.compliance import heat, tally
from governance.models import CheckRun, Finding, Waiver
from governance.models.jobs import Job
from registry.models.use_case import Handling


def standing_of(run: CheckRun) -> tally.Tally:
    """Counted while its parts were judged, with the findings and waivers as they are at its end: three queries."""
    parts = run.chunks.filter(state=Job.State.DONE).values_list("counts__standing", flat=True)
    found = tally.merged(part for part in parts if part)
    open_ones = Finding.objects.filter(state=Finding.State.OPEN)
    _count(found, "serious", heat.serious(Finding.objects.all()))
    _count(found, "overdue", open_ones.filter(due_on__lt=run.as_of))
    _count(found, "waivers", waivers_on(run.as_of))
    return found


def waivers_on(day: date) -> QuerySet[Waiver]:
    """The waivers in force on a day."""
    rows = Waiver.objects.filter(granted_on__lte=day, expires_on__gte=day)
    return rows.filter(Q(revoked_on=None) | Q(revoked_on__gt=day))


def _count(found: tally.Tally, figure: str, rows: QuerySet[Finding] | QuerySet[Waiver]) -> None:
    groups = rows.order_by().values_list("use_case__component__code", "use_case__handling").annotate(n=Count("pk"))
    for component, handling, n in groups:
        side = tally.RESTRICTED if handling == Handling.RESTRICTED else tally.OPEN
        tally.add(found, component, side, figure, n)
