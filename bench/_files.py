"""The inventory files that are measured: the published workbook where it is at hand, else a self-made one."""

import csv
import io
import os
import warnings
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
from django.conf import settings

from tests.registry.make_inventory import DHS, defective_cases, grid

ROWS = 238
LONG = 30  # characters from which a text is a sentence
WORKBOOK = "dhs-2025-inventory.xlsx"


def workbook() -> tuple[str, bytes]:
    """Its name and bytes."""
    folder = Path(os.environ.get("PORTAL_REAL_DATA", settings.BASE_DIR.parent / "shared" / "data"))
    path = folder / WORKBOOK
    if path.is_file():
        return WORKBOOK, path.read_bytes()
    lines = grid(defective_cases())
    return "self-made.xlsx", _book([column.header for column in DHS.columns], lines, ROWS)


def repeated(content: bytes, count: int) -> bytes:
    """A workbook of so many rows: those of another one over and over, each with an ID of its own."""
    head, lines = _cases(content)
    return _book(head, lines, count)


def distinct(content: bytes, count: int) -> bytes:
    """The same, and no long text twice: a workbook keeps equal texts once, which flatters the memory it needs."""
    head, lines = _cases(content)
    return _book(head, _told_apart(lines, count), count)


def as_csv(content: bytes, count: int) -> bytes:
    """The rows of `distinct` as a CSV file."""
    head, lines = _cases(content)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(head)
    for number, line in enumerate(_told_apart(lines, count), start=1):
        cells = [one.date().isoformat() if isinstance(one, datetime) else one or "" for one in line[1:]]
        writer.writerow([f"DHS-{number}", *cells])
    return out.getvalue().encode("utf-8-sig")


def _cases(content: bytes) -> tuple[list[Any], list[list[Any]]]:
    sheet = _open(content).worksheets[0]
    rows = [list(row) for row in sheet.iter_rows(max_col=len(DHS.columns), values_only=True)]
    start = next(number for number, row in enumerate(rows) if str(row[1] or "").startswith("Use Case Name"))
    return rows[start], [row for row in rows[start + 1 :] if row[0] and row[1]]


def _told_apart(lines: list[list[Any]], count: int) -> list[list[Any]]:
    free = {place for place, column in enumerate(DHS.columns) if column.kind == "text"}

    def cell(place: int, value: Any, number: int) -> Any:
        return f"{value} {number}" if place in free and isinstance(value, str) and len(value) > LONG else value

    return [
        [cell(place, value, number) for place, value in enumerate(lines[number % len(lines)])]
        for number in range(count)
    ]


def _book(head: list[Any], lines: list[list[Any]], count: int) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet, dated = book.add_worksheet("All Use Cases"), book.add_format({"num_format": "yyyy-mm-dd"})
    for index, header in enumerate(head):
        sheet.write_string(0, index, str(header or ""))
    for number in range(1, count + 1):
        _line(sheet, number, [f"DHS-{number}", *lines[(number - 1) % len(lines)][1:]], dated)
    book.close()
    return out.getvalue()


def _line(sheet: Any, number: int, cells: list[Any], dated: Any) -> None:
    for index, value in enumerate(cells):
        if isinstance(value, datetime | date):
            sheet.write_datetime(number, index, value, dated)
        elif value not in (None, ""):
            sheet.write_string(number, index, str(value))


def _open(content: bytes) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it will not write back data validation; nothing is written back
        return openpyxl.load_workbook(io.BytesIO(content))


def read_every_cell(content: bytes) -> int:
    """openpyxl's normal reading, as anybody would write it."""
    return sum(
        1 for sheet in _open(content).worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None
    )
