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

REMEMBERED = 4096  # combinations of answers a worker keeps in mind for a group of conditions


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

    @property
    def slot(self) -> tuple[tuple[str, str], str]:
        """What tells its finding from others of the case."""
        return self.rule.key, self.problem.key

    def told(self) -> str:
        """Everything a run stores of it as one text: two that are stored alike read alike."""
        one = self.problem
        edition, ref = self.rule.key
        return (
            f"{edition}\x1f{ref}\x1f{self.rule.provision.check}\x1f{one.key}\x1f{one.severity}\x1f{one.message}\x1f"
            f"{self.remedy}\x1f{one.field}\x1f{one.due_on}\x1f{one.practice}\x1f{self.rule.is_advisory}\x1f"
            f"{self.is_waived}\x1e"
        )

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


Placed = tuple[int, Rule, Check, Mapping[str, Any]]


class Examiner:
    """As `judge`, for many cases under the same rules: a check that raises costs its own provision, nothing else.

    Which rules apply depends on a few coded answers that most cases share, so it is worked out once for each
    combination seen; conditions that read the same answers are looked up together.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        groups: dict[tuple[str, ...], list[Placed]] = {}
        for place, rule in enumerate(rules):
            fields = tuple(sorted(rule.provision.applies_when.fields))
            groups.setdefault(fields, []).append((place, rule, rule.check, rule.provision.params))
        self._groups: list[tuple[tuple[str, ...], list[Placed], dict[Any, list[Placed]]]] = [
            (fields, rules, {}) for fields, rules in groups.items()
        ]
        self._day: date | None = None

    def examine(self, snapshot: Snapshot) -> tuple[list[Judged], list[NotEvaluated]]:
        """The problems of a case in the order of the catalogue, and the provisions whose check raised."""
        if exceptions.covered(snapshot):
            return self._covered(snapshot)
        found: list[tuple[int, Judged]] = []
        raised: list[NotEvaluated] = []
        for rules in self._applicable(snapshot):
            for place, rule, check, params in rules:
                try:
                    for problem in check(snapshot, params):
                        found.append((place, Judged(rule, problem)))
                except Exception as error:  # noqa: BLE001 (a check is anybody's code; what it may raise is not known)
                    raised.append(NotEvaluated(rule, type(error).__name__, error))
        if raised:
            broken = {id(one.rule) for one in raised}
            found = [(place, one) for place, one in found if id(one.rule) not in broken]
        found.sort(key=_place)
        return [one for _, one in found], raised

    def _covered(self, snapshot: Snapshot) -> tuple[list[Judged], list[NotEvaluated]]:
        """The same for a case with an exception in force, judged with it and without."""
        covered = _covered(snapshot)
        found: list[Judged] = []
        raised: list[NotEvaluated] = []
        for _, rule, *_ in sorted((one for rules in self._applicable(snapshot) for one in rules), key=_place):
            try:
                found.extend(_under(rule, snapshot, covered))
            except Exception as error:  # noqa: BLE001 (as above)
                raised.append(NotEvaluated(rule, type(error).__name__, error))
        return found, raised

    def _applicable(self, snapshot: Snapshot) -> Iterator[list[Placed]]:
        answers, as_of = snapshot.answers, snapshot.as_of
        if as_of != self._day:
            self._day = as_of
            for _, _, seen in self._groups:
                seen.clear()
        for fields, rules, seen in self._groups:
            values = [answers.get(name) for name in fields]
            key = tuple([repr(value) if value.__class__ is list else value for value in values])
            applicable = seen.get(key)
            if applicable is None:
                if len(seen) >= REMEMBERED:
                    seen.clear()
                applicable = [one for one in rules if one[1].provision.applies_when.holds(answers, as_of)]
                seen[key] = applicable
            yield applicable


def _place(one: tuple[Any, ...]) -> int:
    return int(one[0])


def judge(snapshot: Snapshot, rules: Iterable[Rule]) -> Iterator[Judged]:
    """Every problem of the case under every rule that applies to it, in the order of the catalogue.

    A waiver, extension or pilot certificate covers the problems of its practice that would stand without it
    (M-25-21 section 4(a)); they are yielded as waived, so that what an exception hides stays in sight.
    """
    covered = _covered(snapshot)
    for rule in rules:
        if rule.provision.applies_when.holds(snapshot.answers, snapshot.as_of):
            yield from _under(rule, snapshot, covered)


Covered = tuple[frozenset[str], Snapshot | None]


def _covered(snapshot: Snapshot) -> Covered:
    """The practices under an exception in force, and the case as it would stand without."""
    covered = exceptions.covered(snapshot)
    return covered, exceptions.bare(snapshot) if covered else None


def _under(rule: Rule, snapshot: Snapshot, covered: Covered) -> list[Judged]:
    """What the rule's check says of a case it applies to."""
    provision = rule.provision
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
    return {position.practice: position.level for position in snapshot.once(positions)}
