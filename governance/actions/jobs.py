"""Taking up, extending and ending work that is a row."""

from datetime import timedelta
from typing import Any, TypeVar

from django.db.models import Case, F, Q, QuerySet, TextField, Value, When
from django.utils import timezone

from governance.models.jobs import Job

LEASE = timedelta(minutes=3)
NUDGE_TAKES = timedelta(seconds=15)
MAX_ATTEMPTS = 3
J = TypeVar("J", bound=Job)


class LeaseLost(Exception):
    """Somebody else took the job up after this worker's lease had ended."""


def waiting(model: type[J]) -> "QuerySet[J]":
    """Jobs a worker may take up now: queued ones, and running ones whose lease ended."""
    return model._default_manager.filter(
        Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=timezone.now())
    )


def stuck(model: type[J]) -> "QuerySet[J]":
    """Jobs whose nudge was lost or whose worker died: waiting for longer than a nudge takes."""
    return waiting(model).filter(queued_at__lt=timezone.now() - NUDGE_TAKES)


def claim(model: type[J], pk: Any, *, most: int = MAX_ATTEMPTS) -> J | None:
    """Take a job up by one conditional UPDATE; None when it is done, or another worker has it.

    A job that was tried `most` times is failed with a sentence instead of being tried for ever; what was said
    of the last attempt stays.
    """
    rows = waiting(model).filter(pk=pk)
    said = f"Tried {most} times; each time the worker ended before it was done."
    spent = rows.filter(attempts__gte=most).update(
        state=Job.State.FAILED, finished_at=timezone.now(), lease_until=None,
        error=Case(When(error="", then=Value(said)), default=F("error"), output_field=TextField()),
    )  # fmt: skip
    if spent or not rows.update(
        state=Job.State.RUNNING, lease_until=timezone.now() + LEASE, attempts=F("attempts") + 1
    ):
        return None
    return model._default_manager.get(pk=pk)


def extend(job: Job, progress: str) -> None:
    """Say how far it is and hold the lease. Raises LeaseLost when another attempt has begun."""
    rows = type(job)._default_manager.filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts)
    if rows.update(progress=progress[:200], lease_until=timezone.now() + LEASE) != 1:
        raise LeaseLost(str(job.pk))


def finish(job: Job, **columns: Any) -> None:
    """Mark it done together with its results, if this attempt still holds it."""
    columns |= {
        "state": Job.State.DONE,
        "finished_at": timezone.now(),
        "lease_until": None,
        "progress": "",
        "error": "",
    }
    rows = type(job)._default_manager.filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts)
    if rows.update(**columns) != 1:
        raise LeaseLost(str(job.pk))
    for name, value in columns.items():
        setattr(job, name, value)


def postpone(job: Job, error: str, wait: timedelta) -> None:
    """Keep it for another attempt after `wait`, with what went wrong."""
    type(job)._default_manager.filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts).update(
        lease_until=timezone.now() + wait, error=error[:2000]
    )


def again(job: Job) -> None:
    """Queue a failed or postponed job as if it were new."""
    type(job)._default_manager.filter(pk=job.pk).exclude(state=Job.State.DONE).update(
        state=Job.State.QUEUED, attempts=0, lease_until=None, finished_at=None, queued_at=timezone.now()
    )


def fail(job: Job, error: str) -> None:
    """Mark it failed with a sentence for the person who asked."""
    type(job)._default_manager.filter(pk=job.pk, attempts=job.attempts).update(
        state=Job.State.FAILED, finished_at=timezone.now(), lease_until=None, error=error[:2000]
    )
