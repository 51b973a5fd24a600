"""Reading an inventory file: every cell that is not blank is stored or flagged, and none is lost."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from registry.inventory.cells import is_blank, key
from registry.inventory.kinds import MAX_BYTES
from registry.inventory.records import ERROR, NOTICE, WARNING, Inventory, Issue, Refused, Row
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
) -> Inventory:
    """Read a workbook or CSV file of any known layout, or refuse it as a whole (`Refused`).

    `admit` is asked of each row and may object to importing it where the file is imported.
    """
    found = find(open_sheets(_bytes(source, name), name), layouts, name)
    reader = RowReader(
        components=_folded(known_components),
        agencies=_folded(known_agencies),
        single=len(found.tables) == 1,
        admit=admit,
    )
    total = 0
    for table in found.tables:
        total += _read_table(table, reader, name, total)
    if not reader.rows and not reader.stray:
        raise Refused("empty", "The file has a header and no use case below it.", name)
    return _inventory(found, reader, total)


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


def _inventory(found: Found, reader: RowReader, total: int) -> Inventory:
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
    )


def _file_issues(found: Found) -> list[Issue]:
    blank = Issue(None, None, None, "", NOTICE, "", "")
    issues = []
    for column in found.tables[0].missing:
        message = f"The file has no column “{column.header.split(chr(10))[0]}” ({column.field})."
        issues.append(replace(blank, code="missing_column", field=column.field, message=message))
    for sheet in found.others:
        message = f"The sheet “{sheet.name}” was not read: it is hidden, or has no header of this layout."
        issues.append(replace(blank, code="sheet_not_read", sheet=sheet.name, message=message))
    return issues
