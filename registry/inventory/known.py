"""The portal's own column tables, and what is known of a field of an older instrument."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from registry.inventory.schema import Column, Layout, layouts
from registry.yaml_source import FIXTURES

FOLDER = FIXTURES / "inventory"
IN_FORCE = "omb-2025"


@lru_cache(maxsize=4)
def all_layouts(folder: Path = FOLDER) -> Mapping[str, Layout]:
    """The column tables of a folder by name, read once a process."""
    return layouts(folder)


@lru_cache(maxsize=1)
def older_columns() -> Mapping[str, tuple[Layout, Column]]:
    """Each field only an older instrument has, the newest instrument first, in the order of its questions."""
    now = {column.field for layout in all_layouts().values() if layout.year == 2025 for column in layout.columns}
    found: dict[str, tuple[Layout, Column]] = {}
    for layout in sorted(all_layouts().values(), key=lambda one: (-one.year, one.name)):
        for column in layout.columns:
            if column.field not in now and column.field not in ("agency", "agency_name"):
                found.setdefault(column.field, (layout, column))
    return found


@lru_cache(maxsize=1)
def _alike() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name, (_, column) in older_columns().items():
        if column.like:
            found.setdefault(column.like, set()).add(name)
    return {name: frozenset(older) for name, older in found.items()}


def with_older(fields: Iterable[str]) -> frozenset[str]:
    """Fields with the older ones that ask about the same: who may not know the one may not know the other."""
    given = frozenset(fields)
    return given.union(*(_alike().get(field, frozenset()) for field in given))


@lru_cache(maxsize=1)
def older_endings() -> tuple[tuple[str, frozenset[str]], ...]:
    """Fields of older instruments that say a case has ended, with the codes that do, the newest instrument first."""
    found = []
    for name, (_, column) in older_columns().items():
        codes = frozenset(code for code, now in column.suggests.items() if now.get("development_stage") == "retired")
        if codes:
            found.append((name, codes))
    return tuple(found)
