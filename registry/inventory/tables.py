"""Finding the data in a file: which sheet, which layout, which column holds which question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from openpyxl.utils import get_column_letter

from registry.inventory.cells import Value, is_blank, key, shorten, source
from registry.inventory.records import Refused
from registry.inventory.schema import Column, Layout
from registry.inventory.sources import Sheet

HEADER_ROWS = 10
FEWEST_COLUMNS = 5


@dataclass(frozen=True, slots=True)
class Place:
    """One column of the file. `column` is None where the layout knows no such question."""

    header: str  # the file's own, as it stands there
    column: Column | None
    extra: str = ""  # agency or agency_name
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet whose header was recognised, with the rows below it."""

    sheet: Sheet
    layout: Layout
    header_row: int
    places: tuple[Place, ...]
    rows: Iterator[tuple[int, tuple[Value, ...]]]

    @property
    def missing(self) -> tuple[Column, ...]:
        found = {place.column.field for place in self.places if place.column}
        return tuple(column for column in self.layout.columns if column.field not in found)

    def place(self, index: int) -> Place:
        if index < len(self.places):
            return self.places[index]
        return Place(f"column {get_column_letter(index + 1)}", None)


@dataclass(slots=True)
class Found:
    tables: list[Table]
    others: list[Sheet]  # sheets with something in them that is not read, pick-lists apart


def find(candidates: Iterable[Sequence[Sheet]], layouts: Mapping[str, Layout], name: str) -> Found:
    """The first set of sheets in which a layout is recognised; the nearest miss explains a refusal."""
    nearest, problem, blank = 0, None, True
    for sheets in candidates:
        try:
            found = Found([], [])
            for sheet in sheets:
                head = list(islice(sheet.rows, HEADER_ROWS))
                filled = any(not is_blank(value) for _, values in head for value in values)
                blank = blank and not filled
                table, recognised = _recognise(sheet, head, layouts)
                nearest = max(nearest, recognised)
                if table:
                    found.tables.append(table)
                elif filled and not sheet.hidden:
                    found.others.append(sheet)
        except Refused as error:
            # A text table read with the wrong delimiter may look damaged; another one may fit.
            problem = problem or error
            continue
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


def _recognise(
    sheet: Sheet, head: list[tuple[int, tuple[Value, ...]]], layouts: Mapping[str, Layout]
) -> tuple[Table | None, int]:
    """Most columns recognised, then fewest missing, then most headers spelled exactly as the layout does."""
    best: tuple[tuple[int, int, int], int, Layout] | None = None
    for position, (_, values) in enumerate(head):
        texts = ["" if is_blank(value) else source(value) for value in values]
        for layout in layouts.values():
            columns = {column.field: column for text in texts if (column := layout.by_header.get(key(text)))}
            exact = sum(1 for text in texts if text and text.strip() in {c.header for c in columns.values()})
            score = (len(columns), len(columns) - len(layout.columns), exact)
            if {"id", "use_case_name"} & columns.keys() and (best is None or score > best[0]):
                best = (score, position, layout)
    if best is None or best[0][0] < FEWEST_COLUMNS:
        return None, best[0][0] if best else 0
    (recognised, _, _), position, layout = best
    places = _places(head[position][1], layout)
    rows = chain(head[position + 1 :], sheet.rows)
    return Table(sheet, layout, head[position][0], places, rows), recognised


def _places(values: Sequence[Value], layout: Layout) -> tuple[Place, ...]:
    places: list[Place] = []
    taken: set[str] = set()
    for index, value in enumerate(values):
        header = f"column {get_column_letter(index + 1)}" if is_blank(value) else source(value)
        column = layout.by_header.get(key(header))
        extra = layout.extra_headers.get(key(header), "")
        name = column.field if column else extra
        if name and name in taken:
            places.append(Place(shorten(header), None, repeated=True))
        else:
            places.append(Place(header, column, extra))
            taken.add(name)
    return tuple(places)
