"""Which answers the change log asks about, and what an older instrument said of a stage. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from registry.inventory.change_log import PRACTICES
from registry.inventory.known import all_layouts, older_columns
from registry.inventory.schema import Column

STAGE, IMPACT = "development_stage", "is_high_impact"


@lru_cache(maxsize=1)
def compared() -> tuple[str, ...]:
    """The fields two years are compared by: name, stage, impact, practices, and what older instruments said of them."""
    older = {name for name, (_, column) in older_columns().items() if column.like in (STAGE, IMPACT)}
    asked = {column.field for layout in all_layouts().values() for column in layout.columns if column.suggests}
    return tuple(sorted({"use_case_name", STAGE, IMPACT, *PRACTICES, *older, *asked}))


@lru_cache(maxsize=1)
def _stages() -> tuple[tuple[str, Column], ...]:
    """The questions older instruments asked about the stage, the newest first; those with fixed words before all."""
    found = [(name, column) for name, (_, column) in older_columns().items() if column.like == STAGE]
    return tuple(sorted(found, key=lambda one: not one[1].labels))


def stage_in_its_words(document: Mapping[str, Any]) -> str:
    """What an older instrument was told of the stage, in the words of its year; empty where nobody said."""
    answers = document.get("answers") or {}
    for name, column in _stages():
        if told := answers.get(name):
            return str(column.labels.get(told, told))
    return ""
