"""Findings follow results, here and nowhere else: open, keep, resolve, waived."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F

from audit.log import Entry, Subject, record_many
from governance.models import CheckRun, Finding
from registry.conditions import to_date

Key = tuple[int, int, str, str]
Provisions = dict[tuple[str, str], int]
COLUMNS = ("severity", "message", "remedy", "field", "due_on", "is_advisory", "state")


@dataclass(frozen=True)
class Found:
    """What a case's findings are to follow. `unknown`: provisions whose check raised; theirs stay as they are."""

    case: int
    use_case_id: str
    problems: list[dict[str, Any]] = field(default_factory=list)
    unknown: frozenset[str] = frozenset()


def settle(run: CheckRun, found: Iterable[Found], provisions: Provisions) -> Counter[str]:
    """Bring the findings of these cases in line; call it in the transaction that keeps their results.

    What the run no longer finds is resolved, also where a provision or a case left.
    """
    return _Settling(run, list(found), provisions).apply()


class _Settling:
    """The findings of some cases, brought in line with what was found."""

    def __init__(self, run: CheckRun, found: list[Found], provisions: Provisions) -> None:
        self.run, self.found, self.provisions = run, found, provisions
        self.ids = {one.case: one.use_case_id for one in found}
        rows = Finding.objects.filter(use_case__in=list(self.ids)).annotate(ref=F("provision__ref"))
        self.known: dict[Key, Any] = {(f.use_case_id, f.provision_id, f.check_name, f.key): f for f in rows}
        earlier = [f for f in self.known.values() if f.state != Finding.State.RESOLVED]
        earlier.sort(key=lambda finding: finding.opened_on)
        self.before = {(f.use_case_id, f.ref, f.check_name, f.key): (f.opened_on, f.is_baseline) for f in earlier}
        self.seen: set[Key] = set()
        self.made: list[Finding] = []
        self.changed: list[Finding] = []
        self.entries: list[Entry] = []
        self.counted: Counter[str] = Counter()

    def apply(self) -> Counter[str]:
        """Write what changed in a handful of statements."""
        for one in self.found:
            for problem in one.problems:
                self._settle(one.case, problem)
        unknown = {one.case: one.unknown for one in self.found}
        for key, finding in self.known.items():
            is_gone = key not in self.seen and finding.state != Finding.State.RESOLVED
            if is_gone and finding.ref not in unknown[finding.use_case_id]:
                self._resolve(finding)
        Finding.objects.bulk_create(self.made, batch_size=1000)
        columns = [*COLUMNS, "last_run", "opened_on", "resolved_on", "has_regressed"]
        Finding.objects.bulk_update(self.changed, columns, batch_size=500)
        record_many(self.entries, actor=self.run.started_by, act=self.run.uuid)
        return self.counted

    def _settle(self, case: int, problem: dict[str, Any]) -> None:
        provision = self.provisions[problem["edition"], problem["ref"]]
        key: Key = (case, provision, problem["check"], problem["key"])
        if key in self.seen:
            return
        self.seen.add(key)
        columns = {
            "severity": problem["severity"], "message": problem["message"], "remedy": problem["remedy"],
            "field": problem["field"], "due_on": to_date(problem["due_on"]), "is_advisory": problem["advisory"],
            "state": Finding.State.WAIVED if problem["waived"] else Finding.State.OPEN,
        }  # fmt: skip
        known = self.known.get(key)
        if known is None:
            self._open(key, problem, columns)
        elif known.state == Finding.State.RESOLVED:
            self._reopen(known, columns)
        else:
            self._keep(known, columns)

    def _open(self, key: Key, problem: dict[str, Any], columns: dict[str, Any]) -> None:
        """A new finding; one that stood under an earlier edition of the provision keeps since when."""
        since, was_baseline = self.before.get((key[0], problem["ref"], key[2], key[3]), (self.run.as_of, False))
        finding = Finding(
            use_case_id=key[0], provision_id=key[1], check_name=key[2], key=key[3], opened_on=since,
            opened_by_run=self.run, last_run=self.run, is_baseline=self.run.is_baseline or was_baseline, **columns,
        )  # fmt: skip
        self.made.append(finding)
        self._say(finding, {"provision": problem["ref"], "baseline": finding.is_baseline})

    def _reopen(self, finding: Finding, columns: dict[str, Any]) -> None:
        """Found again after it was resolved: it got worse, and counts from this day."""
        self._change(finding, {**columns, "opened_on": self.run.as_of, "resolved_on": None, "has_regressed": True})
        self._say(finding, {"again": True})

    def _keep(self, finding: Finding, columns: dict[str, Any]) -> None:
        is_open = columns["state"] == Finding.State.OPEN
        self.counted["kept"] += is_open
        has_moved = finding.state != columns["state"]
        if any(getattr(finding, name) != columns[name] for name in COLUMNS):
            self._change(finding, columns)
        if has_moved:
            self._event(finding, "finding.opened" if is_open else "finding.waived", {})

    def _resolve(self, finding: Finding) -> None:
        ended = {"state": Finding.State.RESOLVED, "resolved_on": self.run.as_of, "has_regressed": False}
        self._change(finding, ended)
        self.counted["resolved"] += 1
        self._event(finding, "finding.resolved", {})

    def _change(self, finding: Finding, columns: dict[str, Any]) -> None:
        for name, value in columns.items():
            setattr(finding, name, value)
        finding.last_run = self.run
        self.changed.append(finding)

    def _say(self, finding: Finding, data: dict[str, Any]) -> None:
        is_open = finding.state == Finding.State.OPEN
        self.counted["opened"] += is_open
        self._event(finding, "finding.opened" if is_open else "finding.waived", data)

    def _event(self, finding: Finding, kind: str, data: dict[str, Any]) -> None:
        timeline = self.ids[finding.use_case_id]
        subject = Subject("finding", str(finding.uuid), finding.message[:120], timeline=timeline)
        self.entries.append(Entry(kind, subject, data={**data, "run": str(self.run.uuid)}))
