"""Holding one snapshot against the provisions in force. Pure: editions and time come in."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from governance.compliance.checks import CHECKS
from governance.compliance.contract import Check, Problem, Snapshot
from governance.compliance.practices import positions
from registry.catalogue import Edition, Instrument, Provision, edition_for


@dataclass(frozen=True, slots=True)
class Rule:
    """A provision in force on a day that a check can hold a case against."""

    instrument: Instrument
    edition: Edition
    provision: Provision
    check: Check
    is_advisory: bool

    @property
    def key(self) -> tuple[str, str]:
        """Edition and ref: which judgement it makes."""
        return f"{self.instrument.slug}/{self.edition.key}", self.provision.ref


@dataclass(frozen=True, slots=True)
class Judged:
    """A problem under the provision that found it. `is_waived`: it would stand without a waiver in force."""

    rule: Rule
    problem: Problem
    is_waived: bool = False

    @property
    def remedy(self) -> str:
        """What to do: the problem's own words, else the provision's."""
        return self.problem.remedy or self.rule.provision.remedy

    def as_json(self) -> dict[str, Any]:
        """How a run stores it."""
        edition, ref = self.rule.key
        return {
            "ref": ref,
            "edition": edition,
            "check": self.rule.provision.check,
            "key": self.problem.key,
            "severity": self.problem.severity,
            "message": self.problem.message,
            "remedy": self.remedy,
            "field": self.problem.field,
            "due_on": self.problem.due_on.isoformat() if self.problem.due_on else None,
            "practice": self.problem.practice,
            "advisory": self.rule.is_advisory,
            "waived": self.is_waived,
        }


def rules_on(
    instruments: Iterable[Instrument],
    day: date,
    known_on: date | None = None,
    checks: Mapping[str, Check] = CHECKS,
) -> tuple[Rule, ...]:
    """The provisions with a check of every edition in force on `day`; of a disputed one they are advisory."""
    rules = []
    for instrument in instruments:
        in_force = edition_for(instrument, day, known_on)
        if in_force is None:
            continue
        edition, is_advisory = in_force
        rules += [
            Rule(instrument, edition, provision, checks[provision.check], is_advisory)
            for provision in edition.provisions
            if provision.check
        ]
    return tuple(rules)


@dataclass(frozen=True, slots=True)
class NotEvaluated:
    """A provision whose check raised for this case: nobody knows whether it is met."""

    rule: Rule
    error: str  # what kind only: its words may quote an answer
    cause: Exception | None = None

    def as_json(self) -> dict[str, Any]:
        """How a run stores it."""
        edition, ref = self.rule.key
        return {"ref": ref, "edition": edition, "check": self.rule.provision.check, "error": self.error}


def examine(snapshot: Snapshot, rules: Iterable[Rule]) -> tuple[list[Judged], list[NotEvaluated]]:
    """As `judge`, for a run: a check that raises costs its own provision, and nothing else."""
    found: list[Judged] = []
    raised: list[NotEvaluated] = []
    covered = _covered(snapshot)
    for rule in rules:
        try:
            found.extend(_under(rule, snapshot, covered))
        except Exception as error:  # noqa: BLE001 (a check is anybody's code; what it may raise is not known)
            raised.append(NotEvaluated(rule, type(error).__name__, error))
    return found, raised


def judge(snapshot: Snapshot, rules: Iterable[Rule]) -> Iterator[Judged]:
    """Every problem of the case under every rule that applies to it, in the order of the catalogue.

    A waiver covers the problems of its practice that would stand without it (M-25-21 section 4(a)); they are
    yielded as waived, so that what a waiver hides stays in sight.
    """
    covered = _covered(snapshot)
    for rule in rules:
        yield from _under(rule, snapshot, covered)


Covered = tuple[frozenset[str], Snapshot | None]


def _covered(snapshot: Snapshot) -> Covered:
    """The practices under a waiver in force, and the case as it would stand without."""
    waived = frozenset(w.practice for w in snapshot.waivers if w.is_active(snapshot.as_of))
    return waived, dataclasses.replace(snapshot, waivers=()) if waived else None


def _under(rule: Rule, snapshot: Snapshot, covered: Covered) -> list[Judged]:
    provision = rule.provision
    if not provision.applies_when.holds(snapshot.answers, snapshot.as_of):
        return []
    found = [Judged(rule, problem) for problem in rule.check(snapshot, provision.params)]
    waived, bare = covered
    if bare is not None:
        known = {one.problem.key for one in found}
        found += [
            Judged(rule, problem, is_waived=True)
            for problem in rule.check(bare, provision.params)
            if problem.practice in waived and problem.key not in known
        ]
    return found


def levels(snapshot: Snapshot) -> dict[str, str]:
    """The level of each practice of a deployed high-impact case; empty for any other."""
    return {position.practice: position.level for position in positions(snapshot)}
