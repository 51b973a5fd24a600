"""What runs found, read in one way: results are kept by change, each from a run until a later one finds otherwise."""

from collections import Counter
from typing import Any

from django.db.models import Q, QuerySet

from governance.models import CheckResult, CheckRun
from governance.models.jobs import Job


def standing() -> QuerySet[CheckResult]:
    """The newest result of every case of the inventory."""
    return CheckResult.objects.filter(replaced_at=None, is_reproduction=False, is_judged=True)


def results_of(run: CheckRun) -> QuerySet[CheckResult]:
    """What a run found: its own rows for a reproduction, else what stood when it ended of the cases it looked at."""
    if not run.changes_findings:
        return run.results.filter(is_reproduction=True, is_judged=True)
    if run.finished_at is None:
        return CheckResult.objects.none()
    stood = Q(replaced_at=None) | Q(replaced_at__gt=run.finished_at)
    rows = CheckResult.objects.filter(stood, recorded_at__lte=run.finished_at, is_reproduction=False, is_judged=True)
    return rows if run.is_whole else rows.filter(use_case__in=cases_of(run))


def cases_of(run: CheckRun) -> set[int]:
    """The cases a run looked at."""
    return {pk for cases in run.chunks.values_list("cases", flat=True) for pk in cases}


def not_evaluated(run: CheckRun) -> list[tuple[CheckResult, dict[str, Any]]]:
    """Case and provision of each check that raised, by Use Case ID."""
    rows = results_of(run).exclude(not_evaluated=[]).select_related("use_case__component")
    return [(row, one) for row in rows.order_by("use_case__use_case_id") for one in row.not_evaluated]


def progress(run: CheckRun) -> tuple[int, int]:
    """(cases done, cases to do) of a run at work."""
    done = 0
    total = 0
    for state, cases in run.chunks.values_list("state", "cases"):
        total += len(cases)
        done += len(cases) if state == Job.State.DONE else 0
    return done, total


def summed(run: CheckRun) -> Counter[str]:
    """The counts of its chunks."""
    found: Counter[str] = Counter()
    for counts in run.chunks.filter(state=Job.State.DONE).values_list("counts", flat=True):
        found.update({name: n for name, n in counts.items() if isinstance(n, int)})
    return found


def raised_before(run: CheckRun) -> set[str]:
    """Provisions of which some case could not be evaluated before the run began: people were told of those."""
    rows = CheckResult.objects.filter(is_reproduction=False, recorded_at__lt=run.queued_at).exclude(not_evaluated=[])
    rows = rows.filter(Q(replaced_at=None) | Q(replaced_at__gte=run.queued_at))
    return {one["ref"] for found in rows.values_list("not_evaluated", flat=True) for one in found}
