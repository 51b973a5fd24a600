"""What a check takes: the params a provision may give it, so that a wrong one is refused when the file is loaded. Pure.

A check without `@takes` takes none.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from governance.compliance.contract import Check

C = TypeVar("C", bound=Check)
Wrong = Callable[[Any, Collection[str]], str]
"""Why a value cannot be taken, in a sentence; empty when it can."""


@dataclass(frozen=True, slots=True)
class Param:
    """One param: what is wrong with a value, and whether it may be left out."""

    wrong: Wrong
    is_required: bool = True


def takes(**params: Param) -> Callable[[C], C]:
    """Say which params a check takes."""

    def mark(check: C) -> C:
        TAKEN[check.__name__] = params
        return check

    return mark


TAKEN: dict[str, Mapping[str, Param]] = {}


def wrong_params(check: str, given: Mapping[str, Any], fields: Collection[str]) -> Iterator[tuple[str, str]]:
    """Each param that is unknown, missing or wrong, with a sentence; `fields` are those of the questionnaire."""
    known = TAKEN.get(check, {})
    for name in given:
        if name not in known:
            yield name, f"the check {check} takes {', '.join(known) or 'no params'}"
    for name, param in known.items():
        if name not in given:
            if param.is_required:
                yield name, f"the check {check} needs it"
        elif why := param.wrong(given[name], fields):
            yield name, why


# -- kinds of params --------------------------------------------------------------------------------


def one_of(values: Collection[str]) -> Wrong:
    """One of some words."""
    return lambda given, _: "" if given in values else f"{given!r} is not one of {', '.join(values)}"


def a_field(given: Any, fields: Collection[str]) -> str:
    """A field of the questionnaire."""
    return "" if given in fields else f"there is no field {given!r}"


def some_fields(given: Any, fields: Collection[str]) -> str:
    """A list of fields of the questionnaire."""
    if not isinstance(given, list) or not given:
        return "must be a list of fields"
    return next((why for one in given if (why := a_field(one, fields))), "")


def some_words(given: Any, _: Collection[str]) -> str:
    """A list of words, such as codes of answers."""
    is_list = isinstance(given, list) and given and all(isinstance(one, str) for one in given)
    return "" if is_list else "must be a list of words"


def a_day(given: Any, _: Collection[str]) -> str:
    """A date, as JSON has it."""
    try:
        date.fromisoformat(given)
    except (TypeError, ValueError):
        return f"{given!r} is not a date like 2026-04-03"
    return ""


def a_count(given: Any, _: Collection[str]) -> str:
    """A whole number above zero."""
    is_count = isinstance(given, int) and not isinstance(given, bool) and given > 0
    return "" if is_count else f"{given!r} is not a whole number above 0"


def optional(wrong: Wrong) -> Param:
    """A param that may be left out."""
    return Param(wrong, is_required=False)


def required(wrong: Wrong) -> Param:
    """A param that must be given."""
    return Param(wrong)
