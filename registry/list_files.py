"""A list as a file: CSV and XLSX, with what it is in its head and nothing a spreadsheet would compute."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

import xlsxwriter

from registry.inventory.write import neutralise

STRICT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
CREATED = datetime(2025, 1, 1)  # noqa: DTZ001 (a fixed day: the same rows give the same bytes)
LONGEST = 32_767  # characters Excel takes in a cell
NARROW, WIDE = 16, 42


def csv_bytes(head: Sequence[str], heads: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with BOM; what the list is stands above the table."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([[neutralise(line)] for line in head])
    writer.writerow([])
    writer.writerow(heads)
    writer.writerows([neutralise(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def xlsx_bytes(head: Sequence[str], heads: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """One sheet; the table's head stays in sight."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, STRICT)
    book.set_properties({"title": "Use cases", "created": CREATED})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet("Use cases")
    for number, line in enumerate(head):
        sheet.write_string(number, 0, line)
    top = len(head) + 1
    for column, text in enumerate(heads):
        sheet.write_string(top, column, text, bold)
        sheet.set_column(column, column, WIDE if column == 1 or column > 6 else NARROW)
    for number, row in enumerate(rows, start=top + 1):
        for column, text in enumerate(row):
            if text:
                sheet.write_string(number, column, neutralise(text)[:LONGEST], plain)
    sheet.freeze_panes(top + 1, 2)
    book.close()
    return out.getvalue()
