"""Answers to older instruments as a person reads them: nothing asks them any more, and nothing of them is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from registry import diff, handling
from registry import document as documents
from registry.inventory.answers import question
from registry.inventory.known import all_layouts, older_columns
from registry.inventory.schema import Column
from registry.inventory.suggestions import Suggestion, suggested

UNPLACED = "column: "  # how the reader names the text of a column no table knows


@dataclass(frozen=True)
class OlderLine:
    """One answer with its question; `state` as on every page."""

    field: str
    label: str
    text: str
    state: str


@dataclass(frozen=True)
class OlderPart:
    """The answers to one instrument."""

    title: str
    lines: tuple[OlderLine, ...]


def label_of(field: str) -> str:
    """The question a field of an older instrument asked; the header of a column nobody placed; else the field."""
    known = older_columns().get(field)
    if known:
        return f"{question(known[1])} ({known[0].year})"
    return f"{field.removeprefix(UNPLACED)} (not placed)" if field.startswith(UNPLACED) else field


def words_of(field: str, side: diff.Side) -> str:
    """One side of a change in a field the questionnaire does not have."""
    if side.state == "withheld":
        return str(side.value) if handling.is_marker(side.value) else f"Withheld: {side.value}"
    if side.state == "flagged":
        return f"Not understood: {side.value}"
    known = older_columns().get(field)
    return "" if side.state == "blank" else answer_words(known[1] if known else None, side.value)


def answer_words(column: Column | None, value: Any) -> str:
    """An answer in the words of its instrument."""
    codes = value if isinstance(value, list) else [value]
    return ", ".join(str(column.labels.get(code, code) if column else code) for code in codes)


def parts(document: Mapping[str, Any]) -> list[OlderPart]:
    """What a document holds of older instruments, newest first, and of columns nobody placed."""
    found: dict[str, list[OlderLine]] = {}
    for name, (layout, column) in older_columns().items():
        side = diff.side(document, name)
        if side.state != "blank":
            text = answer_words(column, side.value) if side.state == "answered" else str(side.value or "")
            state = "restricted" if side.state == "withheld" and handling.is_marker(side.value) else side.state
            found.setdefault(f"Inventory of {layout.year}", []).append(OlderLine(name, question(column), text, state))
    for name, flag in documents.flagged(document).items():
        if name.startswith(UNPLACED):
            line = OlderLine(name, name.removeprefix(UNPLACED), flag.get("text", ""), "flagged")
            found.setdefault("Columns no instrument knows", []).append(line)
    return [OlderPart(title, tuple(lines)) for title, lines in found.items()]


def suggestions(document: Mapping[str, Any]) -> dict[str, Suggestion]:
    """What older answers suggest, by the field that has no answer yet (docs/decisions/0017)."""
    return {one.field: one for one in suggested(document, all_layouts().values())}
