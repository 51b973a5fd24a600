"""Holding one snapshot against the provisions in force. Pure: editions and time come in."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from governance.compliance import exceptions
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


def judge(snapshot: Snapshot, rules: Iterable[Rule]) -> Iterator[Judged]:
    """Every problem of the case under every rule that applies to it, in the order of the catalogue.

    A waiver, extension or pilot certificate covers the problems of its practice that would stand without it
    (M-25-21 section 4(a)); they are yielded as waived, so that what an exception hides stays in sight.
    """
    waived = exceptions.covered(snapshot)
    bare = exceptions.bare(snapshot) if waived else None
    for rule in rules:
        if not rule.provision.applies_when.holds(snapshot.answers, snapshot.as_of):
            continue
        found = list(rule.check(snapshot, rule.provision.params))
        yield from (Judged(rule, problem) for problem in found)
        if bare is None:
            continue
        known = {problem.key for problem in found}
        for problem in rule.check(bare, rule.provision.params):
            if problem.practice in waived and problem.key not in known:
                yield Judged(rule, problem, is_waived=True)


def levels(snapshot: Snapshot) -> dict[str, str]:
    """The level of each practice of a deployed high-impact case; empty for any other."""
    return {position.practice: position.level for position in positions(snapshot)}
