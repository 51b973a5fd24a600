"""Days the department has whatever its cases are: dated data. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from registry.rule_files import RuleFiles
from registry.yaml_source import Node, read


@dataclass(frozen=True, slots=True)
class Repeated:
    """Something due on `first` and again every so many years, not after `last`."""

    what: str
    source: str
    first: date
    every_years: int
    last: date

    def between(self, start: date, end: date) -> Iterator[date]:
        """The days it is due from one day to another, both included."""
        for year in range(self.first.year, min(end, self.last).year + 1, self.every_years):
            day = self.first.replace(year=year)
            if start <= day <= min(end, self.last):
                yield day


@dataclass(frozen=True)
class Edition:
    """All of them as one edition has them."""

    key: str
    source: str
    days: tuple[Repeated, ...]


def load(path: Path) -> Edition:
    """Read one edition; a wrong or unknown key is refused with its place."""
    root = Node(read(path), path)
    root.only({"rules", "edition", "source", "days"})
    return Edition(
        root.day("edition").isoformat(), root.text("source"), tuple(_repeated(node) for node in root.nodes("days"))
    )


def _repeated(node: Node) -> Repeated:
    node.only({"what", "source", "first", "every_years", "last"})
    found = Repeated(
        node.text("what"), node.text("source"), node.day("first"), node.number("every_years"), node.day("last")
    )
    if found.every_years < 1:
        raise node.error("every_years", "must be at least 1")
    if (found.first.month, found.first.day) == (2, 29):
        raise node.error("first", "must be a day that every year has")
    return found


_FILES = RuleFiles("calendar", load)
editions, in_force = _FILES.editions, _FILES.in_force
