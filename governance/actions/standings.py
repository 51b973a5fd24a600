"""What a whole run leaves behind for the trend: a few counts by component, so that no old result is read again."""

from datetime import date

from django.db.models import Count, Q, QuerySet

from governance.compliance import heat, tally
from governance.models import CheckRun, Finding, Waiver
from governance.models.jobs import Job
from registry.models.use_case import Handling


def standing_of(run: CheckRun) -> tally.Tally:
    """Counted while its parts were judged, with the findings and waivers as they are at its end: two queries."""
    parts = run.chunks.filter(state=Job.State.DONE).values_list("counts__standing", flat=True)
    found = tally.merged(part for part in parts if part)
    overdue = Q(state=Finding.State.OPEN, due_on__lt=run.as_of)
    rows = Finding.objects.filter(heat.SERIOUS | overdue)
    _count(found, rows, serious=heat.SERIOUS, overdue=overdue)
    _count(found, waivers_on(run.as_of), waivers=Q())
    return found


def waivers_on(day: date) -> QuerySet[Waiver]:
    """The waivers in force on a day."""
    rows = Waiver.objects.filter(granted_on__lte=day, expires_on__gte=day)
    return rows.filter(Q(revoked_on=None) | Q(revoked_on__gt=day))


def _count(found: tally.Tally, rows: QuerySet[Finding] | QuerySet[Waiver], **figures: Q) -> None:
    """Each figure by component and side, all in one query."""
    counts = {name: Count("pk", filter=which) for name, which in figures.items()}
    groups = rows.order_by().values_list("use_case__component__code", "use_case__handling").annotate(**counts)
    for component, handling, *numbers in groups:
        side = tally.RESTRICTED if handling == Handling.RESTRICTED else tally.OPEN
        for name, n in zip(figures, numbers, strict=True):
            if n:
                tally.add(found, component, side, name, n)
