"""On which days a case may come out differently although nothing is filed or recorded. Pure.

A check that compares days with `as_of` says here on which day it turns (`TURNS`); the days of answers, of records and
exceptions, and of conditions are found by themselves. One day too many costs a look, one too few a wrong finding: the
test `test_due_days` holds this against judging every day.
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from governance.compliance.checks.waiver_current import SOON
from governance.compliance.contract import Snapshot
from governance.compliance.judge import Rule
from governance.compliance.practices import DEADLINE, recertify_by
from governance.record_kinds import months_later
from registry.conditions import AS_OF, shift, to_date
from registry.questions import Questionnaire

DAY = timedelta(days=1)
Days = Iterator[date]


def _recertification(snapshot: Snapshot, params: Mapping[str, Any]) -> Days:
    """A waiver is said to end soon from 60 days before its end or its anniversary."""
    for waiver in snapshot.waivers:
        due = min(waiver.expires_on, recertify_by(waiver.counts_from, params.get("recertify_years", 1)))
        yield due - SOON


def _soon(snapshot: Snapshot, params: Mapping[str, Any]) -> Days:
    """An extension and a pilot certificate are said to end soon; their last days are found by themselves."""
    for day in [one.until for one in snapshot.extensions] + [one.ends_on for one in snapshot.pilots]:
        yield day - timedelta(days=params["soon_days"])


def _pilot_ages(snapshot: Snapshot, params: Mapping[str, Any]) -> Days:
    """A pilot is long from the day after its months."""
    if snapshot.stage == "pilot" and (began := to_date(snapshot.answers.get("operational_date"))):
        yield months_later(began, params["months"]) + DAY


def _deadline(snapshot: Snapshot, params: Mapping[str, Any]) -> Days:
    """Overdue from the day after."""
    if snapshot.is_deployed_high_impact:
        yield (to_date(str(params.get("deadline", DEADLINE))) or DEADLINE) + DAY


def _records(snapshot: Snapshot, params: Mapping[str, Any]) -> Days:
    """A record ends by months of a provision, is told before, or is missed so long after the first use."""
    soon, months = params.get("soon_days"), params.get("months")
    for one in snapshot.records_of(params["kind"]) if snapshot.records else ():
        ends = [months_later(one.effective_on, months)] if months else []
        for day in [*ends, *([one.expires_on] if one.expires_on else [])]:
            yield day + DAY
            if soon:
                yield day - timedelta(days=soon)
    began = to_date(snapshot.answers.get("operational_date")) if "after_months" in params else None
    if began:
        yield months_later(began, params["after_months"]) + DAY


def _authorization(snapshot: Snapshot, params: Mapping[str, Any]) -> Days:
    """Its end is told before."""
    for one in snapshot.records_of("ato") if snapshot.records else ():
        if one.expires_on:
            yield one.expires_on - timedelta(days=params["soon_days"])


def _threshold(snapshot: Snapshot, params: Mapping[str, Any]) -> Days:
    """It runs out by the provision's years."""
    for one in snapshot.records_of("pta_adjudication") if snapshot.records else ():
        yield recertify_by(one.effective_on, params["years"]) + DAY


def _tests(snapshot: Snapshot, params: Mapping[str, Any]) -> Days:
    """A test holds so many months."""
    for one in snapshot.records:
        if one.practice == "testing":
            yield months_later(one.effective_on, params["months"]) + DAY


def _tested(snapshot: Snapshot, params: Mapping[str, Any]) -> Days:
    """The newest of answer and record holds so many years."""
    days = [one.effective_on for one in snapshot.records_of(params["kind"])] if "kind" in params else []
    for day in [*days, to_date(snapshot.answers.get(params["field"]))]:
        if day:
            yield recertify_by(day, params["years"]) + DAY


def _privacy_review(snapshot: Snapshot, params: Mapping[str, Any]) -> Days:
    """It is told before its day, and overdue after it."""
    for one in snapshot.records_of("pcr_required") if snapshot.records else ():
        if due := to_date(one.details.get("due_on")):
            yield due - timedelta(days=params["soon_days"])
            yield due + DAY


TURNS: dict[str, Callable[[Snapshot, Mapping[str, Any]], Days]] = {
    "authorization_recorded": _authorization,
    "extension_current": _soon,
    "pilot_ageing": _pilot_ages,
    "pilot_certified": _soon,
    "practices_overdue": _deadline,
    "privacy_review_done": _privacy_review,
    "pta_current": _threshold,
    "record_current": _records,
    "tested_within": _tested,
    "tests_current": _tests,
    "waiver_current": _recertification,
}


def watcher(rules: Iterable[Rule]) -> Callable[[Snapshot], date | None]:
    """For the rules of a run: the first day after the snapshot's on which it may come out differently."""
    rules = tuple(rules)
    turning = [(TURNS[check], rule.provision.params) for rule in rules if (check := rule.provision.check) in TURNS]
    dated = [rule.provision.applies_when.tree for rule in rules if _reads_the_day(rule.provision.applies_when.tree)]
    kept: dict[str, tuple[str, ...]] = {}

    def next_day(snapshot: Snapshot) -> date | None:
        today, answers = snapshot.as_of, snapshot.answers
        form = snapshot.form
        fields = kept.get(form.name)
        if fields is None:
            fields = kept[form.name] = _date_fields(form)
        days = [day + more for name in fields if (day := to_date(answers.get(name))) for more in (timedelta(), DAY)]
        for turns, params in turning:
            days += turns(snapshot, params)
        for fact in _facts(snapshot):
            days += _days_of(fact)
        for tree in dated:
            days += _turning(tree, answers)
        return min((day for day in days if day > today), default=None)

    return next_day


def _date_fields(form: Questionnaire) -> tuple[str, ...]:
    return tuple(question.field for question in form if question.type == "date")


def _facts(snapshot: Snapshot) -> Iterator[Any]:
    """Every dated thing a snapshot holds as a row of its own: also kinds that came after this was written."""
    for name in _tuples(type(snapshot)):
        yield from getattr(snapshot, name)


def _tuples(of: type, _known: dict[type, tuple[str, ...]] = {}) -> tuple[str, ...]:  # noqa: B006 (a cache)
    if of not in _known:
        skipped = {"determined_categories", "namesakes"}
        fields = [one for one in dataclasses.fields(of) if one.name not in skipped]
        _known[of] = tuple(one.name for one in fields if str(one.type).startswith("tuple["))
    return _known[of]


def _days_of(fact: Any) -> Days:
    """The days a record names, and the days after: "the last day counts"."""
    if not dataclasses.is_dataclass(fact):
        return
    for one in dataclasses.fields(fact):
        day = getattr(fact, one.name)
        if isinstance(day, date):
            yield day
            yield day + DAY


# -- conditions --------------------------------------------------------------------------------------


def _reads_the_day(tree: Any) -> bool:
    if isinstance(tree, Mapping):
        return any(_reads_the_day(part) for part in tree.values())
    if isinstance(tree, (list, tuple)):
        return any(_reads_the_day(part) for part in tree)
    return bool(tree == AS_OF)


def _turning(tree: Any, answers: Mapping[str, Any]) -> Days:
    """The days on which a comparison with `as_of` in a condition turns."""
    if isinstance(tree, (list, tuple)):
        for part in tree:
            yield from _turning(part, answers)
    elif isinstance(tree, Mapping):
        for operator, operand in tree.items():
            if operator in ("before", "on_or_after") and isinstance(operand, list):
                if day := _turn(operand, answers):
                    yield from (day + DAY * more for more in range(-1, 3))  # a leap day may move it by one
            else:
                yield from _turning(operand, answers)


def _turn(operand: list[Any], answers: Mapping[str, Any]) -> date | None:
    """Where `as_of`, moved by one side's offset, meets the other side."""
    (left, left_by), (right, right_by) = (_side(one) for one in operand)
    if (left == AS_OF) == (right == AS_OF):
        return None
    other, by, own = (right, right_by, left_by) if left == AS_OF else (left, left_by, right_by)
    day = to_date(answers.get(other)) if other in answers else to_date(other)
    moved = shift(day, **by) if day else None
    return shift(moved, **{unit: -count for unit, count in own.items()}) if moved else None


def _side(expression: Any) -> tuple[Any, dict[str, int]]:
    if isinstance(expression, Mapping):
        return expression["from"], {unit: expression.get(unit, 0) for unit in ("days", "years")}
    return expression, {}
