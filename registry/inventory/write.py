"""Writing an inventory file in a layout's own headers and labels; the same rows give the same bytes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any, Literal

import xlsxwriter

from registry.document import redacted
from registry.inventory.cells import clean, source
from registry.inventory.schema import Column, Layout
from registry.inventory.sources import NEUTRALISED

Format = Literal["csv", "xlsx", "json"]
Audience = Literal["omb", "public"]
Cell = str | date
Record = Mapping[str, Any]

EXCEL_TEXT = 32_767
_RISKY = frozenset("'=+-@\t\n\uff1d\uff0b\uff0d\uff20")  # what `NEUTRALISED` can begin with
_CUT = " […cut: a cell of Excel holds 32,767 characters; the CSV export has the whole text]"
_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # fixed, so that equal rows give equal bytes
_WIDTHS = {"id": 14, "use_case_name": 32, "agency_bureau": 14, "contact_email": 22}
_WIDE, _NARROW = 48, 24


def write(
    rows: Iterable[Record],
    layout: Layout,
    *,
    format: Format,
    audience: Audience,
    public_mailbox: str | None = None,
    leave_out: Collection[str] = (),
) -> bytes:
    """Use cases as a file. Each row has id, agency_bureau, agency, agency_name and document.

    OMB, Guidance on 2025 Agency AI Reporting: a case withheld from public reporting is not in the public
    file, a detail withheld for itself gives way to a marker, and the public file may name an address for public
    inquiries instead of the contact.
    """
    mailbox = public_mailbox or layout.public_mailbox
    if audience == "public":
        if not mailbox:
            raise ValueError("a public inventory names an address for inquiries: give public_mailbox")
        shown = (row for row in rows if not is_withheld(row["document"]))
        rows = [{**row, "document": redacted(row["document"])} for row in shown]
    if layout.component_names:
        rows = ({**row, "agency_bureau": _components(row["agency_bureau"], layout)} for row in rows)
    columns = [
        column for column in layout.columns if column.field not in leave_out and (audience == "omb" or column.public)
    ]
    swapped = {"contact_email": mailbox} if audience == "public" else {}
    if format == "json":
        return _json(rows, columns, layout, swapped)
    table = (line(row, columns, swapped) for row in rows)
    return _csv(table, columns) if format == "csv" else _xlsx(table, columns, layout)


def _components(codes: str, layout: Layout) -> str:
    """The components in the layout's own words."""
    return ", ".join(layout.component_words.get(code, code) for code in codes.split(", "))


def is_withheld(document: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether a case stays out of the public file; an answer nobody understood keeps it out as well."""
    if any("is_withheld" in document.get(part, {}) for part in ("withheld", "flagged")):
        return True
    return document.get("answers", {}).get("is_withheld", "no") != "no"


_OF_THE_CASE = frozenset({"id", "agency_bureau", "agency", "agency_name"})


def line(row: Record, columns: Sequence[Column], swapped: Mapping[str, str]) -> list[Cell]:
    """The cells of a use case; most are blank, and a blank one is told without asking for its kind."""
    document = row["document"]
    answers = document.get("answers", {})
    besides = {*_OF_THE_CASE, *swapped, *document.get("withheld", {}), *document.get("flagged", {})}
    found: list[Cell] = []
    for column in columns:
        if column.field in besides:
            found.append(cell(row, column, swapped))
            continue
        value = answers.get(column.field)
        found.append("" if value is None or value == [] else _answer(value, column))
    return found


def cell(row: Record, column: Column, swapped: Mapping[str, str] | None = None) -> Cell:
    """What a layout shows of one question: its label, the text, or the source text nobody understood."""
    name, document = column.field, row["document"]
    if swapped and name in swapped:
        return swapped[name]
    if name in _OF_THE_CASE:
        return clean(row.get(name) or "")
    if name in document.get("withheld", {}):
        return source(document["withheld"][name])
    if name in document.get("flagged", {}):
        return source(document["flagged"][name]["text"])
    value = document.get("answers", {}).get(name)
    return "" if value is None or value == [] else _answer(value, column)


def _answer(value: Any, column: Column) -> Cell:
    if column.kind == "date" or (column.kind == "month" and len(value) == 10):
        return date.fromisoformat(value)
    if column.kind == "choice":
        return _label(value, column)
    if column.kind == "multi":
        return ", ".join(_label(code, column) for code in _canonical(value, column))
    return clean(value)


def _canonical(codes: Sequence[str], column: Column) -> list[str]:
    order = list(column.labels)
    return sorted(dict.fromkeys(codes), key=lambda code: order.index(code) if code in order else len(order))


def _label(code: str, column: Column) -> str:
    if code not in column.labels:
        raise ValueError(f"{column.field}: this layout has no label for {code!r}")
    return column.labels[code]


def _text(value: Cell) -> str:
    return value.isoformat() if isinstance(value, date) else value


# -- CSV and JSON -----------------------------------------------------------------------------------


def _csv(table: Iterable[list[Cell]], columns: Sequence[Column]) -> bytes:
    """UTF-8 with a byte order mark, as OMB publishes it and Excel needs it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column.header for column in columns])
    writer.writerows([neutralise(_text(value)) for value in line] for line in table)
    return out.getvalue().encode("utf-8-sig")


def neutralise(text: str) -> str:
    """An apostrophe before text a spreadsheet would compute; `sources.restore` takes it back."""
    return f"'{text}" if text[:1] in _RISKY and NEUTRALISED.match(f"'{text}") else text


def _json(rows: Iterable[Record], columns: Sequence[Column], layout: Layout, swapped: Mapping[str, str]) -> bytes:
    use_cases = [
        {"agency": row.get("agency") or "", "agency_name": row.get("agency_name") or ""}
        | {column.variable: _text(cell(row, column, swapped)) for column in columns}
        for row in rows
    ]
    headers = {column.variable: column.header for column in columns}
    content = {"layout": layout.name, "year": layout.year, "columns": headers, "use_cases": use_cases}
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


# -- XLSX -------------------------------------------------------------------------------------------


def _xlsx(table: Iterable[list[Cell]], columns: Sequence[Column], layout: Layout) -> bytes:
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"created": _CREATED, "title": layout.instrument})
    sheet = book.add_worksheet(layout.sheet)
    top = _write_head(book, sheet, columns, layout)
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    dated = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
    for number, line in enumerate(table, start=top):
        for index, value in enumerate(line):
            # Excel's calendar has an invalid day in 1900: older dates are written as text.
            if isinstance(value, date) and value.year > 1900:
                sheet.write_datetime(number, index, datetime(value.year, value.month, value.day), dated)  # noqa: DTZ001 (a cell has no zone)
            elif text := _fit(_text(value)):
                sheet.write_string(number, index, text, wrapped)
    book.close()
    return out.getvalue()


def _fit(text: str) -> str:
    return text if len(text) <= EXCEL_TEXT else text[: EXCEL_TEXT - len(_CUT)] + _CUT


def _write_head(book: Any, sheet: Any, columns: Sequence[Column], layout: Layout) -> int:
    """The header row, below a banner where the layout has sections; returns the first row of data."""
    row = 1 if layout.sections else 0
    look = {"bold": True, "text_wrap": True, "valign": "top", "border": 1}
    banner = book.add_format(look | {"bg_color": "#D9E8F6"})
    header = book.add_format(look | {"bg_color": "#F0F0F0"})
    for title, first, last in _banners(columns, layout):
        if first == last:
            sheet.write_string(0, first, title, banner)
        else:
            sheet.merge_range(0, first, 0, last, title, banner)
    for index, column in enumerate(columns):
        sheet.write_string(row, index, column.header, header)
        width = _WIDTHS.get(column.field, _WIDE if column.kind == "text" else _NARROW)
        sheet.set_column(index, index, width)
    sheet.freeze_panes(row + 1, 2)
    return row + 1


def _banners(columns: Sequence[Column], layout: Layout) -> Iterator[tuple[str, int, int]]:
    titles = {section.code: section.title for section in layout.sections}
    start = 0
    for code, group in groupby(columns, key=lambda column: column.section):
        end = start + len(list(group)) - 1
        if code in titles:
            yield titles[code], start, end
        start = end + 1
