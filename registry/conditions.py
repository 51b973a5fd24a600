"""The one condition grammar of the portal, written as YAML and compiled once.

It serves question visibility, required-when, classification, review routes, material change and
provision applicability. Logic is three-valued: a test on a fact nobody gave is unknown, and what is
unknown in the end does not hold, also under `not`. Only `known` asks whether a fact was given.

    {all: [..]} {any: [..]} {not: c}          {all: []} always holds
    {is: [field, value]} {in: [field, [v, ..]]} {has: [field, code]} {known: field}
    {at_least: [field, n]} {at_most: [field, n]}
    {before: [field, date]} {on_or_after: [field, date]}
    date: an ISO date, `as_of`, a field, or {from: <one of these>, days: n, years: n}
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

Answers = Mapping[str, Any]
Test = Callable[[Answers, "date | None"], "bool | None"]
Moment = Callable[[Answers, "date | None"], "date | None"]
AS_OF = "as_of"
MAX_OFFSET = 36_500


class ConditionError(ValueError):
    """A condition that cannot be compiled; `path` says which part of it."""

    def __init__(self, path: str, message: str) -> None:
        self.path, self.message = path, message
        super().__init__(f"{path or 'condition'}: {message}")


@dataclass(frozen=True, slots=True)
class Clause:
    """One test as data, so that a page can put it into words of its own."""

    operator: str
    field: str
    value: object
    negated: bool = False

    def __str__(self) -> str:
        sentence = f"{self.field} {_WORDS[self.operator]}{_spell(self.value)}"
        return f"not ({sentence})" if self.negated else sentence


_WORDS = {
    "is": "is ", "in": "is one of ", "has": "contains ", "known": "is known", "at_least": "is at least ",
    "at_most": "is at most ", "before": "is before ", "on_or_after": "is on or after ",
}  # fmt: skip


def _spell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return ", ".join(str(item) for item in value)
    return str(value)


def _spell_moment(expression: object) -> object:
    """An offset in words, since a clause must be comparable and a mapping is not."""
    if not isinstance(expression, Mapping):
        return expression
    counts = [(expression.get(unit, 0), unit.removesuffix("s")) for unit in ("years", "days")]
    parts = [f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in counts if count]
    return " plus ".join([str(expression["from"]), *parts])


@dataclass(frozen=True, slots=True)
class _Part:
    """A compiled part: its test, and how to collect the clauses that decided it."""

    test: Test
    matched: Callable[[Answers, date | None, bool], tuple[Clause, ...]]
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class Condition:
    tree: Mapping[str, Any]
    _part: _Part

    @property
    def fields(self) -> frozenset[str]:
        return self._part.fields

    def holds(self, answers: Answers, as_of: date | None = None) -> bool:
        return self._part.test(answers, as_of) is True

    def matched(self, answers: Answers, as_of: date | None = None) -> tuple[Clause, ...]:
        """The clauses that made the condition hold; none when it does not hold."""
        if not self.holds(answers, as_of):
            return ()
        return tuple(dict.fromkeys(self._part.matched(answers, as_of, True)))

    def explain(self, answers: Answers, as_of: date | None = None) -> tuple[str, ...]:
        return tuple(str(clause) for clause in self.matched(answers, as_of))


def compile(tree: object, fields: Collection[str], path: str = "") -> Condition:
    """Validate a condition against the fields that exist and compile it to closures."""
    return Condition(dict(_single(tree, path)[2]), _compile(tree, frozenset(fields), path))


def is_known(value: object) -> bool:
    """Whether a fact was given: blank text and an empty list are not answers."""
    if isinstance(value, str):
        return bool(value.strip())
    return value is not None and value not in ([], ())


# -- compiling --------------------------------------------------------------------------------------


def _compile(tree: object, fields: frozenset[str], path: str) -> _Part:
    operator, operand, _ = _single(tree, path)
    here = f"{path}.{operator}" if path else operator
    if operator in ("all", "any"):
        return _combine(operator, operand, fields, here)
    if operator == "not":
        return _negate(_compile(operand, fields, here))
    if operator == "known":
        return _known(_field(operand, fields, here))
    return _compare(operator, operand, fields, here)


def _single(tree: object, path: str) -> tuple[str, Any, Mapping[str, Any]]:
    if not isinstance(tree, Mapping) or len(tree) != 1:
        raise ConditionError(path, "must be a mapping with exactly one operator")
    operator, operand = next(iter(tree.items()))
    if operator not in OPERATORS:
        raise ConditionError(path, f"unknown operator {operator!r}")
    return operator, operand, tree


def _combine(operator: str, operand: object, fields: frozenset[str], path: str) -> _Part:
    if not isinstance(operand, list):
        raise ConditionError(path, "takes a list of conditions")
    if operator == "any" and not operand:
        raise ConditionError(path, "an empty list can never hold")
    parts = [_compile(item, fields, f"{path}[{index}]") for index, item in enumerate(operand)]
    decisive = operator == "any"  # the value that settles the whole as soon as one part has it

    def test(answers: Answers, as_of: date | None) -> bool | None:
        unknown = False
        for part in parts:
            result = part.test(answers, as_of)
            if result is decisive:
                return decisive
            unknown = unknown or result is None
        return None if unknown else not decisive

    def matched(answers: Answers, as_of: date | None, wanted: bool) -> tuple[Clause, ...]:
        deciding = [part for part in parts if part.test(answers, as_of) is wanted]
        return tuple(clause for part in deciding for clause in part.matched(answers, as_of, wanted))

    return _Part(test, matched, frozenset().union(*(part.fields for part in parts)))


def _negate(inner: _Part) -> _Part:
    def test(answers: Answers, as_of: date | None) -> bool | None:
        result = inner.test(answers, as_of)
        return None if result is None else not result

    def matched(answers: Answers, as_of: date | None, wanted: bool) -> tuple[Clause, ...]:
        return inner.matched(answers, as_of, not wanted)

    return _Part(test, matched, inner.fields)


def _leaf(test: Test, clause: Clause, fields: frozenset[str]) -> _Part:
    negative = Clause(clause.operator, clause.field, clause.value, negated=True)

    def matched(answers: Answers, as_of: date | None, wanted: bool) -> tuple[Clause, ...]:
        return (clause if wanted else negative,)

    return _Part(test, matched, fields)


def _known(field: str) -> _Part:
    def test(answers: Answers, as_of: date | None) -> bool | None:
        return is_known(answers.get(field))

    return _leaf(test, Clause("known", field, None), frozenset({field}))


def _compare(operator: str, operand: object, fields: frozenset[str], path: str) -> _Part:
    if not isinstance(operand, list) or len(operand) != 2:
        raise ConditionError(path, "takes a list of a field and a value")
    if operator in ("before", "on_or_after"):
        return _compare_dates(operator, operand, fields, path)
    field, value = _field(operand[0], fields, path), operand[1]
    decide = _DECIDERS[operator](value, path)

    def test(answers: Answers, as_of: date | None) -> bool | None:
        answer = answers.get(field)
        return decide(answer) if is_known(answer) else None

    return _leaf(test, Clause(operator, field, _frozen(value)), frozenset({field}))


def _compare_dates(operator: str, operand: list[Any], fields: frozenset[str], path: str) -> _Part:
    if operand[0] != AS_OF:
        _field(operand[0], fields, path)
    left, left_fields = _moment(operand[0], fields, path)
    right, right_fields = _moment(operand[1], fields, path)
    earlier = operator == "before"

    def test(answers: Answers, as_of: date | None) -> bool | None:
        first, second = left(answers, as_of), right(answers, as_of)
        if first is None or second is None:
            return None
        return (first < second) is earlier

    return _leaf(test, Clause(operator, operand[0], _spell_moment(operand[1])), left_fields | right_fields)


def _field(name: object, fields: frozenset[str], path: str) -> str:
    if not isinstance(name, str) or name not in fields:
        raise ConditionError(path, f"unknown field {name!r}")
    return name


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


# -- deciding one known answer ----------------------------------------------------------------------


def _decide_is(value: object, path: str) -> Callable[[Any], bool | None]:
    _scalar(value, path)
    return lambda answer: bool(answer == value)


def _decide_in(value: object, path: str) -> Callable[[Any], bool | None]:
    if not isinstance(value, list) or not value:
        raise ConditionError(path, "takes a list of values")
    for item in value:
        _scalar(item, path)
    return lambda answer: answer in value


def _decide_has(value: object, path: str) -> Callable[[Any], bool | None]:
    _scalar(value, path)
    return lambda answer: value in answer if isinstance(answer, (list, tuple)) else bool(answer == value)


def _decide_at_least(value: object, path: str) -> Callable[[Any], bool | None]:
    limit = _limit(value, path)
    return lambda answer: None if (number := _number(answer)) is None else number >= limit


def _decide_at_most(value: object, path: str) -> Callable[[Any], bool | None]:
    limit = _limit(value, path)
    return lambda answer: None if (number := _number(answer)) is None else number <= limit


_DECIDERS = {
    "is": _decide_is, "in": _decide_in, "has": _decide_has,
    "at_least": _decide_at_least, "at_most": _decide_at_most,
}  # fmt: skip
OPERATORS = frozenset({"all", "any", "not", "known", "before", "on_or_after", *_DECIDERS})


def _scalar(value: object, path: str) -> None:
    if not isinstance(value, (str, int, float, date)):
        raise ConditionError(path, f"{value!r} is not a single value")


def _limit(value: object, path: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ConditionError(path, f"{value!r} is not a number")
    return value


def _number(answer: object) -> float | None:
    if isinstance(answer, bool) or not isinstance(answer, (int, float, str)):
        return None
    try:
        return float(answer)
    except ValueError:
        return None


# -- dates ------------------------------------------------------------------------------------------


def _moment(expression: object, fields: frozenset[str], path: str) -> tuple[Moment, frozenset[str]]:
    if isinstance(expression, Mapping):
        return _offset(expression, fields, path)
    if expression == AS_OF:
        return (lambda answers, as_of: as_of), frozenset()
    if isinstance(expression, str) and expression in fields:
        return (lambda answers, as_of: to_date(answers.get(expression))), frozenset({expression})
    literal = to_date(expression)
    if literal is None:
        raise ConditionError(path, f"{expression!r} is neither a date, a field nor as_of")
    return (lambda answers, as_of: literal), frozenset()


def _offset(expression: Mapping[str, Any], fields: frozenset[str], path: str) -> tuple[Moment, frozenset[str]]:
    if "from" not in expression or not set(expression) <= {"from", "days", "years"}:
        raise ConditionError(path, "a date with an offset takes from, days and years")
    if isinstance(expression["from"], Mapping):
        raise ConditionError(path, "from must be a date, a field or as_of")
    start, used = _moment(expression["from"], fields, path)
    days, years = (_whole(expression.get(unit, 0), path) for unit in ("days", "years"))

    def moment(answers: Answers, as_of: date | None) -> date | None:
        first = start(answers, as_of)
        return None if first is None else shift(first, days=days, years=years)

    return moment, used


def _whole(value: object, path: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > MAX_OFFSET:
        raise ConditionError(path, f"{value!r} is not a whole number of days or years")
    return value


def to_date(value: object) -> date | None:
    """A date from an answer; None when it is not one."""
    if isinstance(value, datetime):
        return None
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def shift(day: date, *, days: int = 0, years: int = 0) -> date | None:
    """A day moved by years, then days; 29 February moves to 28 February, so a term never runs longer."""
    year = day.year + years
    if not date.min.year <= year <= date.max.year:
        return None
    leap_day = (day.month, day.day) == (2, 29) and not isleap(year)
    try:
        return day.replace(year=year, day=28 if leap_day else day.day) + timedelta(days=days)
    except OverflowError:
        return None
