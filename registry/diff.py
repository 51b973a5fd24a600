"""What changed between two documents of a case, field by field and in long text word by word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal, NamedTuple

from registry import document as documents
from registry.document import Document, State

_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
# Exact matching is quadratic in repeated words; beyond this difflib's own heuristic ignores the commonest ones.
_EXACT_TOKENS = 1_000

Operation = Literal["same", "removed", "added"]


class Span(NamedTuple):
    """A run of text that both versions share, or only one has."""

    operation: Operation
    text: str


@dataclass(frozen=True, slots=True)
class Side:
    """What a field held on one side: an answer, a withheld marker, a flagged text, or nothing."""

    state: State
    value: Any


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs; `spans` only for text that was answered on both sides."""

    field: str
    kind: Literal["added", "removed", "changed"]
    before: Side
    after: Side
    spans: tuple[Span, ...]


def compare(before: Document, after: Document, order: Sequence[str] = ()) -> tuple[Change, ...]:
    """The fields that differ, in the order of the form, fields outside of it last."""
    fields = [*dict.fromkeys([*order, *sorted(_fields(before) | _fields(after))])]
    changes = (_change(field, side(before, field), side(after, field)) for field in fields)
    return tuple(change for change in changes if change is not None)


def side(document: Document, field: str) -> Side:
    """What a document holds in a field."""
    state = documents.state(document, field)
    if state == "answered":
        return Side(state, documents.answers(document)[field])
    if state == "withheld":
        return Side(state, documents.withheld(document)[field])
    return Side(state, documents.flagged(document)[field].get("text", "") if state == "flagged" else None)


def words(before: str, after: str) -> tuple[Span, ...]:
    """The two texts as spans: same and removed ones give the old text, same and added ones the new."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=max(len(old), len(new)) > _EXACT_TOKENS)
    spans = []
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            spans.append(Span("same", "".join(old[start:end])))
            continue
        if end > start:
            spans.append(Span("removed", "".join(old[start:end])))
        if new_end > new_start:
            spans.append(Span("added", "".join(new[new_start:new_end])))
    return tuple(spans)


def _fields(document: Document) -> set[str]:
    parts = (documents.answers(document), documents.withheld(document), documents.flagged(document))
    return {field for part in parts for field in part}


def _change(field: str, before: Side, after: Side) -> Change | None:
    if before == after:
        return None
    if before.state == "blank":
        return Change(field, "added", before, after, ())
    if after.state == "blank":
        return Change(field, "removed", before, after, ())
    texts = before.state == after.state == "answered" and isinstance(before.value, str) and isinstance(after.value, str)
    return Change(field, "changed", before, after, words(before.value, after.value) if texts else ())
