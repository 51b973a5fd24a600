"""The workbook of a data call: a component's or an owner's cases as they stand, to be corrected and sent back.

IDs and what a person may not change are locked, pick lists stand behind the choices, each row carries the revision it
was made from, and the whole workbook a stamp. Text is written as text: nothing in it is computed.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import xlsxwriter

from registry.inventory.schema import Column, Layout
from registry.inventory.write import EXCEL_TEXT, Cell, cell

CLEAR = "[clear]"
HOLDS = "Does everything else in this row still hold?"
NOTE = "About this row"
MARKING = "Marking"
KEY = "Portal key (do not change)"
SHEET, LISTS, STAMP_SHEET, HOW = "Use cases", "Lists", "Portal", "How to fill this in"
STAMP = "portal-call-stamp:"  # stands before the signed stamp, wherever in the workbook it is found
LOCKED_FIELDS = ("id", "agency_bureau")
TOP = 2  # rows above the first case: title and header
_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_WIDTHS = {"id": 12, "use_case_name": 30, "agency_bureau": 12, "contact_email": 24, HOLDS: 20, NOTE: 26, MARKING: 24}
_CUT = " […cut: too long for a cell; the answer itself is whole in the portal]"


@dataclass(frozen=True)
class BookRow:
    """One case: its document as the reader may read it, what is locked in it, and what stands beside it."""

    use_case_id: str
    components: str
    document: Mapping[str, Any]
    revision: int
    locked: frozenset[str] = frozenset()
    is_fixed: bool = False  # no answer of it can be changed now
    note: str = ""
    marking: str = ""


@dataclass(frozen=True)
class Book:
    """Everything that goes into the workbook."""

    title: str
    how: Sequence[str]
    stamp: str
    layout: Layout
    rows: Sequence[BookRow] = field(default_factory=tuple)


def shown(row_id: str, components: str, document: Mapping[str, Any], column: Column) -> Cell:
    """What a cell says of an answer; a code the layout has no words for stands as it is."""
    try:
        value = cell({"id": row_id, "agency_bureau": components, "document": document}, column)
    except ValueError:
        value = str(document.get("answers", {}).get(column.field, ""))
    if isinstance(value, date) or len(value) <= EXCEL_TEXT:
        return value
    return value[: EXCEL_TEXT - len(_CUT)] + _CUT


def key_of(use_case_id: str, revision: int) -> str:
    """What the hidden column says of a row."""
    return f"{use_case_id}:{revision}"


def heads(layout: Layout) -> list[Column | str]:
    """The columns from left to right: questions, and the portal's own."""
    first = [column for column in layout.columns if column.field in ("id", "use_case_name")]
    rest = [column for column in layout.columns if column not in first]
    return [*first, HOLDS, NOTE, *rest, MARKING, KEY]


def write(book: Book) -> bytes:
    """The workbook as bytes."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    file = xlsxwriter.Workbook(out, options)
    file.set_properties({"title": book.title, "created": _CREATED})
    file.set_custom_property("Portal stamp", book.stamp[:255])
    looks = _looks(file)
    sheet = file.add_worksheet(SHEET)
    _write_how(file, book, looks)
    lists = _write_lists(file, book.layout)
    hidden = file.add_worksheet(STAMP_SHEET)
    hidden.write_string(0, 0, STAMP + book.stamp)
    hidden.very_hidden()
    _write_head(sheet, book, looks)
    for number, row in enumerate(book.rows, start=TOP):
        _write_row(sheet, number, row, book.layout, looks)
    _validate(sheet, book, lists)
    _protect(sheet, book)
    file.close()
    return out.getvalue()


def _looks(file: Any) -> dict[str, Any]:
    text = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#DCDEE0"}
    return {
        "title": file.add_format({"bold": True, "font_size": 13}),
        "head": file.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#D9E8F6"}),
        "open": file.add_format({**text, "locked": False}),
        "day": file.add_format({**text, "locked": False, "num_format": "yyyy-mm-dd"}),
        "ask": file.add_format({**text, "locked": False, "bg_color": "#FFF5C2"}),
        "locked": file.add_format({**text, "bg_color": "#EDEFF0"}),
        "locked_day": file.add_format({**text, "bg_color": "#EDEFF0", "num_format": "yyyy-mm-dd"}),
        "how": file.add_format({"text_wrap": True, "valign": "top"}),
    }


def _write_how(file: Any, book: Book, looks: Mapping[str, Any]) -> None:
    sheet = file.add_worksheet(HOW)
    sheet.set_column(0, 0, 110)
    sheet.write_string(0, 0, book.title, looks["title"])
    for number, line in enumerate(book.how, start=2):
        sheet.write_string(number, 0, line, looks["how"])
    sheet.protect()


def _write_lists(file: Any, layout: Layout) -> dict[str, str]:
    """Pick lists on a hidden sheet: OMB's labels are longer than Excel lets a list in a cell be."""
    sheet = file.add_worksheet(LISTS)
    found = {}
    choices = [column for column in layout.columns if column.kind == "choice"]
    for index, column in enumerate(choices):
        labels = [*column.labels.values(), CLEAR]
        for number, label in enumerate(labels):
            sheet.write_string(number, index, label)
        name = xlsxwriter.utility.xl_col_to_name(index)
        found[column.field] = f"={LISTS}!${name}$1:${name}${len(labels)}"
    sheet.hide()
    return found


def _write_head(sheet: Any, book: Book, looks: Mapping[str, Any]) -> None:
    sheet.write_string(0, 0, book.title, looks["title"])
    for index, head in enumerate(heads(book.layout)):
        name = head if isinstance(head, str) else head.field
        width = _WIDTHS.get(name, 40 if not isinstance(head, str) and head.kind == "text" else 22)
        sheet.set_column(index, index, width, None, {"hidden": True} if name == KEY else {})
        sheet.write_string(TOP - 1, index, head if isinstance(head, str) else head.header, looks["head"])
    sheet.set_row(TOP - 1, 62)
    sheet.freeze_panes(TOP, 2)


def _write_row(sheet: Any, number: int, row: BookRow, layout: Layout, looks: Mapping[str, Any]) -> None:
    own = {NOTE: row.note, MARKING: row.marking, KEY: key_of(row.use_case_id, row.revision)}
    for index, head in enumerate(heads(layout)):
        if head == HOLDS:
            sheet.write_blank(number, index, None, looks["ask"])
        elif isinstance(head, str):
            sheet.write_string(number, index, own[head], looks["locked"])
        else:
            is_locked = row.is_fixed or head.field in row.locked or head.field in LOCKED_FIELDS
            value = shown(row.use_case_id, row.components, row.document, head)
            _write_cell(sheet, number, index, value, looks, is_locked=is_locked)


def _write_cell(sheet: Any, number: int, index: int, value: Cell, looks: Mapping[str, Any], *, is_locked: bool) -> None:
    # Excel's calendar has an invalid day in 1900: older dates are written as text.
    if isinstance(value, date) and value.year > 1900:
        day = datetime(value.year, value.month, value.day)  # noqa: DTZ001 (Excel knows no zones)
        sheet.write_datetime(number, index, day, looks["locked_day" if is_locked else "day"])
        return
    text, look = str(value), looks["locked" if is_locked else "open"]
    if text:
        sheet.write_string(number, index, text, look)
    else:
        sheet.write_blank(number, index, None, look)


def _validate(sheet: Any, book: Book, lists: Mapping[str, str]) -> None:
    last = TOP + max(len(book.rows), 1) - 1
    for index, head in enumerate(heads(book.layout)):
        rule = _rule(head, lists)
        if rule:
            sheet.data_validation(TOP, index, last, index, rule)


def _rule(head: Column | str, lists: Mapping[str, str]) -> dict[str, Any] | None:
    if head == HOLDS:
        hint = "Choose Yes when you have read the row and everything you did not change still holds."
        return {"validate": "list", "source": ["Yes"], "input_title": "Still true?", "input_message": hint}
    if isinstance(head, str):
        return None
    if head.field in lists:
        wrong = f"Choose one of the list, or {CLEAR} to empty the answer."
        return {"validate": "list", "source": lists[head.field], "error_title": "Not on the list",
                "error_message": wrong}  # fmt: skip
    if head.kind == "multi":
        return _hint("Several answers", f"{'; '.join(head.labels.values())}"[:200] + ". Part them by commas.")
    return _hint("A date", "Write it as YYYY-MM-DD.") if head.kind == "date" else None


def _hint(title: str, message: str) -> dict[str, Any]:
    return {"validate": "any", "input_title": title, "input_message": message[:255]}


def _protect(sheet: Any, book: Book) -> None:
    """Without a password: it keeps slips away, the stamp and the keys keep the rest away."""
    sheet.autofilter(TOP - 1, 0, TOP + max(len(book.rows), 1) - 1, len(heads(book.layout)) - 1)
    sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True, "select_locked_cells": True})
