"""The sheet with the cases in a workbook of a data call that came back: opened, recognised, its rows read."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from registry.inventory import call_book
from registry.inventory.cells import Broken, Formula, Value, is_blank, key, shorten
from registry.inventory.records import Refused
from registry.inventory.schema import Column, Layout

MAX_UNPACKED = 60_000_000
MAX_ROWS, MAX_COLUMNS, MAX_SHEETS = 5_000, 200, 1_000
HEADER_ROWS = 10
SHEETS_NAMED = 3
FEWEST = 5  # headers that make a row the header
# Everything openpyxl, zipfile and the XML parsers were seen to raise on a damaged workbook.
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, SyntaxError, KeyError, ValueError, IndexError, TypeError,
    AttributeError, EOFError, OSError, OverflowError, NotImplementedError, RecursionError, InvalidFileException,
)  # fmt: skip
AGAIN = "Take the workbook out again from the component’s page, and copy your changes into it."


@dataclass(frozen=True)
class Row:
    """One row below the header: its number and cells by column."""

    number: int
    cells: Mapping[int, Value]


@dataclass
class Table:
    """The sheet with the cases."""

    title: str
    heads: dict[int, Column | str]
    unknown: dict[int, str]
    rows: list[Row]
    merged: dict[tuple[int, int], str]
    hidden: list[int]


# -- opening ----------------------------------------------------------------------------------------


def open_book(data: bytes, name: str) -> Any:
    """The workbook. Refused when it is damaged or would fill the memory."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
                raise Refused("too_large", f"The workbook holds far more than a call’s workbook does. {AGAIN}", name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it will not write back data validation; nothing is written back here
            book = openpyxl.load_workbook(io.BytesIO(data), data_only=False)
    except _DAMAGED as error:
        message = f"The workbook is damaged or cut off ({type(error).__name__}). Save it again as .xlsx. {AGAIN}"
        raise Refused("damaged", message, name) from error
    if len(book.worksheets) > MAX_SHEETS:
        raise Refused("too_large", f"The workbook has {len(book.worksheets)} sheets. {AGAIN}", name)
    return book


def find_stamp(book: Any) -> str:
    """The signed stamp, from the hidden sheet whatever it is called now, or from the file's properties."""
    for sheet in book.worksheets:
        for row in sheet.iter_rows(max_row=3, max_col=5, values_only=True):
            for value in row:
                if isinstance(value, str) and value.strip().startswith(call_book.STAMP):
                    return value.strip().removeprefix(call_book.STAMP)
    for one in getattr(book, "custom_doc_props", ()) or ():
        if one.name == "Portal stamp":
            return str(one.value or "").strip()
    return ""


# -- the sheet --------------------------------------------------------------------------------------


def find_table(book: Any, layout: Layout, name: str) -> tuple[Table, list[str]]:
    """The sheet that has the header, by its columns and not by its name; others are named as not read."""
    known = {key(column.header): column for column in layout.columns}
    own = {key(text): text for text in (call_book.HOLDS, call_book.NOTE, call_book.MARKING, call_book.KEY)}
    found: Table | None = None
    notices: list[str] = []
    unread: list[str] = []
    for sheet in book.worksheets:
        table = _table(sheet, known, own)
        if table and found is None:
            found = table
        elif sheet.title not in (call_book.HOW, call_book.LISTS, call_book.STAMP_SHEET) and _is_filled(sheet):
            unread.append(shorten(sheet.title, 60))
    if found is None:
        raise Refused("no_header", f"No sheet has the header of the workbook any more. {AGAIN}", name)
    if unread:
        more = f" and {len(unread) - SHEETS_NAMED} more" if len(unread) > SHEETS_NAMED else ""
        some = ", ".join(f"“{title}”" for title in unread[:SHEETS_NAMED])
        notices.append(f"Not read, because the cases stand on another sheet: {some}{more}.")
    if found.title != call_book.SHEET:
        notices.append(f"The cases were read from the sheet “{shorten(found.title, 60)}”.")
    return found, notices


def _is_filled(sheet: Any) -> bool:
    rows = sheet.iter_rows(max_row=20, max_col=20, values_only=True)
    return sheet.sheet_state == "visible" and any(not is_blank(_plain(value)) for row in rows for value in row)


def _table(sheet: Any, known: Mapping[str, Column], own: Mapping[str, str]) -> Table | None:
    for number, row in enumerate(sheet.iter_rows(max_row=HEADER_ROWS, max_col=MAX_COLUMNS), start=1):
        heads: dict[int, Column | str] = {}
        unknown = {}
        for index, one in enumerate(row):
            text = key(str(one.value or ""))
            head = known.get(text) or own.get(text)
            if head is not None and head not in heads.values():
                heads[index] = head
            elif text:
                unknown[index] = str(one.value)
        named = [head for head in heads.values() if not isinstance(head, str)]
        if len(named) >= FEWEST and any(head.field == "id" for head in named):
            return Table(sheet.title, heads, unknown, list(_rows(sheet, number)), _merged(sheet, number),
                         _hidden(sheet, number))  # fmt: skip
    return None


def _rows(sheet: Any, header: int) -> Iterator[Row]:
    for count, row in enumerate(sheet.iter_rows(min_row=header + 1, max_col=MAX_COLUMNS)):
        cells = {index: value for index, one in enumerate(row) if not is_blank(value := _value(one))}
        if not cells:
            continue
        if count >= MAX_ROWS:
            raise Refused("too_many_rows", f"The sheet has cells below row {header + MAX_ROWS}. Delete them.", "")
        yield Row(header + 1 + count, cells)


def _merged(sheet: Any, header: int) -> dict[tuple[int, int], str]:
    """Cells of merged ranges below the header: what stands there was meant for one of them or for all, who knows."""
    return {
        (row, column - 1): str(area)
        for area in sheet.merged_cells.ranges
        if area.max_row > header and area.size["rows"] * area.size["columns"] < 100_000
        for row in range(area.min_row, area.max_row + 1)
        for column in range(area.min_col, area.max_col + 1)
    }


def _hidden(sheet: Any, header: int) -> list[int]:
    return [number for number, one in sheet.row_dimensions.items() if one.hidden and number > header]


def _value(one: Any) -> Value:
    value, kind = one.value, getattr(one, "data_type", "n")
    if kind == "e":
        return Broken(str(value))
    if kind == "f":
        return Formula(str(getattr(value, "text", None) or value))
    return _plain(value)


def _plain(value: Any) -> Value:
    if value is None or isinstance(value, str | int | float | date | datetime | time | timedelta):
        return value
    return str(value)
