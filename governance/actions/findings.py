"""Findings follow runs, here and nowhere else: open, keep, resolve, waived."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from audit.log import Entry, Subject, record_many
from governance.models import CheckResult, CheckRun, Finding
from registry.conditions import to_date

LOCK = 7_139_082  # advisory lock: one run changes findings at a time
CHUNK = 500
Key = tuple[int, int, str, str]
Provisions = dict[tuple[str, str], int]
COLUMNS = ("severity", "message", "remedy", "field", "due_on", "is_advisory", "state", "last_run")


def reconcile(run: CheckRun, provisions: Provisions) -> dict[str, Any]:
    """Let the findings of the run's cases follow its results; call it in the transaction that ends the run.

    Only a run with all that is known, of a day that has come and is not earlier than the last reconciled one's,
    changes findings: an earlier day is a reproduction and touches nothing (design section 3).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    counted = Counter({"problems": 0, "opened": 0, "kept": 0, "resolved": 0, "waived": 0})
    if not _changes_findings(run):
        for problems in run.results.values_list("problems", flat=True).iterator(chunk_size=CHUNK):
            counted["problems"] += sum(not problem["waived"] for problem in problems)
            counted["waived"] += sum(problem["waived"] for problem in problems)
        return {**counted, "reconciled": False}
    overtaken = set(_overtaken(run))
    is_baseline = run.is_whole and not CheckRun.objects.filter(
        is_reconciled=True, component_code="", use_case=None
    ).exists()  # fmt: skip
    for results in _chunks(run.results.order_by("use_case").select_related("use_case")):
        counted["problems"] += sum(not problem["waived"] for result in results for problem in result.problems)
        fresh = [result for result in results if result.use_case_id not in overtaken]
        counted.update(_Chunk(run, fresh, provisions, is_baseline).apply())
    counted["resolved"] += _resolve(run, overtaken)
    return {**counted, "reconciled": True}


def _changes_findings(run: CheckRun) -> bool:
    newest = CheckRun.objects.filter(is_reconciled=True).aggregate(day=Max("as_of"))["day"]
    return run.known_at is None and run.as_of <= timezone.localdate() and (newest is None or run.as_of >= newest)


def _overtaken(run: CheckRun) -> Iterable[int]:
    """Cases that a run which began later has already settled: newer facts must not be judged away."""
    newer = CheckRun.objects.filter(is_reconciled=True, started_at__gt=run.started_at)
    return CheckResult.objects.filter(run__in=newer).values_list("use_case_id", flat=True)


def _chunks(rows: QuerySet[CheckResult]) -> Iterator[list[CheckResult]]:
    chunk: list[CheckResult] = []
    for row in rows.iterator(chunk_size=CHUNK):
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


class _Chunk:
    """The findings of some cases, brought in line with their results."""

    def __init__(self, run: CheckRun, results: list[CheckResult], provisions: Provisions, is_baseline: bool) -> None:
        self.run, self.results, self.provisions, self.is_baseline = run, results, provisions, is_baseline
        rows = Finding.objects.filter(use_case__in=[result.use_case_id for result in results])
        self.known = {(f.use_case_id, f.provision_id, f.check_name, f.key): f for f in rows}
        before = rows.exclude(state=Finding.State.RESOLVED).order_by("opened_on")
        columns = ("use_case", "provision__ref", "check_name", "key", "opened_on", "is_baseline")
        self.before = {(case, ref, check, key): rest for case, ref, check, key, *rest in before.values_list(*columns)}
        self.made: list[Finding] = []
        self.changed: list[Finding] = []
        self.kept: list[int] = []
        self.entries: list[Entry] = []
        self.counted: Counter[str] = Counter()

    def apply(self) -> Counter[str]:
        """Write what changed in a handful of statements."""
        for result in self.results:
            for problem in result.problems:
                self._settle(result, problem)
        Finding.objects.bulk_create(self.made, batch_size=1000)
        columns = [*COLUMNS, "opened_on", "resolved_on", "has_regressed"]
        Finding.objects.bulk_update(self.changed, columns, batch_size=500)
        Finding.objects.filter(pk__in=self.kept).update(last_run=self.run)
        record_many(self.entries, actor=self.run.started_by)
        return self.counted

    def _settle(self, result: CheckResult, problem: dict[str, Any]) -> None:
        provision = self.provisions[problem["edition"], problem["ref"]]
        key: Key = (result.use_case_id, provision, problem["check"], problem["key"])
        state = Finding.State.WAIVED if problem["waived"] else Finding.State.OPEN
        self.counted["waived"] += problem["waived"]
        columns = {
            "severity": problem["severity"], "message": problem["message"], "remedy": problem["remedy"],
            "field": problem["field"], "due_on": to_date(problem["due_on"]), "is_advisory": problem["advisory"],
            "state": state, "last_run": self.run,
        }  # fmt: skip
        known = self.known.get(key)
        if known is None:
            self._open(result, key, problem, columns)
        elif known.state == Finding.State.RESOLVED:
            self._reopen(result, known, columns)
        else:
            self._keep(result, known, columns)

    def _open(self, result: CheckResult, key: Key, problem: dict[str, Any], columns: dict[str, Any]) -> None:
        """A new finding; one that stood under an earlier edition of the provision keeps since when."""
        since, was_baseline = self.before.get((key[0], problem["ref"], key[2], key[3]), (self.run.as_of, False))
        finding = Finding(
            use_case_id=key[0], provision_id=key[1], check_name=key[2], key=key[3],
            opened_on=since, opened_by_run=self.run, is_baseline=self.is_baseline or was_baseline, **columns,
        )  # fmt: skip
        self.made.append(finding)
        self._say(result, finding, {"provision": problem["ref"], "baseline": finding.is_baseline})

    def _reopen(self, result: CheckResult, finding: Finding, columns: dict[str, Any]) -> None:
        """Found again after it was resolved: it got worse, and counts from this day."""
        again = {"opened_on": self.run.as_of, "resolved_on": None, "has_regressed": True}
        for name, value in {**columns, **again}.items():
            setattr(finding, name, value)
        self.changed.append(finding)
        self._say(result, finding, {"again": True})

    def _keep(self, result: CheckResult, finding: Finding, columns: dict[str, Any]) -> None:
        is_open = columns["state"] == Finding.State.OPEN
        self.counted["kept"] += is_open
        moved = finding.state != columns["state"]
        if all(getattr(finding, name) == columns[name] for name in COLUMNS[:-1]):
            self.kept.append(finding.pk)
            return
        for name, value in columns.items():
            setattr(finding, name, value)
        self.changed.append(finding)
        if moved:
            self._event(result, finding, "finding.opened" if is_open else "finding.waived", {})

    def _say(self, result: CheckResult, finding: Finding, data: dict[str, Any]) -> None:
        is_open = finding.state == Finding.State.OPEN
        self.counted["opened"] += is_open
        self._event(result, finding, "finding.opened" if is_open else "finding.waived", data)

    def _event(self, result: CheckResult, finding: Finding, kind: str, data: dict[str, Any]) -> None:
        subject = _subject(finding, result.use_case.use_case_id)
        self.entries.append(Entry(kind, subject, data={**data, "run": str(self.run.uuid)}))


def _subject(finding: Finding, use_case_id: str) -> Subject:
    return Subject("finding", str(finding.uuid), finding.message[:120], timeline=use_case_id)


def _resolve(run: CheckRun, overtaken: set[int]) -> int:
    """Resolve what the run was to look at and no longer found, also where a provision or a case left."""
    rows = Finding.objects.exclude(state=Finding.State.RESOLVED).exclude(last_run=run).filter(_in_scope(run))
    gone = list(rows.exclude(use_case__in=overtaken).select_related("use_case__component"))
    entries = [
        Entry("finding.resolved", _subject(finding, finding.use_case.use_case_id), data={"run": str(run.uuid)})
        for finding in gone
    ]
    keys = [finding.pk for finding in gone]
    Finding.objects.filter(pk__in=keys).update(
        state=Finding.State.RESOLVED, resolved_on=run.as_of, last_run=run, has_regressed=False
    )
    record_many(entries, actor=run.started_by)
    return len(gone)


def _in_scope(run: CheckRun) -> Q:
    if run.use_case_id:
        return Q(use_case=run.use_case_id)
    return Q(use_case__component__code=run.component_code) if run.component_code else Q()
