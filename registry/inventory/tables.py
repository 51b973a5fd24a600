"""Finding the data in a file: which sheet, which layout, which row is its header."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from openpyxl.utils import get_column_letter

from registry.inventory.cells import Value, is_blank, key
from registry.inventory.placing import NOTHING_SAID, Likeness, Place, Said, header_of, place
from registry.inventory.records import Refused
from registry.inventory.schema import Column, Layout
from registry.inventory.sources import Sheet

__all__ = ["Found", "Place", "Table", "find"]

HEADER_ROWS = 30
FEWEST_COLUMNS = 5
LONGEST_HEADER = 600
LIKENESS_SHEETS = 5  # comparing by words is slow: it is for a file in which no header is known at all
_NAMING = frozenset({"id", "use_case_name"})
Line = tuple[int, tuple[Value, ...]]


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet whose header was recognised, with the rows below it."""

    sheet: Sheet
    layout: Layout
    header_row: int
    places: tuple[Place, ...]
    rows: Iterator[Line]

    @property
    def missing(self) -> tuple[Column, ...]:
        found = {place.column.field for place in self.places if place.column}
        return tuple(column for column in self.layout.columns if column.field not in found)

    def place(self, index: int) -> Place:
        if index < len(self.places):
            return self.places[index]
        return Place(f"column {get_column_letter(index + 1)}", None, index=index)


@dataclass(slots=True)
class Found:
    tables: list[Table]
    others: list[Sheet]  # sheets with something in them that is not read, pick-lists apart


@dataclass(frozen=True, slots=True)
class _Header:
    """A row that may be the header, alone or over the one below it."""

    score: tuple[int, int, int]
    end: int  # position of the first row of data
    texts: tuple[str, ...]
    layout: Layout


@dataclass(slots=True)
class _Opened:
    """A sheet with its first rows read."""

    sheet: Sheet
    head: list[Line]

    @property
    def is_filled(self) -> bool:
        return any(not is_blank(value) for _, values in self.head for value in values)


def find(
    candidates: Iterable[Sequence[Sheet]], layouts: Mapping[str, Layout], name: str, said: Said = NOTHING_SAID
) -> Found:
    """The first set of sheets in which a layout is recognised; the nearest miss explains a refusal."""
    nearest, problem, blank = 0, None, True
    for sheets in candidates:
        try:
            opened = [_Opened(sheet, list(islice(sheet.rows, HEADER_ROWS))) for sheet in sheets]
        except Refused as error:
            # A text table read with the wrong delimiter may look damaged; another one may fit.
            problem = problem or error
            continue
        blank = blank and not any(one.is_filled for one in opened)
        headers = [_header(one.head, layouts, said) for one in opened]
        nearest = max([nearest, *(header.score[0] for header in headers if header)])
        if not any(header and _is_enough(header) for header in headers):
            headers = _by_likeness(opened, layouts)
        found = Found([], [])
        for one, header in zip(opened, headers, strict=True):
            if header and _is_enough(header):
                found.tables.append(_table(one, header, said))
            elif one.is_filled and not one.sheet.hidden:
                found.others.append(one.sheet)
        if found.tables:
            return _one_layout(found)
    raise problem or _unknown(name, layouts, nearest, blank)


def _one_layout(found: Found) -> Found:
    """Visible sheets before hidden ones, and all of the layout of the first."""
    visible = [table for table in found.tables if not table.sheet.hidden] or found.tables[:1]
    layout = visible[0].layout.name
    chosen = [table for table in visible if table.layout.name == layout]
    found.others += [table.sheet for table in found.tables if table not in chosen]
    found.tables = chosen
    return found


def _unknown(name: str, layouts: Mapping[str, Layout], nearest: int, blank: bool) -> Refused:
    if blank:
        return Refused("empty", "The file has no data.", name)
    known = ", ".join(sorted(layouts))
    message = (
        f"No row among the first {HEADER_ROWS} of any sheet is the header of a known inventory ({known}); "
        f"at best {nearest} columns were recognized. Keep the header row of OMB's or DHS's template."
    )
    return Refused("unknown_layout", message, name)


def _is_enough(header: _Header) -> bool:
    return header.score[0] >= FEWEST_COLUMNS


def _table(opened: _Opened, header: _Header, said: Said) -> Table:
    places = place(header.texts, header.layout, said, opened.sheet.name)
    rows = chain(opened.head[header.end :], opened.sheet.rows)
    return Table(opened.sheet, header.layout, opened.head[header.end - 1][0], places, rows)


def _header(head: Sequence[Line], layouts: Mapping[str, Layout], said: Said) -> _Header | None:
    """Most columns recognised, then fewest missing, then most headers spelled exactly as the layout does."""
    best: _Header | None = None
    for end, texts in _possible(head):
        keys = [key(text) for text in texts if len(text) <= LONGEST_HEADER]
        for layout in layouts.values():
            kept = said.headers.get(layout.name, {})
            columns = {column.field: column for one in keys if (column := _known(one, layout, kept))}
            exact = sum(1 for text in texts if text.strip() in {column.header for column in columns.values()})
            score = (len(columns), len(columns) - len(layout.columns), exact)
            if _NAMING & columns.keys() and (best is None or score > best.score):
                best = _Header(score, end, texts, layout)
    return best


def _known(spelling: str, layout: Layout, kept: Mapping[str, str]) -> Column | None:
    return layout.by_header.get(spelling) or layout.by_field.get(kept.get(spelling, ""))


def _possible(head: Sequence[Line]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Each row, then each two rows as one header: a cell merged over both has its text in the upper one."""
    rows = [tuple(header_of(value, index) for index, value in enumerate(values)) for _, values in head]
    for position, texts in enumerate(rows):
        yield position + 1, texts
    for position in range(len(head) - 1):
        upper, lower = head[position][1], head[position + 1][1]
        if all(is_blank(value) for value in lower):
            continue
        width = max(len(upper), len(lower))
        pairs = [(_at(upper, index), _at(lower, index)) for index in range(width)]
        yield position + 2, tuple(header_of(high if is_blank(low) else low, i) for i, (high, low) in enumerate(pairs))


def _at(values: Sequence[Value], index: int) -> Value:
    return values[index] if index < len(values) else None


def _by_likeness(opened: Sequence[_Opened], layouts: Mapping[str, Layout]) -> list[_Header | None]:
    """The header of a file that words every question its own way: enough of them must be surely meant."""
    likenesses = {name: Likeness(layout) for name, layout in layouts.items()}
    found: list[_Header | None] = []
    for one in opened:
        if len(found) >= LIKENESS_SHEETS or not one.is_filled or one.sheet.hidden:
            found.append(None)
            continue
        best: _Header | None = None
        for end, texts in islice(_possible(one.head), len(one.head)):
            for layout in layouts.values():
                score = _likely(texts, layout, likenesses[layout.name])
                if score is not None and (best is None or score > best.score):
                    best = _Header(score, end, texts, layout)
        found.append(best)
    return found


def _likely(texts: Sequence[str], layout: Layout, likeness: Likeness) -> tuple[int, int, int] | None:
    free = {column.field for column in layout.columns}
    fields = set()
    for text in texts:
        best = likeness.best(text, free) if 1 < len(text) <= LONGEST_HEADER else None
        known = layout.by_header.get(key(text)) or (best[1] if best else None)
        if known:
            fields.add(known.field)
    if not _NAMING & fields:
        return None
    return len(fields), len(fields) - len(layout.columns), 0
