"""What the portal asks about a use case, by edition: which is in force on a day, and which one a case answers.

An edition is one file, `fixtures/questionnaires/<name>-<edition>.yaml`. A new one never changes an old record:
a revision names the edition it answered, and a person moves the case on (docs/decisions/0011).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from registry.questionnaire_source import check_order, load
from registry.questions import (
    MAX_ANSWER,
    WITHHOLDING,
    Option,
    Question,
    Questionnaire,
    Section,
    Successor,
    refusals,
)
from registry.yaml_source import FIXTURES, SourceError

FOLDER = FIXTURES / "questionnaires"
SLUG = "use-case"


class Answering(Protocol):
    """What names the edition it answers: a case or a revision."""

    edition: str


@lru_cache(maxsize=1)
def editions() -> tuple[Questionnaire, ...]:
    """All editions, the earliest first."""
    return read_all(FOLDER)


def read_all(folder: Path) -> tuple[Questionnaire, ...]:
    """The editions of a folder. Raises SourceError when a file is wrong or does not follow the one before."""
    found = sorted(((load(path), path) for path in folder.glob("*.yaml")), key=lambda pair: pair[0].effective_on)
    own = [(one, path) for one, path in found if one.slug == SLUG]
    if not own:
        raise SourceError(folder, "", f"holds no edition of {SLUG}")
    for one, path in own:
        if one.name != path.stem:
            raise SourceError(path, "edition", f"the file of {one.name} must be named {one.name}.yaml")
    for (before, _), (after, path) in zip(own, own[1:], strict=False):
        check_order(path, before, after)
    return tuple(one for one, _ in own)


def in_force(as_of: date) -> Questionnaire:
    """The edition in force on a day: the newest that is effective by then, before the first one the first."""
    known = editions()
    return next((one for one in reversed(known) if one.effective_on <= as_of), known[0])


def named(name: str) -> Questionnaire | None:
    """The edition of a name such as use-case-2026; None for what is none, such as a file's layout."""
    return next((one for one in editions() if one.name == name), None)


def of(thing: Answering, as_of: date) -> Questionnaire:
    """The edition a case or revision answers.

    What came from an inventory file names the file's layout; it answers the edition in force on the day, so it is
    asked the present questions as soon as somebody edits it.
    """
    return named(thing.edition) or in_force(as_of)


@lru_cache(maxsize=1)
def every() -> Mapping[str, Question]:
    """Every field any edition asks, in the newest one's words, with older choices behind: for labels across cases."""
    found: dict[str, Question] = {}
    for edition in reversed(editions()):
        for question in edition:
            known = found.get(question.field)
            found[question.field] = _both(known, question) if known else question
    return found


def _both(newer: Question, older: Question) -> Question:
    gone = tuple(option for option in older.options if option.code not in newer.codes)
    return replace(newer, options=(*newer.options, *gone)) if gone else newer


def fields() -> frozenset[str]:
    """The fields rules may name: those of every edition."""
    return frozenset(every())


__all__ = [
    "MAX_ANSWER", "WITHHOLDING", "Option", "Question", "Questionnaire", "Section", "Successor", "editions", "every",
    "fields", "in_force", "load", "named", "of", "read_all", "refusals",
]  # fmt: skip
