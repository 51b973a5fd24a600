"""What looks wrong in a use case: pure rules over its document, each a named function.

A concern never refuses anything. It tells a person what to look at and what to do about it; facts stay
as they were reported.
"""

from __future__ import annotations

from collections.abc import Iterable

from registry.quality import across, agreeing, reported, withheld, wording
from registry.quality.concern import (
    IN_USE,
    NOTICE,
    WARNING,
    Concern,
    Context,
    Document,
    Rule,
    name_key,
    text_key,
)
from registry.quality.reported import SECTION_5

__all__ = [
    "IN_USE", "NOTICE", "RULES", "SECTION_5", "WARNING", "WRITTEN", "Concern", "Context", "Document", "Rule",
    "concerns", "name_key", "text_key",
]  # fmt: skip

RULES: tuple[Rule, ...] = (*reported.RULES, *across.RULES, *agreeing.RULES, *withheld.RULES)
# What is said to writers besides: a file that comes in is not judged by its wording.
WRITTEN: tuple[Rule, ...] = (*RULES, *wording.RULES)


def concerns(document: Document, context: Context, rules: Iterable[Rule] = RULES) -> tuple[Concern, ...]:
    """Everything the rules say about one use case."""
    return tuple(concern for rule in rules for concern in rule(document, context))
