"""Running the checks: a run is a row, its chunks are rows, and any worker takes the next one."""

import time
from datetime import date, datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone

from accounts.actions import system_account
from accounts.models import Component, User
from audit.log import record
from audit.workflow import Refused
from governance.actions import jobs, planning, sweeps
from governance.actions.standings import standing_of
from governance.compliance import in_force, results
from governance.compliance.permissions import run_refusals
from governance.compliance.snapshot import Clocks
from governance.models import CheckChunk, CheckMark, CheckRun
from governance.models.jobs import Job
from governance.nudge import nudge
from registry.models import UseCase

log = structlog.get_logger("portal.checks")
TASK = "governance.check_run"
SIDE_BY_SIDE = 4  # workers asked to take part in a run
WAIT = 0.2  # seconds between two looks at chunks other workers have
NOT_EVALUATED = "check_run.not_evaluated"
CORRECTED = "check_run.corrected"


@transaction.atomic
def start_run(
    *,
    actor: User,
    as_of: date | None = None,
    known_at: datetime | None = None,
    component: Component | None = None,
    use_case: UseCase | None = None,
    is_afresh: bool = False,
) -> CheckRun:
    """Make the row of a run and nudge a worker; refused while the files' editions are not the loaded ones.

    `is_afresh`: judge every case again, also those that read as they did.
    """
    clocks = Clocks(as_of or timezone.localdate(), known_at)
    in_force.provision_rows(in_force.rules(clocks))
    run = CheckRun.objects.create(
        as_of=clocks.as_of,
        known_at=known_at,
        component_code=component.code if component else "",
        use_case=use_case,
        is_afresh=is_afresh,
        started_by=actor,
    )
    nudge(TASK, str(run.uuid))
    return run


def request_run(
    *, actor: User, as_of: date | None = None, known_at: datetime | None = None, component: Component | None = None
) -> CheckRun:
    """A run somebody asks for on a page. One like it that waits or is at work is given back. Refused to others."""
    day = as_of or timezone.localdate()
    if reasons := run_refusals(actor, is_reproduction=known_at is not None or day < timezone.localdate()):
        raise Refused(*reasons)
    code = component.code if component else ""
    like = CheckRun.objects.filter(as_of=day, known_at=known_at, component_code=code, use_case=None)
    waiting = like.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING], is_incremental=False).first()
    if waiting:
        return waiting
    with transaction.atomic():
        run = start_run(actor=actor, as_of=day, known_at=known_at, component=component)
        asked = {"known_at": known_at.isoformat() if known_at else None, "component": code}
        record("check_run.requested", run, actor=actor, data=asked)
    return run


def check_now(
    *,
    actor: User,
    as_of: date | None = None,
    known_at: datetime | None = None,
    component: Component | None = None,
    is_afresh: bool = False,
) -> CheckRun:
    """Run to the end, done or failed, as a command does: chunks other workers took are waited for."""
    run = start_run(actor=actor, as_of=as_of, known_at=known_at, component=component, is_afresh=is_afresh)
    while perform(run.uuid) is None:
        run.refresh_from_db()
        if run.state in {Job.State.DONE, Job.State.FAILED}:
            break
        time.sleep(WAIT)
    run.refresh_from_db()
    return run


def check_soon(use_case: UseCase, *, actor: User) -> None:
    """Have one case looked at again, after something about it was filed or recorded; by the next small run."""
    del actor  # the portal looks, whoever acted
    CheckMark.objects.create(use_case=use_case)
    nudge("governance.check_changes")


def check_changes() -> CheckRun | None:
    """Look at what changed or fell due since the last look; None when there is nothing to do, or a run is at work.

    The whole registry where every case may come out differently: another edition or status in the catalogue, another
    questionnaire in force, a newer reporting year, or no run yet.
    """
    at_work = CheckRun.objects.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING], known_at=None, use_case=None)
    if at_work.filter(as_of=timezone.localdate(), component_code="").exists():
        return None
    try:
        if planning.is_whole_due():
            return perform(start_run(actor=system_account()).uuid)
    except Refused:  # a catalogue that is not loaded: the nightly run says so
        return None
    if not planning.has_changes():
        return None
    run = CheckRun.objects.create(as_of=timezone.localdate(), is_incremental=True, started_by=system_account())
    return perform(run.uuid)


def nightly() -> CheckRun | None:
    """Check the whole registry as of today; a day that has its run waiting or done by the schedule needs no second."""
    today, system = timezone.localdate(), system_account()
    waiting = CheckRun.objects.filter(as_of=today, component_code="", use_case=None, known_at=None, started_by=system)
    waiting = waiting.filter(is_incremental=False)
    if waiting.exclude(state=CheckRun.State.FAILED).exclude(state=CheckRun.State.DONE).exists():
        return None
    return perform(start_run(actor=system).uuid)


def perform(uuid: UUID | str) -> CheckRun | None:
    """Take part in a run until none of its chunks is left to take; the run when it ended by this.

    Any number of workers may be at it. A run that was not planned yet is planned by the first.
    """
    run = CheckRun.objects.filter(uuid=uuid).first()
    if run is None or run.state not in {Job.State.QUEUED, Job.State.RUNNING}:
        return None
    try:
        if run.state == Job.State.QUEUED and not planning.plan(run):
            return None
        run.refresh_from_db()
        bench = sweeps.Bench(run)
    except Refused as refused:
        jobs.fail(run, str(refused))
        return None
    _call_others(run)
    _work_off(bench)
    return _conclude(run, provisions=len(bench.rules))


def _call_others(run: CheckRun) -> None:
    """Before the first chunk is taken; a nudge too many finds nothing to take."""
    if run.chunks.exclude(state=Job.State.QUEUED).exists():
        return
    for _ in range(min(run.chunks.count(), SIDE_BY_SIDE) - 1):
        nudge(TASK, str(run.uuid))


def _work_off(bench: sweeps.Bench) -> None:
    while chunk := sweeps.take(bench.run):
        try:
            sweeps.work(bench, chunk)
        except jobs.LeaseLost:
            continue
        except Exception as error:  # a chunk that cannot be judged must not keep the others from it
            log.exception("chunk_failed", run=str(bench.run.uuid), number=chunk.number)
            sweeps.put_back(chunk, f"{type(error).__name__}: {error}")


@transaction.atomic
def _conclude(run: CheckRun, *, provisions: int) -> CheckRun | None:
    """End the run once its last chunk has; None while others are at work. One worker of several does it."""
    row = CheckRun.objects.select_for_update().get(pk=run.pk)
    chunks = CheckChunk.objects.filter(run=row)
    if row.state != Job.State.RUNNING or chunks.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING]).exists():
        return None
    failed = chunks.filter(state=Job.State.FAILED)
    if failed.exists():
        said = failed.values_list("error", flat=True)[0]
        jobs.fail(row, f"{failed.count()} of {chunks.count()} parts could not be judged. The first: {said}")
        return None
    counts: dict[str, Any] = {"use_cases": 0, "provisions": provisions}
    counts |= dict.fromkeys(
        ("problems", "opened", "kept", "resolved", "waived", "not_evaluated", "unchanged", "corrected"), 0
    )
    counts |= results.summed(row)
    if not row.changes_findings:
        counts |= {"opened": 0, "kept": 0, "resolved": 0}
    counts |= {"reconciled": row.changes_findings, "seconds": _seconds(row)}
    standing = standing_of(row) if row.is_whole and row.changes_findings else {}
    jobs.finish(row, counts=counts, standing=standing, is_reconciled=row.changes_findings)
    if not row.is_incremental or counts["opened"] or counts["resolved"]:
        record("check_run.completed", row, actor=row.started_by, data=counts)
    if counts["not_evaluated"] and row.changes_findings:
        _tell_of_raised(row)
    if counts["corrected"]:
        record(CORRECTED, row, actor=system_account(), data={"cases": counts["corrected"]})
    return row


def _seconds(run: CheckRun) -> float:
    return round((timezone.now() - run.queued_at).total_seconds(), 3)


def _tell_of_raised(run: CheckRun) -> None:
    """Once for each provision that could be evaluated before and cannot now; the log has every case."""
    found = results.not_evaluated(run)
    known = results.raised_before(run)
    fresh = sorted({one["ref"] for _, one in found} - known)
    if fresh:
        cases = len({row.use_case_id for row, one in found if one["ref"] in fresh})
        record(NOT_EVALUATED, run, actor=system_account(), data={"provisions": fresh, "cases": cases})
