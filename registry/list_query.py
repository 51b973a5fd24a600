"""What a person asks of the list, as it stands in an address: filters, search, order, columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

LONGEST = 200  # characters of one value; nobody searches for more


@dataclass(frozen=True)
class ListQuery:
    """The same question has one way of being written: a saved view can tell whether it was changed."""

    filters: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    cols: tuple[str, ...] = ()

    def get(self, name: str) -> str:
        """A filter's value; empty when it is not set."""
        return self.filters.get(name, "")

    def pairs(self, without: str = "") -> list[tuple[str, str]]:
        """Names and values, as hidden fields of a form or parts of an address."""
        found = [(name, self.filters[name]) for name in sorted(self.filters) if name != without]
        if self.sort and without != "sort":
            found.append(("sort", self.sort))
        return found + ([("cols", code) for code in self.cols] if without != "cols" else [])

    def text(self, without: str = "") -> str:
        """The query string."""
        return urlencode(self.pairs(without))


def read(pairs: Iterable[tuple[str, str]], names: Iterable[str]) -> ListQuery:
    """The question in these names and values; what is no part of one is left out."""
    known, filters, sort, cols = frozenset(names), dict[str, str](), "", list[str]()
    for name, raw in pairs:
        value = raw.replace("\x00", "").strip()[:LONGEST]
        if name == "sort":
            sort = value
        elif name == "cols":
            cols += [code for code in value.split(",") if code]
        elif name in known:
            filters[name] = value
    return ListQuery({name: value for name, value in filters.items() if value}, sort, tuple(sorted(set(cols))))


def of_request(given: Any, names: Iterable[str]) -> ListQuery:
    """The question in a request's GET or POST."""
    return read(((name, value) for name, values in given.lists() for value in values), names)


def of_text(text: str, names: Iterable[str]) -> ListQuery:
    """The question of a saved query string."""
    return read(parse_qsl(text), names)
