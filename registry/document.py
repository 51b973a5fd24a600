"""The use-case document: the JSON that holds all facts of a case, and nothing else does.

    {"answers": {field: value}, "withheld": {field: source text}, "flagged": {field: {text, code, message}}}

A field stands in at most one of the three. Withheld is an answer nobody may read here; flagged is source
text nobody has understood yet, and so no answer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Literal

from registry.conditions import is_known
from registry.inventory.known import with_older

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


PARTS = ("answers", "withheld", "flagged")


def empty() -> dict[str, Any]:
    """A document without any answer."""
    return {part: {} for part in PARTS}


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256 over the document as JSON with sorted keys."""
    return hashlib.sha256(json.dumps(document, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def with_answers(document: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The document with these answers set; an empty one is removed. A given answer ends a flag or a marker there."""
    parts = {part: dict(document.get(part, {})) for part in PARTS}
    for field, value in answers.items():
        if value in (None, "", []):
            parts["answers"].pop(field, None)
            continue
        parts["answers"][field] = value
        parts["withheld"].pop(field, None)
        parts["flagged"].pop(field, None)
    return parts


WITHHELD_FIELDS, MARKER = "withheld_fields", "Withheld from public reporting"


def redacted(document: Document) -> dict[str, Any]:
    """The document as the public may read it: answers withheld one by one give way to a marker.

    OMB 2025 reporting guidance, withholding: only the details that cannot be shared are removed.
    """
    fields = with_older(row["field"] for row in answers(document).get(WITHHELD_FIELDS) or ())
    parts = {part: dict(document.get(part) or {}) for part in PARTS}
    for field in fields & set(parts["answers"]) | fields & set(parts["flagged"]):
        parts["answers"].pop(field, None)
        parts["flagged"].pop(field, None)
        parts["withheld"][field] = MARKER
    return parts


def merged(known: Mapping[str, Any], read: Mapping[str, Any]) -> dict[str, Any]:
    """What a file's document makes of a known one.

    The file's fields replace the known ones; a redaction marker never overwrites a known value, and fields the
    file does not carry (screening, say) stay.
    """
    result = {part: dict(known.get(part, {})) for part in PARTS}
    for part in ("answers", "flagged"):
        for field, value in read.get(part, {}).items():
            for other in PARTS:
                result[other].pop(field, None)
            result[part][field] = value
    for field, marker in read.get("withheld", {}).items():
        if field not in result["answers"]:
            result["flagged"].pop(field, None)
            result["withheld"][field] = marker
    return result


def dropped(known: Mapping[str, Any], read: Mapping[str, Any], fields: set[str]) -> dict[str, Any]:
    """Like `merged`, and a field of `fields` the file leaves blank becomes blank."""
    result = merged(known, read)
    present = {field for part in PARTS for field in read.get(part, {})}
    for field in fields - present:
        for part in PARTS:
            result[part].pop(field, None)
    return result


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
    """The fields two documents do not agree on."""
    fields = {field for document in (before, after) for part in PARTS for field in document.get(part, {})}
    return {field for field in fields if _slot(before, field) != _slot(after, field)}


def _slot(document: Mapping[str, Any], field: str) -> list[Any]:
    return [document.get(part, {}).get(field) for part in PARTS]


def with_fields(document: Mapping[str, Any], source: Mapping[str, Any], fields: set[str]) -> dict[str, Any]:
    """The document with these fields as `source` has them, answered, withheld, flagged or blank."""
    result = {part: dict(document.get(part, {})) for part in PARTS}
    for field in fields:
        for part in PARTS:
            result[part].pop(field, None)
            if field in source.get(part, {}):
                result[part][field] = source[part][field]
    return result
