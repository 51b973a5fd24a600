"""Reading an inventory file: every cell that is not blank is stored or flagged, and none is lost."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO

from openpyxl.utils import get_column_letter

from registry.inventory import shifts
from registry.inventory.answers import question
from registry.inventory.cells import is_blank, key
from registry.inventory.guesses import columns_of
from registry.inventory.kinds import MAX_BYTES
from registry.inventory.placing import NOTHING_SAID, Said
from registry.inventory.records import ERROR, NOTICE, WARNING, ColumnFound, Inventory, Issue, Refused, Row
from registry.inventory.rows import Admission, RowReader
from registry.inventory.schema import Layout
from registry.inventory.sources import open_sheets
from registry.inventory.tables import Found, Table, find

__all__ = ["ERROR", "NOTICE", "WARNING", "Inventory", "Issue", "Refused", "Row", "read"]

MAX_ROWS = 200_000
MAX_CELLS = 10_000_000


def read(
    source: bytes | Path | BinaryIO,
    *,
    name: str,
    layouts: Mapping[str, Layout],
    known_components: Collection[str] | None = None,
    known_agencies: Collection[str] | None = None,
    admit: Admission | None = None,
    said: Said = NOTHING_SAID,
) -> Inventory:
    """Read a workbook or CSV file of any known layout, or refuse it as a whole (`Refused`).

    `admit` is asked of each row and may object to importing it where the file is imported; `said` is what people
    said about columns that no table knows.
    """
    found = find(open_sheets(_bytes(source, name), name), layouts, name, said)
    reader = RowReader(
        components=_folded(known_components),
        agencies=_folded(known_agencies),
        single=len(found.tables) == 1,
        admit=admit,
    )
    total = 0
    columns: list[ColumnFound] = []
    for index, table in enumerate(found.tables):
        found.tables[index], asked = _with_shifts(table)
        columns += asked
    for table in found.tables:
        total += _read_table(table, reader, name, total)
    if not reader.rows and not reader.stray:
        raise Refused("empty", "The file has a header and no use case below it.", name)
    return _inventory(found, reader, total, tuple(columns))


def _bytes(source: bytes | Path | BinaryIO, name: str) -> bytes:
    if isinstance(source, bytes):
        return source
    try:
        if not isinstance(source, Path):
            return source.read(MAX_BYTES + 1)
        with source.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise Refused("unreadable", f"The file cannot be read: {error.strerror or error}.", name) from error


def _folded(names: Collection[str] | None) -> frozenset[str] | None:
    return None if names is None else frozenset(key(one) for one in names)


def _with_shifts(table: Table) -> tuple[Table, tuple[ColumnFound, ...]]:
    """The table with the columns marked that answer another question as a whole; its first rows are looked at."""
    first = list(islice(table.rows, shifts.SAMPLE))
    samples = shifts.sampled(first)
    places = list(table.places)
    for shift in shifts.find(samples, places, table.layout):
        for index in range(shift.first, shift.last + 1):
            places[index] = replace(places[index], shifted_to=table.places[index - shift.by].column)
    table = replace(table, places=tuple(places), rows=chain(first, table.rows))
    return table, columns_of(table, samples)


def _read_table(table: Table, reader: RowReader, name: str, before: int) -> int:
    """Rows of one sheet in order; the limits are there so that no file can fill the memory."""
    count = 0
    for number, values in table.rows:
        cells = [(index, value) for index, value in enumerate(values) if not is_blank(value)]
        if not cells:
            continue
        count += len(cells)
        if len(reader.rows) >= MAX_ROWS or before + count > MAX_CELLS:
            message = f"The file has more than {MAX_ROWS:,} rows or {MAX_CELLS:,} cells. Split it."
            raise Refused("too_many_rows", message, f"{name}, row {number}")
        reader.add(table, number, cells)
    return count


def _inventory(found: Found, reader: RowReader, total: int, columns: tuple[ColumnFound, ...]) -> Inventory:
    first = found.tables[0]
    rows = tuple(reader.rows)
    headers = {place.column.field: place.header for place in reversed(first.places) if place.column}
    return Inventory(
        layout=first.layout.name,
        sheet=", ".join(table.sheet.name for table in found.tables if table.sheet.name),
        rows=rows,
        issues=(*_file_issues(found), *reader.stray),
        cells_total=total,
        cells_stored=sum(row.stored for row in rows),
        cells_flagged=sum(row.flagged for row in rows) + len(reader.stray),
        headers=headers,
        columns=columns,
    )


def _file_issues(found: Found) -> list[Issue]:
    blank = Issue(None, None, None, "", NOTICE, "", "")
    issues = []
    for table in found.tables:
        named = table.sheet.name if len(found.tables) > 1 else None
        issues += [replace(blank, sheet=named, **said) for said in _about_columns(table)]
        issues += [replace(blank, sheet=named, **said) for said in _about_sheet(table)]
    for column in found.tables[0].missing:
        message = f"The file has no column “{question(column)}” ({column.field})."
        issues.append(replace(blank, code="missing_column", field=column.field, message=message))
    for sheet in found.others:
        message = f"The sheet “{sheet.name}” was not read: it is hidden, or has no header of this layout."
        issues.append(replace(blank, code="sheet_not_read", sheet=sheet.name, message=message))
    return issues


def _about_columns(table: Table) -> Iterator[dict[str, Any]]:
    """Columns that were placed by something else than their header, and columns whose cells are out of place."""
    for place in table.places:
        column = place.shifted_to
        if column is not None:
            message = (
                f"Column {get_column_letter(place.index + 1)}: all its cells look like answers to “{question(column)}” "
                f"({column.field}). Correct the header, or say on the page of columns where they belong."
            )
            yield {"code": "shifted_column", "severity": ERROR, "column": place.header, "field": column.field,
                   "message": message}  # fmt: skip
        elif place.column is not None and place.how in ("reworded", "mapped"):
            how = "is read as" if place.how == "reworded" else "is read, as somebody said, as"
            message = f"The header {how} “{question(place.column)}” ({place.field})."
            yield {"code": f"{place.how}_column", "column": place.header, "field": place.field, "message": message}


def _about_sheet(table: Table) -> Iterator[dict[str, Any]]:
    """What a program for spreadsheets shows otherwise than its cells are stored."""
    marks = table.sheet.marks()
    hidden = [number for number in marks.hidden_rows if number > table.header_row]
    if hidden:
        message = f"{len(hidden)} hidden rows were read like the others, the first of them row {hidden[0]}."
        yield {"code": "hidden_rows", "row": hidden[0], "message": message}
    for merged in marks.merged:
        if merged.last > merged.first > table.header_row:
            message = (
                f"The cells {merged.text} are merged: only the first of the rows has the text. Undo the merging and "
                "repeat the text, if it is meant for each of them."
            )
            yield {"code": "merged_cells", "severity": WARNING, "row": merged.first, "message": message}
