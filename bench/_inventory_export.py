"""Whole-department exports: XLSX against bare xlsxwriter with the same cells, CSV against bare reading and csv."""

from bench._stage import fill  # first: it sets Django up  # isort: skip
import csv
import io
import json
from datetime import date, datetime
from typing import Any

import xlsxwriter
from django.conf import settings
from django.db import connection

from accounts.actions import system_account
from accounts.models import Agency
from bench._measure import Copies, pairs, ratios, say, seconds, undone
from registry.actions import inventory
from registry.actions.inventory.export import layout_for, rows_for
from registry.inventory.schema import Column, Layout
from registry.inventory.write import cell

CASES = 10_000


def export() -> None:
    """An export of 10,000 cases, recorded as every export is, in both formats."""
    copies = Copies()
    try:
        copies.make("export")
        fill(CASES)
        layout = layout_for(2025, None)
        table = _table(layout)
        _against("xlsx", lambda: seconds(lambda: _bare_workbook(table)), layout, bar=2)
        _against("csv", lambda: seconds(lambda: _bare_csv(layout)), layout, bar=2)
    finally:
        copies.drop()


def _against(file_format: str, bare: Any, layout: Layout, bar: float) -> None:
    _export(layout, file_format)  # warm
    found = pairs(bare, lambda: seconds(lambda: _export(layout, file_format)))
    say(f"export.{file_format}.seconds_bare", [one for one, _ in found])
    say(f"export.{file_format}.seconds", [one for _, one in found])
    say(f"export.{file_format}.over_bare", ratios(found), bar=bar)


def _export(layout: Layout, file_format: str) -> None:
    with undone():
        inventory.export(actor=system_account(), layout=layout, cycle=2025, audience="omb", format=file_format)


def _table(layout: Layout) -> list[list[Any]]:
    """The cells of the file, as the writer gets them."""
    agency = Agency.objects.get(code=settings.PORTAL_AGENCY)
    rows = rows_for("omb", date(2026, 12, 31), agency, 2025)
    return [[cell(row, column) for column in layout.columns] for row in rows]


def _bare_workbook(table: list[list[Any]]) -> None:
    """The same cells in the same formats, and nothing else."""
    book = xlsxwriter.Workbook(io.BytesIO(), {"in_memory": True})
    sheet = book.add_worksheet()
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    dated = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
    for number, line in enumerate(table):
        for index, value in enumerate(line):
            if isinstance(value, date):
                sheet.write_datetime(number, index, datetime(value.year, value.month, value.day), dated)  # noqa: DTZ001 (a cell has no zone)
            elif value:
                sheet.write_string(number, index, value, wrapped)
    book.close()


def _bare_csv(layout: Layout) -> None:
    """The filed documents read and decoded, and their answers written in the order of the columns."""
    out = io.StringIO()
    writer = csv.writer(out)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (f.use_case_id) r.document::text FROM registry_filing f "
            "JOIN registry_revision r ON r.id = f.revision_id "
            "ORDER BY f.use_case_id, f.effective_on DESC, f.id DESC"
        )
        for (text,) in cursor.fetchall():
            answers = json.loads(text)["answers"]
            writer.writerow([_plain(answers, column) for column in layout.columns])
    out.getvalue().encode("utf-8-sig")


def _plain(answers: dict[str, Any], column: Column) -> str:
    value = answers.get(column.field)
    return ", ".join(value) if isinstance(value, list) else value or ""
