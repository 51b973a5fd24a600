"""One chunk of a run: its cases read, judged, and settled in one transaction.

Killed at any point it is taken up again and comes to the same: results and findings change together with the chunk's
own end, or not at all. A case that comes out as it stood is not written to.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone

from governance.actions import findings, jobs
from governance.compliance import due, in_force, judge, tally
from governance.compliance.snapshot import Clocks, IndexedTwins, Reader, Twins, days_ahead
from governance.compliance.snapshot.filings import among
from governance.models import CheckChunk, CheckMark, CheckResult, CheckRun, Finding
from governance.models.jobs import Job
from registry.models import UseCase

log = structlog.get_logger("portal.checks")
MOST = 8  # times a chunk is tried: a worker may be stopped for reasons that are not the chunk's


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came out for one case. `is_judged` False: it is not in the inventory."""

    case: int
    judged: list[judge.Judged]
    levels: dict[str, str]
    not_evaluated: list[dict[str, Any]]
    due_on: date | None
    digest: str
    is_judged: bool = True
    place: tally.Place | None = None  # where the trend counts it

    @property
    def problems(self) -> list[dict[str, Any]]:
        """As they are stored: made only for what is different."""
        return [one.as_json() for one in self.judged]

    @property
    def waived(self) -> int:
        """How many of the problems a waiver covers."""
        return sum(one.is_waived for one in self.judged)


def _digest(judged: list[judge.Judged], levels: dict[str, str], raised: list[dict[str, Any]], is_judged: bool) -> str:
    """Whether it is the same as before: a hash of everything that is stored."""
    text = f"{is_judged}{levels}{raised}" + "".join([one.told() for one in judged])
    return blake2b(text.encode(), digest_size=16).hexdigest()


GONE = _digest([], {}, [], is_judged=False)


class Bench:
    """What a worker needs for every chunk of a run, made once: the rules, the readers, nothing of any case."""

    def __init__(self, run: CheckRun) -> None:
        self.run, self.clocks = run, Clocks(run.as_of, run.known_at)
        self.rules = in_force.rules(self.clocks)
        self.provisions = in_force.provision_rows(self.rules)
        self.terms = findings.terms_of(self.rules)
        self._examiner = judge.Examiner(self.rules)
        self._next_day = due.watcher(self.rules)
        self.is_now = run.known_at is None and run.as_of == timezone.localdate()
        self._reader = Reader(self.clocks, IndexedTwins(self.clocks) if self.is_now else Twins(self.clocks))

    def judge(self, cases: Sequence[int]) -> list[Judgement]:
        """Judge these cases; one that is not in the inventory is said to be so."""
        ahead = days_ahead(cases, self.clocks.as_of) if self.run.changes_findings else {}
        found = {}
        for pk, snapshot in self._reader.read(cases):
            judged, raised = self._examiner.examine(snapshot)
            day = self._next_day(snapshot) if self.run.changes_findings else None
            due_on = min((one for one in (day, ahead.get(pk)) if one), default=None)
            levels, not_evaluated = judge.levels(snapshot), [one.as_json() for one in raised]
            digest = _digest(judged, levels, not_evaluated, is_judged=True)
            place = tally.place(snapshot)
            found[pk] = Judgement(pk, judged, levels, not_evaluated, due_on, digest, place=place)
            for one in raised:
                log.error("check_raised", use_case=snapshot.use_case_id, **one.as_json(), exc_info=one.cause)
        gone = (Judgement(pk, [], {}, [], ahead.get(pk), GONE, is_judged=False) for pk in cases if pk not in found)
        return [*found.values(), *gone]


def take(run: CheckRun) -> CheckChunk | None:
    """The next chunk no other worker has: those that ended a worker come last, and fail when tried too often."""
    while True:
        with transaction.atomic():
            rows = (
                jobs.waiting(CheckChunk)
                .filter(run=run)
                .order_by("attempts", "number")
                .select_for_update(skip_locked=True)
            )
            pk = rows.values_list("pk", flat=True).first()
            if pk is None:
                return None
            if chunk := jobs.claim(CheckChunk, pk, most=MOST):
                return chunk


def work(bench: Bench, chunk: CheckChunk) -> None:
    """Judge one chunk and settle it. Raises LeaseLost when another worker has begun it meanwhile."""
    read_at = timezone.now()
    marks = list(CheckMark.objects.filter(use_case__in=among(chunk.cases)).values_list("pk", flat=True))
    with _no_collecting():
        judged = bench.judge(chunk.cases)
    with transaction.atomic():
        _hold(chunk)
        counts = _settle(bench, judged, read_at) if bench.run.changes_findings else _keep_apart(bench.run, judged)
        if bench.run.changes_findings and bench.is_now:  # else whoever looks as of today has to look still
            CheckMark.objects.filter(pk__in=marks).delete()
        standing = tally.counted(one.place for one in judged)
        jobs.finish(chunk, counts={**(_counted(judged) + counts), "standing": standing})
    lease = timezone.now() + jobs.LEASE
    CheckRun.objects.filter(pk=bench.run.pk, state=Job.State.RUNNING).update(lease_until=lease)


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Without the search for cycles: there are none among documents, and it costs a fifth of a sweep's time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _hold(chunk: CheckChunk) -> None:
    """Nobody else takes the chunk up from here on. Raises LeaseLost when somebody has already."""
    rows = CheckChunk.objects.filter(pk=chunk.pk, state=Job.State.RUNNING, attempts=chunk.attempts)
    if not rows.select_for_update().exists():
        raise jobs.LeaseLost(str(chunk.pk))


def put_back(chunk: CheckChunk, error: str) -> None:
    """Of a chunk that ended in an error: tried again at once, and after a few times given up."""
    rows = CheckChunk.objects.filter(pk=chunk.pk, state=Job.State.RUNNING, attempts=chunk.attempts)
    if chunk.attempts < jobs.MAX_ATTEMPTS:
        rows.update(state=Job.State.QUEUED, lease_until=None, error=error[:2000])
    else:
        jobs.fail(chunk, error)


def _counted(judged: list[Judgement]) -> Counter[str]:
    counts = Counter(use_cases=sum(one.is_judged for one in judged))
    for one in judged:
        waived = one.waived
        counts["problems"] += len(one.judged) - waived
        counts["waived"] += waived
        counts["not_evaluated"] += len(one.not_evaluated)
    return counts


def _keep_apart(run: CheckRun, judged: list[Judgement]) -> Counter[str]:
    """A reproduction keeps its own results and touches nothing."""
    rows = [_row(run, one, timezone.now(), is_reproduction=True) for one in judged if one.is_judged]
    CheckResult.objects.bulk_create(rows, batch_size=500)
    return Counter()


# -- what changed ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """The result of a case that stands."""

    pk: int
    digest: str
    judged_at: datetime
    due_on: date | None


def _standing(cases: Sequence[int]) -> dict[int, Standing]:
    rows = CheckResult.objects.filter(use_case__in=among(cases), replaced_at=None, is_reproduction=False)
    found = rows.values_list("use_case_id", "pk", "digest", "judged_at", "due_on")
    return {case: Standing(pk, digest, at, day) for case, pk, digest, at, day in found}


def _open_counts(cases: Sequence[int]) -> dict[int, int]:
    rows = Finding.objects.filter(use_case__in=among(cases)).exclude(state=Finding.State.RESOLVED)
    return dict(rows.order_by().values_list("use_case").annotate(n=Count("pk")))


def _settle(bench: Bench, judged: list[Judgement], read_at: datetime) -> Counter[str]:
    """Write what is different. Without a difference no lock is taken and nothing is written."""
    differing = _differing(judged)
    counts: Counter[str] = Counter()
    if differing:
        findings.hold()
        differing = _not_overtaken(bench.run, _differing(differing), read_at)
        counts = _write(bench, differing, read_at)
    same = {one.case for one in judged} - {one.case for one in differing}
    counts["kept"] += sum(len(one.judged) - one.waived for one in judged if one.case in same)
    return counts


def _differing(judged: list[Judgement]) -> list[Judgement]:
    """Cases whose result or next day is another, or whose findings are not as many as their result says."""
    cases = [one.case for one in judged]
    known, opened = _standing(cases), _open_counts(cases)

    def differs(one: Judgement) -> bool:
        stands = known.get(one.case)
        if stands is None:
            return one.is_judged or one.due_on is not None or one.case in opened
        if stands.digest != one.digest or stands.due_on != one.due_on:
            return True
        found = opened.get(one.case, 0)
        return not one.not_evaluated and found != len(one.judged) and found != len({each.slot for each in one.judged})

    return [one for one in judged if differs(one)]


def _not_overtaken(run: CheckRun, judged: list[Judgement], read_at: datetime) -> list[Judgement]:
    """Without cases somebody has read later: newer facts must not be judged away. Their marks see to the rest."""
    newest = CheckRun.objects.filter(changes_findings=True).aggregate(day=Max("as_of"))["day"]
    if newest > run.as_of:
        return []
    known = _standing([one.case for one in judged])
    return [one for one in judged if one.case not in known or known[one.case].judged_at <= read_at]


def _row(run: CheckRun, one: Judgement, read_at: datetime, **columns: Any) -> CheckResult:
    return CheckResult(
        run=run, use_case_id=one.case, problems=one.problems, levels=one.levels, not_evaluated=one.not_evaluated,
        digest=one.digest, due_on=one.due_on, is_judged=one.is_judged, judged_at=read_at, **columns,
    )  # fmt: skip


def _write(bench: Bench, judged: list[Judgement], read_at: datetime) -> Counter[str]:
    known, now = _standing([one.case for one in judged]), timezone.now()
    fresh = [one for one in judged if one.case not in known or known[one.case].digest != one.digest]
    replaced = [known[one.case].pk for one in fresh if one.case in known]
    CheckResult.objects.filter(pk__in=replaced).update(replaced_at=now)
    rows = [_row(bench.run, one, read_at, recorded_at=now) for one in fresh]
    CheckResult.objects.bulk_create(rows, batch_size=500)
    again = {one.case for one in fresh}
    moved = {known[one.case].pk: one.due_on for one in judged if one.case not in again}
    by_day: dict[date | None, list[int]] = {}
    for pk, day in moved.items():
        by_day.setdefault(day, []).append(pk)
    for day, keys in by_day.items():
        CheckResult.objects.filter(pk__in=keys).update(due_on=day)
    ids = dict(UseCase.objects.filter(pk__in=[one.case for one in judged]).values_list("pk", "use_case_id"))
    found = [
        findings.Found(one.case, ids[one.case], one.problems, frozenset(raised["ref"] for raised in one.not_evaluated))
        for one in judged
        if one.case in ids
    ]
    return findings.settle(bench.run, found, bench.provisions, bench.terms)
