"""What a quality rule says and what it is asked with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from registry.inventory.cells import key
from registry.inventory.schema import Column

WARNING, NOTICE = "warning", "notice"
IN_USE = ("pilot", "deployed")
LONG_ENOUGH = 60  # letters: shorter texts are alike by chance
Document = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing to look at in one field, and what to do about it."""

    code: str
    severity: str
    field: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule needs besides the document: the day, the column table, the other cases."""

    as_of: date
    columns: tuple[Column, ...] = ()
    asked: frozenset[str] | None = None  # the fields the source asks at all; None: every one
    use_case_id: str | None = None
    same_name: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # `name_key` -> who bears it
    same_text: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # `text_key` -> who justifies by it
    # field withheld ("": the whole case) -> how its review stands (`registry.withholding`)
    withholdings: Mapping[str, str] = field(default_factory=dict)
    past_days: tuple[str, ...] = ()  # fields whose day has happened: the questionnaire says which


Rule = Callable[[Document, Context], Iterable[Concern]]


def name_key(name: str) -> str:
    """Names are the same when they differ in case, blanks, dashes or punctuation only."""
    return key(name)


def text_key(text: str) -> str:
    """Long texts are the same when they differ in case, blanks, dashes or punctuation only; empty for short ones."""
    found = key(text)
    return found if len(found) >= LONG_ENOUGH else ""


def answer(document: Document, name: str) -> Any:
    """The answer, None where there is none."""
    return document.get("answers", {}).get(name)


def is_given(document: Document, name: str) -> bool:
    """Something stands there: an answer, a redaction marker, or text nobody understood."""
    return any(name in document.get(part, {}) for part in ("answers", "withheld", "flagged"))


def is_in_use(document: Document) -> bool:
    """Whether the case is piloted or deployed."""
    return answer(document, "development_stage") in IN_USE
