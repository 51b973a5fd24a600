"""Need to know of single answers: which may be restricted, and a document as somebody without need to know reads it.

The one place where an answer gives way to a marker. A document goes to a page, a file or the API only as
`UseCase.readable()` leaves it (docs/decisions/0016-need-to-know.md).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any

from registry import questionnaire
from registry.document import PARTS, WITHHELD_FIELDS, Document
from registry.inventory.known import with_older
from registry.questions import LISTED, SEARCHED, can_be_restricted

PREFIX = "Restricted: "  # how a marker begins


@lru_cache(maxsize=1)
def by_questionnaire() -> frozenset[str]:
    """The fields an edition of the questionnaire restricts in every case."""
    return frozenset(
        question.field for one in questionnaire.editions() for question in one if question.handling == "restricted"
    )


def restricted(fields: Iterable[str]) -> frozenset[str]:
    """The restricted fields of a case: somebody's, the questionnaire's, and older ones like them."""
    return with_older(frozenset(fields) | by_questionnaire())


def is_marker(text: object) -> bool:
    """Whether a withheld text stands for a restricted answer."""
    return isinstance(text, str) and text.startswith(PREFIX)


def present(document: Document | None, fields: Collection[str]) -> frozenset[str]:
    """Those of the fields that hold something."""
    return frozenset(field for part in PARTS for field in (document or {}).get(part) or {} if field in fields)


def readable(document: Document, hidden: Collection[str], marker: str) -> dict[str, Any]:
    """The document with a marker in place of each hidden answer; what was withheld or flagged there goes too."""
    parts: dict[str, dict[str, Any]] = {part: dict(document.get(part) or {}) for part in PARTS}
    for field in present(document, hidden):
        for part in PARTS:
            parts[part].pop(field, None)
        parts["withheld"][field] = marker
    rows = parts["answers"].get(WITHHELD_FIELDS)
    if rows:  # the reason why an answer is withheld may say what the answer is
        parts["answers"][WITHHELD_FIELDS] = [{**r, "reason": marker} if r["field"] in hidden else r for r in rows]
    return parts


__all__ = [
    "LISTED", "PREFIX", "SEARCHED", "by_questionnaire", "can_be_restricted", "is_marker", "present", "readable",
    "restricted",
]  # fmt: skip
