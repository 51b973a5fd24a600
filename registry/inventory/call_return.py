"""Reading a workbook of a data call that came back, whatever program or person has been at it.

What it says is held against what it was handed out with: only cells that differ are edits. Blank means no change,
`[clear]` means empty. What cannot be taken is named with its row, column, value, reason and what to do.
"""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from registry.inventory import call_book
from registry.inventory.answers import Answer, Flagged, interpret
from registry.inventory.cells import Broken, Formula, Value, clean, is_blank, key, shorten, source
from registry.inventory.records import Refused
from registry.inventory.rows import use_case_id
from registry.inventory.schema import Column, Layout

MAX_UNPACKED = 60_000_000
MAX_ROWS, MAX_COLUMNS, MAX_SHEETS = 5_000, 200, 1_000
HEADER_ROWS = 10
FEWEST = 5  # headers that make a row the header
YES = {"yes", "y", "true", "x", "1"}
# Everything openpyxl, zipfile and the XML parsers were seen to raise on a damaged workbook.
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, SyntaxError, KeyError, ValueError, IndexError, TypeError,
    AttributeError, EOFError, OSError, OverflowError, NotImplementedError, RecursionError, InvalidFileException,
)  # fmt: skip
AGAIN = "Take the workbook out again from the component’s page, and copy your changes into it."


@dataclass(frozen=True)
class Shown:
    """A case as it was handed out: the document its reader was shown, and what was kept back."""

    revision: int
    components: str
    document: Mapping[str, Any]
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Problem:
    """A cell or row that is not taken, or a remark on one that is (`is_taken`)."""

    row: int | None
    use_case_id: str
    column: str
    code: str
    value: str
    message: str
    is_taken: bool = False


@dataclass
class CaseEdits:
    """What the row of one case says: new answers (None empties one), and whether the rest still holds.

    With a cell that could not be taken the rest does not: somebody wanted to change what stands there.
    """

    row: int
    edits: dict[str, Any] = field(default_factory=dict)
    holds: bool = False
    is_unclear: bool = False


@dataclass
class Plan:
    """Everything the workbook says."""

    cases: dict[str, CaseEdits] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    rows: int = 0

    def as_json(self) -> dict[str, Any]:
        """The plan as the portal keeps it."""
        return asdict(self)


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
    notices = []
    for sheet in book.worksheets:
        table = _table(sheet, known, own)
        if table and found is None:
            found = table
        elif sheet.title not in (call_book.HOW, call_book.LISTS, call_book.STAMP_SHEET) and _is_filled(sheet):
            notices.append(f"The sheet “{shorten(sheet.title, 60)}” was not read.")
    if found is None:
        raise Refused("no_header", f"No sheet has the header of the workbook any more. {AGAIN}", name)
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


# -- what it says -----------------------------------------------------------------------------------


def read(book: Any, name: str, layout: Layout, handed_out: Mapping[str, Shown]) -> Plan:
    """Hold the returned workbook against what was handed out; nothing is changed by it."""
    table, notices = find_table(book, layout, name)
    plan = Plan(notices=notices, rows=len(table.rows))
    reader = _Reader(table, layout, handed_out, plan)
    reader.read()
    return plan


class _Reader:
    """Goes through the rows; keeps where each head stands."""

    def __init__(self, table: Table, layout: Layout, handed_out: Mapping[str, Shown], plan: Plan) -> None:
        self.table, self.layout, self.handed_out, self.plan = table, layout, handed_out, plan
        self.ids = {one.casefold(): one for one in handed_out}
        self.place = {head if isinstance(head, str) else head.field: index for index, head in table.heads.items()}

    def read(self) -> None:
        """All rows, each case once, and what is odd about the sheet as a whole."""
        rows: dict[str, list[Row]] = defaultdict(list)
        for row in self.table.rows:
            if found := self._case(row):
                rows[found].append(row)
        for case, several in rows.items():
            if len(several) > 1:
                where = ", ".join(str(row.number) for row in several)
                say = f"The case stands in rows {where}. Nothing of them was taken: keep one row."
                self._problem((several[1], case, "id"), "twice", case, say)
            else:
                self._row(several[0], case)
        self._about(rows)

    def _about(self, rows: Mapping[str, list[Row]]) -> None:
        say = self.plan.notices.append
        gone = [case for case in self.handed_out if case not in rows]
        if gone:
            say(f"{len(gone)} of the {len(self.handed_out)} cases handed out are not read from the file: nothing "
                f"changes for them ({', '.join(gone[:5])}{', …' if len(gone) > 5 else ''}).")  # fmt: skip
        if self.table.hidden:
            say(f"{len(self.table.hidden)} hidden or filtered rows were read like the others.")
        if call_book.KEY not in self.place:
            say("The hidden column with the revisions was removed; the portal’s own record of them was used.")
        for index, header in self.table.unknown.items():
            if any(index in row.cells for row in self.table.rows):
                say(f"Column {get_column_letter(index + 1)}, “{shorten(header, 60)}”, is none of the call’s: not read.")

    def _text(self, row: Row, name: str) -> str:
        value = row.cells.get(self.place.get(name, -1))
        return clean(source(value)) if value is not None else ""

    def _case(self, row: Row) -> str:
        """The case a row is about; nothing where it cannot be taken, which is said."""
        said = self._text(row, "id")
        named, stamped = use_case_id(said) or said, self._text(row, call_book.KEY)
        keyed = stamped.rpartition(":")[0]
        if key(said) == key(self.layout.by_field["id"].header):
            self.plan.notices.append(f"Row {row.number} repeats the header and was passed over.")
            return ""
        if not named and not keyed:
            self._problem(
                (row, "", "id"), "no_id", "", "The row has no ID. A new use case is registered in the portal."
            )
            return ""
        if keyed and named and keyed.casefold() != named.casefold():
            say = f"The ID of this row was {keyed} and is {named} now, so nothing of it was taken. Put {keyed} back."
            self._problem((row, keyed, "id"), "id_changed", named, say)
            return ""
        found = self.ids.get((keyed or named).casefold(), "")
        if not found:
            say = "This case was not handed out in this workbook. Ask its owner, or take out a workbook that has it."
            self._problem((row, named or keyed, "id"), "not_handed_out", named or keyed, say)
            return ""
        if stamped and stamped != call_book.key_of(found, self.handed_out[found].revision):
            say = f"The hidden key of this row was altered, so nothing of it was taken. {AGAIN}"
            self._problem((row, found, call_book.KEY), "key_altered", stamped, say)
            return ""
        return found

    def _row(self, row: Row, case: str) -> None:
        edits, known = CaseEdits(row.number), len(self.plan.problems)
        for index, head in self.table.heads.items():
            value = row.cells.get(index)
            if value is None:
                continue
            if (row.number, index) in self.table.merged:
                area = self.table.merged[row.number, index]
                say = (
                    f"The cells {area} are merged, so it is not clear which rows are meant. Unmerge them and fill each."
                )
                self._problem((row, case, self._header(head)), "merged", value, say)
            elif head == call_book.HOLDS:
                self._holds(row, case, value, edits)
            elif not isinstance(head, str):
                self._cell(row, case, head, value, edits)
        edits.is_unclear = any(not one.is_taken for one in self.plan.problems[known:])
        if edits.edits or edits.holds:
            self.plan.cases[case] = edits

    def _holds(self, row: Row, case: str, value: Value, edits: CaseEdits) -> None:
        text = key(source(value))
        edits.holds = text in YES
        if not edits.holds and text not in ("no", "n", key(call_book.CLEAR)):
            say = "Only Yes says that the rest still holds. The case stays unanswered."
            self._problem((row, case, call_book.HOLDS), "holds", value, say)

    def _cell(self, row: Row, case: str, column: Column, value: Value, edits: CaseEdits) -> None:
        handed = self.handed_out[case]
        name, text = column.field, clean(source(value))
        before = call_book.shown(case, handed.components, handed.document, column)
        if not isinstance(value, Formula | Broken) and _same(text, before):
            return
        if why := self._untouchable(column, handed):
            code = "restricted" if name in handed.hidden else "locked"
            self._problem((row, case, column.header), code, value, why)
            return
        if text.casefold() == call_book.CLEAR:
            if before == "":
                return
            if name == "use_case_name":
                self._problem(
                    (row, case, column.header), "name_needed", value, "A use case has a name. Give another one."
                )
                return
            edits.edits[name] = None
            return
        self._answer(row, case, column, value, edits)

    def _untouchable(self, column: Column, handed: Shown) -> str:
        """Why a cell cannot be changed by a workbook; empty where it can."""
        if column.field in call_book.LOCKED_FIELDS:
            return "A workbook cannot change this. Ask the inventory manager, or offer the case for transfer."
        if column.field in handed.hidden:
            return "This answer is restricted and was not handed out, so it cannot be changed here."
        return ""

    def _answer(self, row: Row, case: str, column: Column, value: Value, edits: CaseEdits) -> None:
        reading = interpret(value, column, self.layout)
        if isinstance(reading, Flagged):
            self._problem((row, case, column.header), reading.reason.code, value, reading.reason.message)
        elif not isinstance(reading, Answer):
            say = "This is a marker for withheld text, no answer. Withhold the answer on the case’s own page."
            self._problem((row, case, column.header), "marker", value, say)
        elif reading.value and reading.value != self.handed_out[case].document.get("answers", {}).get(column.field):
            edits.edits[column.field] = reading.value
            for remark in reading.remarks:
                self._problem((row, case, column.header), remark.code, value, remark.message, is_taken=True)

    def _header(self, head: Column | str) -> str:
        return head if isinstance(head, str) else head.header

    def _problem(
        self, at: tuple[Row, str, str], code: str, value: Value, message: str, *, is_taken: bool = False
    ) -> None:
        row, case, column = at
        header = self.layout.by_field["id"].header if column == "id" else column
        self.plan.problems.append(
            Problem(row.number, case, " ".join(header.split("\n\n")[0].split()), code, shorten(source(value)), message,
                    is_taken)
        )  # fmt: skip


def _same(text: str, before: call_book.Cell) -> bool:
    """Whether a cell says what it said: another program may change blanks and line ends, and write a day as text."""
    said = before.isoformat() if isinstance(before, date) else before
    return " ".join(text.split()) == " ".join(clean(said).split())
