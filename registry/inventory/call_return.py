"""Reading a workbook of a data call that came back, whatever program or person has been at it.

What it says is held against what it was handed out with: only cells that differ are edits. Blank means no change,
`[clear]` means empty. What cannot be taken is named with its row, column, value, reason and what to do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from openpyxl.utils import get_column_letter

from registry.inventory import call_book
from registry.inventory.answers import Answer, Flagged, interpret, question
from registry.inventory.call_sheet import AGAIN, Row, Table, find_table
from registry.inventory.cells import Broken, Formula, Value, clean, key, shorten, source
from registry.inventory.rows import use_case_id
from registry.inventory.schema import Column, Layout

YES = {"yes", "y", "true", "x", "1"}


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
        if lost := [column for column in self.layout.columns if column.field not in self.place]:
            number = "1 column of the call is" if len(lost) == 1 else f"{len(lost)} columns of the call are"
            names = ", ".join(f"“{shorten(question(one), 60)}”" for one in lost[:5])
            more = ", …" if len(lost) > 5 else ""
            say(f"{number} gone from the file: {names}{more}. Those answers stay as they are here.")
        if call_book.HOLDS not in self.place:
            say(f"The column “{call_book.HOLDS}” is gone, so no case counts as gone through.")
        for index, header in self.table.unknown.items():
            if any(index in row.cells for row in self.table.rows):
                say(f"Column {get_column_letter(index + 1)}, “{shorten(header, 60)}”, is none of the call’s: not read.")

    def _text(self, row: Row, name: str) -> str:
        value = row.cells.get(self.place.get(name, -1))
        return clean(source(value)) if value is not None else ""

    def _anything(self, row: Row) -> Value:
        """What tells the row to a person: its name, else whatever stands in it."""
        return self._text(row, "use_case_name") or next(iter(row.cells.values()))

    def _case(self, row: Row) -> str:
        """The case a row is about; nothing where it cannot be taken, which is said."""
        said = self._text(row, "id")
        named, stamped = use_case_id(said) or said, self._text(row, call_book.KEY)
        keyed = stamped.rpartition(":")[0]
        if key(said) == key(self.layout.by_field["id"].header):
            self.plan.notices.append(f"Row {row.number} repeats the header and was passed over.")
            return ""
        if not named and not keyed:
            say = "The row has no ID, so nothing of it was taken. Register a new use case in the portal."
            self._problem((row, "", "id"), "no_id", self._anything(row), say)
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
