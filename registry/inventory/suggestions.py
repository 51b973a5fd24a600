"""What answers to older instruments suggest for the one in force. A person decides; nothing is ever filled in.

OMB M-24-10 asked whether rights or safety are impacted, M-25-21 whether a use is high-impact: of the cases that
answered both, many answered otherwise than the older answer would have it (docs/decisions/0017).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from registry.inventory.answers import question
from registry.inventory.schema import Column, Layout


class Suggestion(NamedTuple):
    """An answer an older one suggests, and the older one in its own words."""

    field: str
    code: str
    year: int
    question: str
    answer: str


def suggested(document: Mapping[str, Any], layouts: Iterable[Layout]) -> tuple[Suggestion, ...]:
    """One suggestion a question that has no answer yet; none where older answers suggest different things.

    A later instrument goes before an earlier one. Of two questions of one year, the graver answer counts: what
    impacts rights is suggested as high-impact whatever is said of safety.
    """
    answers = document.get("answers", {})
    found: dict[str, Suggestion] = {}
    seen: set[str] = set()
    for layout in sorted(layouts, key=lambda one: -one.year):
        for column in layout.columns:
            if column.field in seen or not column.suggests:
                continue
            seen.add(column.field)
            for one in _of(column, answers.get(column.field), layout):
                known = found.get(one.field)
                if not answers.get(one.field) and (known is None or _is_graver(one, known)):
                    found[one.field] = one
    return tuple(found.values())


def _of(column: Column, code: Any, layout: Layout) -> list[Suggestion]:
    if not isinstance(code, str) or code not in column.suggests:
        return []
    return [
        Suggestion(field, value, layout.year, question(column), column.labels[code])
        for field, value in column.suggests[code].items()
    ]


def _is_graver(one: Suggestion, known: Suggestion) -> bool:
    return one.year == known.year and one.code == "high_impact" and known.code != "high_impact"
