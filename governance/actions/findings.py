"""Findings follow results, here and nowhere else: open, keep, resolve, waived, risk accepted until a day."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import F

from accounts.models import Office, User
from audit.log import Entry, Subject, record, record_many
from governance.compliance.judge import Rule
from governance.models import CheckRun, Finding
from registry.catalogue import OWNERS
from registry.conditions import to_date
from registry.models import UseCase

Key = tuple[int, int, str, str]
Provisions = dict[tuple[str, str], int]
COLUMNS = ("severity", "message", "remedy", "field", "due_on", "is_advisory", "state")
# What people said of a finding: it goes along when a later reading of the provision takes its place.
SAID = (
    "falls_to", "office_id", "assigned_to_id", "assigned_at", "attended_at", "accepted_until", "accepted_why",
    "accepted_by_id",
)  # fmt: skip
NOT_ACCEPTED: dict[str, Any] = {"accepted_until": None, "accepted_why": "", "accepted_by": None}
LOCK = 7_139_082  # advisory lock: one worker changes results and findings at a time; a steady sweep changes none


class Terms(NamedTuple):
    """To whom a provision's findings fall at first, and within how many days they are due (0: no day of its own)."""

    owner: str = OWNERS[0]
    days: int = 0


def terms_of(rules: Iterable[Rule]) -> dict[tuple[str, str], Terms]:
    """The terms of each provision in force, by edition and ref."""
    return {rule.key: Terms(rule.provision.owner, rule.provision.due_within_days) for rule in rules}


def hold() -> None:
    """Wait for whoever changes findings now; until the end of the transaction nobody else does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


@dataclass(frozen=True)
class Found:
    """What a case's findings are to follow. `unknown`: provisions whose check raised; theirs stay as they are."""

    case: int
    use_case_id: str
    problems: list[dict[str, Any]] = field(default_factory=list)
    unknown: frozenset[str] = frozenset()


def settle(
    run: CheckRun, found: Iterable[Found], provisions: Provisions, terms: Mapping[tuple[str, str], Terms]
) -> Counter[str]:
    """Bring the findings of these cases in line; call it in the transaction that keeps their results.

    What the run no longer finds is resolved, also where a provision or a case left.
    """
    return _Settling(run, list(found), provisions, terms).apply()


class _Settling:
    """The findings of some cases, brought in line with what was found."""

    def __init__(
        self, run: CheckRun, found: list[Found], provisions: Provisions, terms: Mapping[tuple[str, str], Terms]
    ) -> None:
        self.run, self.found, self.provisions, self.terms = run, found, provisions, terms
        self.ids = {one.case: one.use_case_id for one in found}
        rows = Finding.objects.filter(use_case__in=list(self.ids)).annotate(ref=F("provision__ref"))
        self.known: dict[Key, Any] = {(f.use_case_id, f.provision_id, f.check_name, f.key): f for f in rows}
        earlier = [f for f in self.known.values() if f.state != Finding.State.RESOLVED]
        earlier.sort(key=lambda finding: finding.opened_on)
        self.before: dict[tuple[int, str, str, str], Any] = {
            (f.use_case_id, f.ref, f.check_name, f.key): f for f in earlier
        }
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
        self._place()
        Finding.objects.bulk_create(self.made, batch_size=1000)
        columns = [*COLUMNS, "last_run", "opened_on", "resolved_on", "has_regressed", *NOT_ACCEPTED]
        Finding.objects.bulk_update(self.changed, columns, batch_size=500)
        record_many(self.entries, actor=self.run.started_by, act=self.run.uuid)
        return self.counted

    def _settle(self, case: int, problem: dict[str, Any]) -> None:
        provision = self.provisions[problem["edition"], problem["ref"]]
        key: Key = (case, provision, problem["check"], problem["key"])
        if key in self.seen:
            return
        self.seen.add(key)
        known = self.known.get(key)
        earlier = known or self.before.get((case, problem["ref"], problem["check"], problem["key"]))
        columns = {
            "severity": problem["severity"], "message": problem["message"], "remedy": problem["remedy"],
            "field": problem["field"], "due_on": self._due(problem, earlier), "is_advisory": problem["advisory"],
            "state": self._state(problem, earlier),
        }  # fmt: skip
        if known is None:
            self._open(key, problem, columns)
        elif known.state == Finding.State.RESOLVED:
            self._reopen(known, columns)
        else:
            self._keep(known, columns)

    def _due(self, problem: dict[str, Any], earlier: Any) -> date | None:
        """The problem's own day, else so many days after it opened as its provision says, else none."""
        days = self.terms.get((problem["edition"], problem["ref"]), Terms()).days
        if problem["due_on"] or not days:
            return to_date(problem["due_on"])
        stood = earlier is not None and earlier.is_standing
        return (earlier.opened_on if stood else self.run.as_of) + timedelta(days=days)

    def _state(self, problem: dict[str, Any], earlier: Any) -> str:
        """Waived by a waiver in force; else accepted until the last day somebody accepted the risk for; else open."""
        if problem["waived"]:
            return Finding.State.WAIVED
        until = earlier.accepted_until if earlier is not None and earlier.is_standing else None
        return Finding.State.ACCEPTED if until and until >= self.run.as_of else Finding.State.OPEN

    def _place(self) -> None:
        """Give the new findings that fall to an office theirs; where there is none, the inventory manager has them."""
        made = [one for one in self.made if one.falls_to not in OWNERS and one.office_id is None]
        if not made:
            return
        agencies = dict(UseCase.objects.filter(pk__in={one.use_case_id for one in made}).values_list("pk", "agency"))
        rows = Office.objects.filter(component=None, code__in={one.falls_to for one in made})
        offices = {(agency, code): pk for agency, code, pk in rows.values_list("agency", "code", "pk")}
        for one in made:
            one.office_id = offices.get((agencies[one.use_case_id], one.falls_to))
            one.falls_to = one.falls_to if one.office_id else "inventory_manager"

    def _open(self, key: Key, problem: dict[str, Any], columns: dict[str, Any]) -> None:
        """New; one that stood under an earlier edition of the provision keeps since when and what was said."""
        earlier = self.before.get((key[0], problem["ref"], key[2], key[3]))
        since, was_baseline = (earlier.opened_on, earlier.is_baseline) if earlier else (self.run.as_of, False)
        said = {name: getattr(earlier, name) for name in SAID} if earlier else {}
        said.setdefault("falls_to", self.terms.get((problem["edition"], problem["ref"]), Terms()).owner)
        finding = Finding(
            use_case_id=key[0], provision_id=key[1], check_name=key[2], key=key[3], opened_on=since,
            opened_by_run=self.run, last_run=self.run, is_baseline=self.run.is_baseline or was_baseline, **said,
            **columns,
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
        was = finding.state
        if was == Finding.State.ACCEPTED and is_open:
            columns = {**columns, **NOT_ACCEPTED}
        if any(getattr(finding, name) != columns[name] for name in COLUMNS):
            self._change(finding, columns)
        if was != columns["state"]:
            self._event(finding, _kind(was, columns["state"]), {})

    def _resolve(self, finding: Finding) -> None:
        ended = {"state": Finding.State.RESOLVED, "resolved_on": self.run.as_of, "has_regressed": False}
        ended |= NOT_ACCEPTED
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
        self._event(finding, _kind(Finding.State.RESOLVED, finding.state), data)

    def _event(self, finding: Finding, kind: str, data: dict[str, Any]) -> None:
        timeline = self.ids[finding.use_case_id]
        subject = Subject("finding", str(finding.uuid), finding.message[:120], timeline=timeline)
        self.entries.append(Entry(kind, subject, data={**data, "run": str(self.run.uuid)}))


def _kind(was: str, state: str) -> str:
    """The event of a finding that stands as `state` from now on."""
    if state == Finding.State.ACCEPTED:
        return "finding.accepted_again"
    if state == Finding.State.WAIVED:
        return "finding.waived"
    return "finding.acceptance_ended" if was == Finding.State.ACCEPTED else "finding.opened"


# -- what people decide: called by `finding_work`, which has asked whether they may ---------------------


def mark_accepted(finding: Finding, *, until: date, why: str, actor: User) -> None:
    """The risk stands accepted through a day; the practice it is about stays not met in the matrix."""
    finding.state, finding.accepted_until = Finding.State.ACCEPTED, until
    finding.accepted_why, finding.accepted_by = why, actor
    finding.save(update_fields=["state", *NOT_ACCEPTED])
    record("finding.accepted", finding, actor=actor, reason=why, data={"until": until})


def open_again(finding: Finding, *, why: str, actor: User) -> None:
    """The acceptance is taken back."""
    until = finding.accepted_until
    finding.state, finding.accepted_until = Finding.State.OPEN, None
    finding.accepted_why, finding.accepted_by = "", None
    finding.save(update_fields=["state", *NOT_ACCEPTED])
    record("finding.acceptance_taken_back", finding, actor=actor, reason=why, data={"until": until})


def end_acceptances(today: date, *, actor: User) -> int:
    """Open again what was accepted until a day that has passed; returns how many. Nothing else of it changes."""
    hold()
    over = Finding.objects.filter(state=Finding.State.ACCEPTED, accepted_until__lt=today)
    rows = list(over.select_related("use_case"))
    for row in rows:
        row.state = Finding.State.OPEN
        for name, value in NOT_ACCEPTED.items():
            setattr(row, name, value)
    Finding.objects.bulk_update(rows, ["state", *NOT_ACCEPTED], batch_size=500)
    record_many((Entry("finding.acceptance_ended", row.event_subject()) for row in rows), actor=actor)
    return len(rows)
