"""Rules as dated data: every edition of one kind of rule file, and the one in force on a day. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from registry.yaml_source import FIXTURES


class _Dated(Protocol):
    @property
    def key(self) -> str: ...


E = TypeVar("E", bound=_Dated)


class RuleFiles(Generic[E]):
    """The files `fixtures/rules/<name>-*.yaml`, read once, on first use; `key` of an edition is its day, ISO."""

    def __init__(self, name: str, load: Callable[[Path], E]) -> None:
        self._name, self._load = name, load

    @cached_property
    def _editions(self) -> tuple[E, ...]:
        found = [self._load(path) for path in (FIXTURES / "rules").glob(f"{self._name}-*.yaml")]
        return tuple(sorted(found, key=lambda edition: edition.key))

    def editions(self) -> tuple[E, ...]:
        """All editions, the earliest first."""
        return self._editions

    def in_force(self, as_of: date) -> E:
        """The edition of a day: the newest by then, before the first one the first."""
        newest = (one for one in reversed(self._editions) if one.key <= as_of.isoformat())
        return next(newest, self._editions[0])
