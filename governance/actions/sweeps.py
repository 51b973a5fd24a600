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
from django.db.models import Max
from django.utils import timezone

from governance.actions import findings, jobs
from governance.compliance import due, in_force, judge, kept, tally
from governance.compliance.snapshot import Clocks, Gathered, IndexedTwins, Reader, Twins, days_ahead
from governance.compliance.snapshot.filings import among
from governance.models import CheckChunk, CheckMark, CheckResult, CheckRun
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
    facts: str = ""  # a hash over all it rests on

    @property
    def problems(self) -> list[dict[str, Any]]:
        """As they are stored: made only for what is different."""
        return [one.as_json() for one in self.judged]

    @property
    def waived(self) -> int:
        """How many of the problems a waiver covers."""
        return sum(one.is_waived for one in self.judged)

    @property
    def findings(self) -> int:
        """How many findings follow: problems alike are one."""
        return len({one.slot for one in self.judged})


def _digest(judged: list[judge.Judged], levels: dict[str, str], raised: list[dict[str, Any]], is_judged: bool) -> str:
    """Whether it is the same as before: a hash of everything that is stored."""
    text = f"{is_judged}{levels}{raised}" + "".join([one.told() for one in judged])
    return blake2b(text.encode(), digest_size=16).hexdigest()


Seen = tuple[dict[int, kept.Standing], dict[int, int]]
"""What stands of some cases: their results, and how many findings of each are open."""


def _seen(cases: Sequence[int]) -> Seen:
    return kept.standing(cases), kept.open_counts(cases)


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
        is_kept = self.is_now and run.changes_findings
        self._keeper = kept.Keeper(run.basis, self.rules, run.as_of) if is_kept else None

    def look(self, cases: Sequence[int]) -> tuple[list[Judgement], list[kept.Standing], Seen | None]:
        """What these cases come to, and the judgements that stand because all they rest on reads as it did.

        With what stood of all of them before, where that was read.
        """
        before = _seen(cases) if self._keeper and self.run.is_sweep else None
        known, opened = before or ({}, {})
        ahead = days_ahead(cases, self.clocks.as_of) if self.run.changes_findings else {}
        rest, same, seen = [], [], set()
        for one in self._reader.gather(cases, to_compare=self._keeper is not None):
            seen.add(one.pk)
            facts = self._keeper.facts(one.told(), ahead.get(one.pk)) if self._keeper else ""
            stands = known.get(one.pk)
            if self._keeper and stands and self._keeper.keeps(stands, facts, opened.get(one.pk, 0)):
                same.append(stands)
            else:
                rest.append((one, facts))
        self._reader.open([one for one, _ in rest])
        judged = [self._judge(one, facts, ahead.get(one.pk)) for one, facts in rest]
        return judged + [_absent(pk, ahead.get(pk)) for pk in cases if pk not in seen], same, before

    def _judge(self, one: Gathered, facts: str, ahead: date | None) -> Judgement:
        """Judge one case; facts that cannot be read leave every provision without an answer, and stop nothing else."""
        try:
            snapshot = one.snapshot()
        except Exception as error:  # noqa: BLE001 (documents of many years: what may be wrong with one is not known)
            return self._unread(one, error, ahead)
        if snapshot is None:
            return _absent(one.pk, ahead, facts)
        judged, raised = self._examiner.examine(snapshot)
        day = self._next_day(snapshot) if self.run.changes_findings else None
        due_on = min((each for each in (day, ahead) if each), default=None)
        levels, not_evaluated = judge.levels(snapshot), [each.as_json() for each in raised]
        digest = _digest(judged, levels, not_evaluated, is_judged=True)
        for each in raised:
            log.error("check_raised", use_case=snapshot.use_case_id, **each.as_json(), exc_info=each.cause)
        return Judgement(
            one.pk, judged, levels, not_evaluated, due_on, digest,
            place=tally.place(snapshot), facts="" if raised else facts,
        )  # fmt: skip

    def _unread(self, one: Gathered, error: Exception, ahead: date | None) -> Judgement:
        log.error("case_unread", use_case=one.filed.use_case_id, error=type(error).__name__, exc_info=error)
        raised = [judge.NotEvaluated(rule, type(error).__name__).as_json() for rule in self.rules]
        return Judgement(one.pk, [], {}, raised, ahead, _digest([], {}, raised, is_judged=True))


def _absent(case: int, ahead: date | None, facts: str = "") -> Judgement:
    return Judgement(case, [], {}, [], ahead, GONE, is_judged=False, facts=facts)


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
        judged, same, before = bench.look(chunk.cases)
    with transaction.atomic():
        _hold(chunk)
        counts = (
            _settle(bench, judged, read_at, before) if bench.run.changes_findings else _keep_apart(bench.run, judged)
        )
        if bench.run.changes_findings and bench.is_now:  # else whoever looks as of today has to look still
            CheckMark.objects.filter(pk__in=marks).delete()
        standing = tally.counted([*(one.place for one in judged), *(one.place for one in same)])
        jobs.finish(chunk, counts={**(_counted(judged) + _kept(same) + counts), "standing": standing})
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


def _kept(same: list[kept.Standing]) -> Counter[str]:
    """What stands unchanged, and was not judged again."""
    counts = Counter(use_cases=sum(one.is_judged for one in same), unchanged=len(same))
    counts["problems"] = sum(one.problems for one in same)
    counts["waived"] = sum(one.waived for one in same)
    counts["kept"] = counts["problems"]
    return counts


def _keep_apart(run: CheckRun, judged: list[Judgement]) -> Counter[str]:
    """A reproduction keeps its own results and touches nothing."""
    rows = [_row(run, one, timezone.now(), is_reproduction=True) for one in judged if one.is_judged]
    CheckResult.objects.bulk_create(rows, batch_size=500)
    return Counter()


# -- what changed ------------------------------------------------------------------------------------


def _settle(bench: Bench, judged: list[Judgement], read_at: datetime, before: Seen | None = None) -> Counter[str]:
    """Write what is different. Without a difference no lock is taken and nothing is written.

    `before`: what stood when the cases were looked at; what differs from it is compared again under the lock.
    """
    differing = _differing(judged, before or _seen([one.case for one in judged]))
    counts: Counter[str] = Counter()
    if differing:
        findings.hold()
        still = _differing(differing, _seen([one.case for one in differing]))
        differing = _not_overtaken(bench.run, still, read_at)
        counts = _write(bench, differing, read_at)
    same = {one.case for one in judged} - {one.case for one in differing}
    counts["kept"] += sum(len(one.judged) - one.waived for one in judged if one.case in same)
    return counts


def _differing(judged: list[Judgement], before: Seen) -> list[Judgement]:
    """Cases whose result or next day is another, or whose findings are not as many as their result says."""
    known, opened = before

    def differs(one: Judgement) -> bool:
        stands = known.get(one.case)
        if stands is None:
            return one.is_judged or one.due_on is not None or one.case in opened
        if (stands.digest, stands.due_on, stands.facts) != (one.digest, one.due_on, one.facts):
            return True
        return not one.not_evaluated and opened.get(one.case, 0) != one.findings

    return [one for one in judged if differs(one)]


def _was_kept_wrongly(one: Judgement, stands: kept.Standing | None) -> bool:
    """Equal facts must come to the same: where they do not, a sweep kept what it should not have. Said in the log."""
    if stands is None or not one.facts or one.facts != stands.facts:
        return False
    if stands.due_on and stands.due_on <= timezone.localdate():
        return False
    log.error("judgement_differs", case=one.case, result=stands.pk)
    return True


def _not_overtaken(run: CheckRun, judged: list[Judgement], read_at: datetime) -> list[Judgement]:
    """Without cases somebody has read later: newer facts must not be judged away. Their marks see to the rest."""
    newest = CheckRun.objects.filter(changes_findings=True).aggregate(day=Max("as_of"))["day"]
    if newest > run.as_of:
        return []
    later = kept.read_later([one.case for one in judged], read_at)
    return [one for one in judged if one.case not in later]


def _aside(one: Judgement) -> dict[str, Any]:
    """What a result keeps beside what was found: it may change while that stands."""
    waived = one.waived
    values = (one.due_on, one.facts, one.place, len(one.judged) - waived, waived, one.findings)
    return dict(zip(kept.ASIDE, values, strict=True))


def _row(run: CheckRun, one: Judgement, read_at: datetime, **columns: Any) -> CheckResult:
    return CheckResult(
        run=run, use_case_id=one.case, problems=one.problems, levels=one.levels, not_evaluated=one.not_evaluated,
        digest=one.digest, is_judged=one.is_judged, judged_at=read_at, **_aside(one), **columns,
    )  # fmt: skip


def _write(bench: Bench, judged: list[Judgement], read_at: datetime) -> Counter[str]:
    known, now = kept.standing([one.case for one in judged]), timezone.now()
    fresh = [one for one in judged if one.case not in known or known[one.case].digest != one.digest]
    replaced = [known[one.case].pk for one in fresh if one.case in known]
    corrected = sum(_was_kept_wrongly(one, known.get(one.case)) for one in fresh)
    CheckResult.objects.filter(pk__in=replaced).update(replaced_at=now)
    rows = [_row(bench.run, one, read_at, recorded_at=now) for one in fresh]
    CheckResult.objects.bulk_create(rows, batch_size=500)
    again = {one.case for one in fresh}
    kept.set_aside({"id": known[one.case].pk, **_aside(one)} for one in judged if one.case not in again)
    ids = dict(UseCase.objects.filter(pk__in=[one.case for one in judged]).values_list("pk", "use_case_id"))
    found = [
        findings.Found(one.case, ids[one.case], one.problems, frozenset(raised["ref"] for raised in one.not_evaluated))
        for one in judged
        if one.case in ids
    ]
    return findings.settle(bench.run, found, bench.provisions, bench.terms) + Counter(corrected=corrected)
