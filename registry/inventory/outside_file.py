"""Reading a list from outside: the table is found, its columns guessed or told, each row becomes a line or is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from registry import outside
from registry.inventory.cells import Broken, Formula, Value, clean, is_blank, shorten, source
from registry.inventory.records import Refused
from registry.inventory.sources import Sheet, open_sheets

HEAD_ROWS = 20  # notes may stand above the header
MAX_LINES = 20_000
SAMPLE = 5
LONGEST = {outside.NAME: 1000, outside.NUMBER: 200, outside.COMPONENT: 200, outside.DATE: 60, outside.VENDOR: 300}
MOST_ISSUES = 500


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the list, as it says it."""

    row: int
    key: str
    name: str
    number: str
    component: str
    date: str
    vendor: str


@dataclass(frozen=True, slots=True)
class Table:
    """Where the list stands in the file, and its first rows."""

    sheet: str
    header_row: int
    headers: tuple[str, ...]
    guess: Mapping[str, int]
    sample: tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Read:
    """What was read. Each of the `rows` is a line, or an issue says what became of it."""

    lines: tuple[Line, ...]
    rows: int
    issues: tuple[tuple[int, str], ...]  # (row, what is wrong and what was done)
    untold: int  # issues beyond those that are kept


def look(data: bytes, name: str, kind: str) -> Table:
    """Find the table: the row with most columns known by their words, or the first with two texts side by side."""
    found = max(_tables(data, name, kind), key=lambda pair: pair[0], default=None)
    if found is None:
        raise Refused("empty", "No table was found in the file: a header with at least two columns is needed.", name)
    return found[1]


def _tables(data: bytes, name: str, kind: str) -> Iterator[tuple[tuple[int, bool], Table]]:
    for sheets in open_sheets(data, name):
        for sheet in sheets:
            top = list(_head(sheet))
            for place, (row, cells) in enumerate(top):
                guessed = outside.guess(kind, cells)
                if sum(1 for cell in cells if cell) < 2:
                    continue
                sample = tuple(pair for pair in top[place + 1 :] if any(pair[1]))[:SAMPLE]
                known = len(guessed) if {outside.NAME, outside.NUMBER} & set(guessed) else 0
                yield (known, not sheet.hidden), Table(sheet.name, row, cells, guessed, sample)


def _head(sheet: Sheet) -> Iterator[tuple[int, tuple[str, ...]]]:
    for row, values in sheet.rows:
        yield row, _cells(values)
        if row >= HEAD_ROWS:
            return


def read(data: bytes, name: str, table: Table, columns: Mapping[str, int]) -> Read:
    """The lines below the header. Rows with the same key are one line; a row without name and number is named."""
    reader = _Reader(columns)
    for row, values in _below(data, name, table):
        reader.add(row, values, f"{name}, row {row}")
    if not reader.lines:
        raise Refused("empty", "No row below the header has a name or a number. Look at the columns again.", name)
    return Read(tuple(reader.lines.values()), reader.rows, tuple(reader.issues), reader.untold)


def _below(data: bytes, name: str, table: Table) -> Iterator[tuple[int, Sequence[Value]]]:
    """The rows below the header, in the reading (sheet, delimiter) the table was found in."""
    for sheets in open_sheets(data, name):
        for sheet in sheets:
            if sheet.name != table.sheet:
                continue
            top = []
            for row, values in sheet.rows:
                top.append((row, values))
                if row >= table.header_row:
                    break
            if top and top[-1][0] == table.header_row and _cells(top[-1][1]) == table.headers:
                yield from sheet.rows
                return


def _cells(values: Sequence[Value]) -> tuple[str, ...]:
    cells = [shorten(clean(source(value)), 120) if not is_blank(value) else "" for value in values]
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


class _Reader:
    """Takes the rows of the table."""

    def __init__(self, columns: Mapping[str, int]) -> None:
        self.columns = columns
        self.lines: dict[str, Line] = {}
        self.issues: list[tuple[int, str]] = []
        self.rows = self.untold = 0

    def add(self, row: int, values: Sequence[Value], where: str) -> None:
        """One row; a blank one is none."""
        if all(is_blank(value) for value in values):
            return
        self.rows += 1
        if self.rows > MAX_LINES:
            raise Refused("too_many_rows", f"The list has more than {MAX_LINES:,} rows. Split it.", where)
        given = {part: self._text(row, part, values) for part in outside.PARTS}
        key = outside.line_key(given[outside.NUMBER], given[outside.NAME])
        if not key:
            self._issue(row, "Has neither name nor number and was left out.")
        elif key in self.lines:
            self._issue(row, f"Stands a second time (row {self.lines[key].row}); the two are one line.")
        else:
            self.lines[key] = Line(row=row, key=key, **given)

    def _text(self, row: int, part: str, values: Sequence[Value]) -> str:
        place = self.columns.get(part, -1)
        value = values[place] if 0 <= place < len(values) else None
        if is_blank(value):
            return ""
        if isinstance(value, Formula | Broken):
            self._issue(
                row, f"The {part} is computed by the spreadsheet ({shorten(value.text, 60)}): put the value in."
            )
            return ""
        text = clean(source(value))
        if len(text) > LONGEST[part]:
            self._issue(row, f"The {part} has {len(text):,} characters; the first {LONGEST[part]:,} are kept.")
        return text[: LONGEST[part]]

    def _issue(self, row: int, message: str) -> None:
        if len(self.issues) < MOST_ISSUES:
            self.issues.append((row, message))
        else:
            self.untold += 1
