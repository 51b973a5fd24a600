"""Tables as files: XLSX with a fixed created date, CSV with formula signs made harmless."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import xlsxwriter

from governance.compliance.matrix import PRACTICES, Cell, Matrix
from governance.compliance.practices import NAMES
from registry.inventory.write import neutralise

Value = str | int | date | None
STRICT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}


@dataclass(frozen=True)
class Sheet:
    """One table: the tab's name, a title line, the heads, the rows."""

    name: str
    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Value]]


def workbook(sheets: Sequence[Sheet], *, title: str, created_on: date, marking: str = "") -> bytes:
    """The same sheets give the same bytes: the created date is the as-of date, never the clock.

    The marking stands in the file's properties, on each sheet, and at the head of each printed page.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, STRICT)
    created = datetime(created_on.year, created_on.month, created_on.day)  # noqa: DTZ001 (xlsx knows no zone)
    book.set_properties({"title": title, "created": created, "status": marking})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})
    for sheet in sheets:
        page = book.add_worksheet(sheet.name)
        page.write_string(0, 0, sheet.title, book.add_format({"bold": True}))
        if marking:
            page.write_string(1, 0, marking)
            page.set_header(f"&C{marking.replace('&', '&&')}")
        for column, head in enumerate(sheet.heads):
            page.write_string(2, column, head, bold)
            page.set_column(column, column, _width(sheet, column))
        for number, row in enumerate(sheet.rows, start=3):
            for column, value in enumerate(row):
                _write(page, (number, column), value, (plain, day))
        page.freeze_panes(3, 1)
    book.close()
    return out.getvalue()


def _width(sheet: Sheet, column: int) -> int:
    longest = max((len(str(row[column] or "")) for row in sheet.rows), default=0)
    return max(10, min(60, max(longest, len(sheet.heads[column]))))


def _write(page: Any, place: tuple[int, int], value: Value, formats: tuple[Any, Any]) -> None:
    plain, day = formats
    if isinstance(value, date):
        page.write_datetime(*place, value, day)
    elif isinstance(value, int):
        page.write_number(*place, value, plain)
    elif value:
        page.write_string(*place, value[:32_767], plain)


def csv_bytes(sheet: Sheet) -> bytes:
    """One table as CSV in UTF-8 with BOM."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(sheet.heads)
    writer.writerows([[neutralise("" if cell is None else str(cell)) for cell in row] for row in sheet.rows])
    return out.getvalue().encode("utf-8-sig")


def practices_sheet(shown: Matrix, title: str) -> Sheet:
    """The practice matrix as a table: a row a case, the totals last with their denominators."""
    heads = ["Component", "Use Case ID", "Case", *NAMES.values(), "Not met", "On word", "Due", "Days past due"]
    rows: list[list[Value]] = [
        [row.component, row.use_case_id, row.name, *(_words(cell) for cell in row.cells), len(row.not_met),
         len(row.on_word), row.due_on, row.days_past_due]
        for row in shown.rows
    ]  # fmt: skip
    whole, n = shown.whole, len(shown.rows)
    totals = [f"{whole.not_met_of(practice)} not met of {n}" for practice in PRACTICES]
    rows.append(["All", "", f"{n} cases", *totals, f"{whole.cells_not_met} of {n * len(NAMES)}", "", None, None])
    return Sheet("Practices", title, heads, rows)


def _words(cell: Cell) -> str:
    return f"{cell.word} ({cell.note})" if cell.note else cell.word
