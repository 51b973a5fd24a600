"""The cases of a file that was read, as two years are compared: in the words of 2025 as far as they go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from registry.inventory.ids import same_ids
from registry.inventory.records import Inventory
from registry.inventory.schema import Layout
from registry.inventory.suggestions import suggested

__all__ = ["Comparable", "comparable", "of_document", "same_ids"]
RETIRED = "retired"


class Comparable(NamedTuple):
    """One case of one year: the six things the change log asks about."""

    id: str
    name: str
    document: Mapping[str, Any]
    stage: str  # a code of 2025; empty where an older answer does not say which
    impact: str  # likewise; an older answer on rights and safety suggests no more than it can
    retired: bool


def comparable(inventory: Inventory, layouts: Mapping[str, Layout]) -> Iterator[Comparable]:
    """Each row of a file that was not left out; one without an ID under its name."""
    for row in inventory.rows:
        if not row.rejected:
            name = row.document["answers"].get("use_case_name", "")
            yield of_document(row.use_case_id or name, row.document, layouts)


def of_document(use_case_id: str, document: Mapping[str, Any], layouts: Mapping[str, Layout]) -> Comparable:
    """A case by its document, of whichever instrument."""
    answers = document.get("answers", {})
    guessed = {one.field: one.code for one in suggested(document, layouts.values())}
    stage = answers.get("development_stage") or guessed.get("development_stage", "")
    impact = answers.get("is_high_impact") or guessed.get("is_high_impact", "")
    active = str(answers.get("y2024_active", "")).casefold()
    is_inactive = not answers.get("development_stage") and active.startswith("inactive")
    name = str(answers.get("use_case_name", ""))
    return Comparable(use_case_id, name, document, stage, impact, stage == RETIRED or is_inactive)
