"""Which column of a file asks which question: by its header, by what a person said, or by a header reworded."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import log
from typing import Literal

from openpyxl.utils import get_column_letter

from registry.inventory.cells import Value, is_blank, key, shorten, source
from registry.inventory.schema import Column, Layout

How = Literal["exact", "mapped", "kept", "reworded", ""]
REWORDED = 0.62  # from here on a header is taken for a question; below, a person is asked
NEAR = 0.3  # from here on a question is offered to the person who is asked
CLEARER = 0.12  # how much better than the next question it must fit
NAMELESS = re.compile(r"column [A-Z]+")  # `header_of` a blank cell
_LITTLE = frozenset({
    "a", "an", "and", "any", "are", "be", "by", "does", "for", "from", "has", "have",
    "how", "if", "in", "is", "it", "of", "on", "or", "the", "this", "to", "was",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """One column of the file. `column` is None where no question of the layout is known to be meant."""

    header: str  # the file's own, as it stands there
    column: Column | None
    extra: str = ""  # agency or agency_name
    repeated: bool = False
    how: How = ""
    index: int = 0
    shifted_to: Column | None = None  # its cells look like answers to this question: `shifts.find`

    @property
    def field(self) -> str:
        """The field of its question, if it has one."""
        return self.column.field if self.column else self.extra


@dataclass(frozen=True, slots=True)
class Said:
    """What people said about columns: kept for headers of a layout, or about the columns of this very file."""

    headers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # layout -> header key -> field or ""
    columns: Mapping[str, Mapping[int, str]] = field(default_factory=dict)  # sheet -> index -> field or ""


NOTHING_SAID = Said()


def header_of(value: Value, index: int) -> str:
    """The header as it stands there, or the name of its column where it is blank."""
    return f"column {get_column_letter(index + 1)}" if is_blank(value) else source(value)


def place(headers: Sequence[str], layout: Layout, said: Said = NOTHING_SAID, sheet: str = "") -> tuple[Place, ...]:
    """Each column of the file under its question; every question is taken once."""
    placing = _Placing(headers, layout)
    placing.by_what_was_said(said.headers.get(layout.name, {}), said.columns.get(sheet, {}))
    placing.by_header()
    placing.by_likeness()
    return tuple(placing.found.get(index) or placing.unknown(index) for index in range(len(headers)))


class _Placing:
    """The columns of one header while their questions are looked for, the surest way first."""

    def __init__(self, headers: Sequence[str], layout: Layout) -> None:
        self._headers, self._layout = headers, layout
        self._keys = [key(header) for header in headers]
        self._counts = Counter(self._keys)
        self._fields = [column.field for column in layout.columns]
        self._taken: set[str] = set()
        self.found: dict[int, Place] = {}

    def _put(self, index: int, column: Column | None, how: How, extra: str = "") -> None:
        self.found[index] = Place(self._headers[index], column, extra, how=how, index=index)
        self._taken.add(column.field if column else extra)

    def unknown(self, index: int) -> Place:
        """A column nothing is known of, or whose question is asked by a column before it."""
        header, spelling = self._headers[index], self._keys[index]
        known = self._layout.by_header.get(spelling)
        name = known.field if known else self._layout.extra_headers.get(spelling)
        is_again = name in self._taken
        return Place(shorten(header) if is_again else header, None, repeated=is_again, index=index)

    def by_what_was_said(self, kept: Mapping[str, str], here: Mapping[int, str]) -> None:
        for index, spelling in enumerate(self._keys):
            name = here.get(index, kept.get(spelling))
            if name == "":
                self.found[index] = Place(self._headers[index], None, how="kept", index=index)
            elif name and name in self._layout.by_field and name not in self._taken:
                self._put(index, self._layout.by_field[name], "mapped")

    def by_header(self) -> None:
        before = ""  # the question of the nearest column on the left that is known
        for index, spelling in enumerate(self._keys):
            if index not in self.found:
                column = self._column(spelling, before)
                extra = "" if column else self._layout.extra_headers.get(spelling, "")
                name = column.field if column else extra
                if not name or name in self._taken:
                    continue
                self._put(index, column, "exact", extra)
            before = self.found[index].field or before

    def _column(self, spelling: str, before: str) -> Column | None:
        """The question a header asks. One that several share is told by the question before it, else by their order."""
        namesakes = self._layout.namesakes.get(spelling)
        if namesakes is None:
            return self._layout.by_header.get(spelling)
        for column in namesakes:
            position = self._fields.index(column.field)
            if position and self._fields[position - 1] == before:
                return column
        if self._counts[spelling] != len(namesakes):
            return None
        return next((column for column in namesakes if column.field not in self._taken), None)

    def by_likeness(self) -> None:
        """Headers whose words are mostly those of one free question, and clearly more than those of any other."""
        left = [index for index in range(len(self._headers)) if self._may_be_reworded(index)]
        if not left:
            return
        likeness = Likeness(self._layout)
        shared = self._layout.namesakes
        free = {column.field for column in self._layout.columns if key(column.header) not in shared} - self._taken
        scored = [(best, index) for index in left if (best := likeness.best(self._headers[index], free))]
        for (_, column), index in sorted(scored, key=lambda one: -one[0][0]):
            if column.field not in self._taken:
                self._put(index, column, "reworded")

    def _may_be_reworded(self, index: int) -> bool:
        is_known = index in self.found or self._keys[index] in self._layout.by_header
        return not is_known and not NAMELESS.fullmatch(self._headers[index])


# -- reworded headers -------------------------------------------------------------------------------


class Likeness:
    """How much headers are like the questions of a layout, by the words they share; rare words count more."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._words = {column.field: tuple(map(_words, _spellings(column))) for column in layout.columns}
        counts = Counter(word for spellings in self._words.values() for word in spellings[0])
        self._weights = {word: log(1 + len(layout.columns) / count) for word, count in counts.items()}
        self._unknown = log(1 + len(layout.columns))

    def ranking(self, header: str, free: Collection[str]) -> list[tuple[float, Column]]:
        """The free questions by how much a header is like them, the best first."""
        asked = _words(header)
        scores = (
            (max(self._share(asked, one) for one in self._words[column.field]), column)
            for column in self._layout.columns
            if column.field in free
        )
        return sorted((one for one in scores if one[0] >= NEAR), key=lambda one: -one[0])

    def best(self, header: str, free: Collection[str]) -> tuple[float, Column] | None:
        """The question a header surely means: like it, and clearly less like any other."""
        ranked = self.ranking(header, free)
        second = ranked[1][0] if len(ranked) > 1 else 0.0
        sure = ranked and ranked[0][0] >= REWORDED and ranked[0][0] - second >= CLEARER
        return ranked[0] if sure else None

    def _share(self, one: frozenset[str], other: frozenset[str]) -> float:
        both = sum(self._weights.get(word, self._unknown) for word in one & other)
        every = sum(self._weights.get(word, self._unknown) for word in one | other)
        return both / every if every else 0.0


def _spellings(column: Column) -> tuple[str, ...]:
    return (column.header.split("\n\n")[0], column.variable.replace("_", " "))


def _words(text: str) -> frozenset[str]:
    """The words that say something, without a plural's s."""
    parts = "".join(letter if letter.isalnum() else " " for letter in key(text)).split()
    return frozenset(part.rstrip("s") or part for part in parts if part not in _LITTLE)
