"""Running the checks: a run is a row, worked off in chunks, taken up again where a killed worker left it."""

import time
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.actions import system_account
from accounts.models import Component, User
from audit.log import record
from audit.workflow import Refused
from governance.actions import findings, jobs
from governance.compliance import in_force, judge
from governance.compliance.contract import Snapshot
from governance.compliance.snapshot import Clocks, scope, snapshots
from governance.models import CheckResult, CheckRun
from governance.nudge import nudge
from registry.models import ImportBatch, UseCase

CHUNK = 500


@transaction.atomic
def start_run(
    *,
    actor: User,
    as_of: date | None = None,
    known_at: datetime | None = None,
    component: Component | None = None,
    use_case: UseCase | None = None,
) -> CheckRun:
    """Make the row of a run and nudge a worker; refused while the files' editions are not the loaded ones."""
    clocks = Clocks(as_of or timezone.localdate(), known_at)
    in_force.provision_rows(in_force.rules(clocks))
    run = CheckRun.objects.create(
        as_of=clocks.as_of,
        known_at=known_at,
        component_code=component.code if component else "",
        use_case=use_case,
        started_by=actor,
    )
    nudge("governance.check_run", str(run.uuid))
    return run


def check_now(
    *,
    actor: User,
    as_of: date | None = None,
    known_at: datetime | None = None,
    component: Component | None = None,
) -> CheckRun | None:
    """Run at once in this process, as a command does. The row stands, so a killed command is taken up by a worker."""
    with transaction.atomic():  # no worker sees the row before it is claimed
        run = start_run(actor=actor, as_of=as_of, known_at=known_at, component=component)
        claimed = jobs.claim(CheckRun, run.pk)
    return _work_off(claimed) if claimed else None


def check_soon(use_case: UseCase, *, actor: User) -> None:
    """Have one case checked again by a worker, after something about it was filed or recorded.

    A catalogue that is not loaded must not stop the act that asks: the nightly run says so.
    """
    try:
        start_run(actor=actor, use_case=use_case)
    except Refused:
        return


def after_imports() -> CheckRun | None:
    """Check the whole registry once after an inventory file was confirmed; the registry itself knows no checks."""
    newest = ImportBatch.objects.filter(state=ImportBatch.State.CONFIRMED).aggregate(at=Max("confirmed_at"))["at"]
    if newest is None:
        return None
    if CheckRun.objects.filter(component_code="", use_case=None, known_at=None, started_at__gte=newest).exists():
        return None
    return perform(start_run(actor=system_account()).uuid)


def nightly() -> CheckRun | None:
    """Check the whole registry as of today; a day that has its run waiting or done by the schedule needs no second."""
    today, system = timezone.localdate(), system_account()
    waiting = CheckRun.objects.filter(as_of=today, component_code="", use_case=None, known_at=None, started_by=system)
    if waiting.exclude(state=CheckRun.State.FAILED).exclude(state=CheckRun.State.DONE).exists():
        return None
    return perform(start_run(actor=system).uuid)


def perform(uuid: UUID | str) -> CheckRun | None:
    """Work a run off; None when it is done or another worker has it.

    A killed run is taken up after its lease: cases that have a result keep it, findings change in one transaction
    at the end, so taking it up twice gives the same.
    """
    pk = CheckRun.objects.filter(uuid=uuid).values_list("pk", flat=True).first()
    run = jobs.claim(CheckRun, pk) if pk else None
    return _work_off(run) if run else None


def _work_off(run: CheckRun) -> CheckRun | None:
    began = time.monotonic()
    clocks = Clocks(run.as_of, run.known_at)
    rules = in_force.rules(clocks)
    try:
        provisions = in_force.provision_rows(rules)
    except Refused as refused:
        jobs.fail(run, str(refused))
        return None
    _judge_all(run, clocks, rules)
    _finish(run, provisions, len(rules), began)
    return run


def _judge_all(run: CheckRun, clocks: Clocks, rules: Sequence[judge.Rule]) -> None:
    cases = scope(run.component_code, run.use_case)
    done = run.results.count()
    left = snapshots(cases.exclude(check_results__run=run), clocks)
    for chunk in _chunks(left):
        keys = dict(
            UseCase.objects.filter(use_case_id__in=[s.use_case_id for s in chunk]).values_list("use_case_id", "pk")
        )
        results = [_result(run, keys[s.use_case_id], s, rules) for s in chunk]
        CheckResult.objects.bulk_create(results, ignore_conflicts=True)
        done += len(chunk)
        jobs.extend(run, f"{done} cases checked")


def _chunks(found: Iterator[Snapshot]) -> Iterator[list[Snapshot]]:
    while chunk := list(islice(found, CHUNK)):
        yield chunk


def _result(run: CheckRun, key: int, snapshot: Snapshot, rules: Sequence[judge.Rule]) -> CheckResult:
    problems = [judged.as_json() for judged in judge.judge(snapshot, rules)]
    return CheckResult(run=run, use_case_id=key, problems=problems, levels=judge.levels(snapshot))


@transaction.atomic
def _finish(run: CheckRun, provisions: dict[tuple[str, str], int], rules: int, began: float) -> None:
    """Change the findings and end the run in one transaction: a worker killed before leaves neither."""
    counts: dict[str, Any] = {"use_cases": run.results.count(), "provisions": rules}
    counts |= findings.reconcile(run, provisions)
    counts["seconds"] = round(time.monotonic() - began, 3)
    jobs.finish(run, counts=counts, is_reconciled=counts["reconciled"])
    record("check_run.completed", run, actor=run.started_by, data=counts)
