"""The use-case document: the JSON that holds all facts of a case, and nothing else does.

    {"answers": {field: value}, "withheld": {field: source text}, "flagged": {field: {text, code, message}}}

A field stands in at most one of the three. Withheld is an answer nobody may read here; flagged is source
text nobody has understood yet, and so no answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from registry.conditions import is_known

Document = Mapping[str, Any]
State = Literal["answered", "withheld", "flagged", "blank"]


def answers(document: Document) -> Mapping[str, Any]:
    return document.get("answers") or {}


def withheld(document: Document) -> Mapping[str, str]:
    return document.get("withheld") or {}


def flagged(document: Document) -> Mapping[str, Mapping[str, str]]:
    return document.get("flagged") or {}


def state(document: Document, field: str) -> State:
    if is_known(answers(document).get(field)):
        return "answered"
    if field in withheld(document):
        return "withheld"
    return "flagged" if field in flagged(document) else "blank"


def is_answered(document: Document, field: str) -> bool:
    """Whether a person has answered: a withheld answer is one, a flagged text is not."""
    return state(document, field) in ("answered", "withheld")
