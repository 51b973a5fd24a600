"""A call's workbook that comes back, from whatever program or person: only edits are read, the rest is named."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.inventory import call_book, call_return, call_sheet
from registry.inventory.call_book import CLEAR, HOLDS, KEY, Book, BookRow
from registry.inventory.call_return import Plan, Shown
from registry.inventory.read import read as read_file
from registry.inventory.records import Refused
from registry.inventory.schema import layouts, load_layout
from tests.registry.make_inventory import FOLDER, raw_row, raw_workbook

LAYOUT = load_layout("omb-2025", FOLDER)
ANSWERS: dict[str, Any] = {
    "use_case_name": "Fictional parcel finder", "contact_email": "ai@example.invalid", "is_withheld": "no",
    "development_stage": "deployed", "is_high_impact": "not_high_impact", "topic_area": "cybersecurity",
    "classification": "generative_ai", "problem_solved": "Parcels wait.\nToo long.", "benefits": "They  wait less.",
    "operational_date": "2024-05-01", "contracting_usage": "vendor", "vendor_name": "=Fictional Vendor",
    "has_pii": "no", "demographic_features": ["sex", "age"],
}  # fmt: skip
DOCUMENT = {
    "answers": ANSWERS,
    "withheld": {"data_description": "Restricted: ask Olive Officer"},
    "flagged": {"have_ato": {"text": "perhaps", "code": "unknown_answer", "message": "Not an answer."}},
}
SHOWN = {f"DHS-{n}": Shown(4, "CBP", DOCUMENT, frozenset({"data_description"})) for n in (1, 2, 3)}
HEADS = call_book.heads(LAYOUT)
PLACE = {head if isinstance(head, str) else head.field: n for n, head in enumerate(HEADS, start=1)}


@lru_cache(maxsize=1)
def handed_out() -> bytes:
    rows = [BookRow(one, "CBP", shown.document, 4, shown.hidden) for one, shown in SHOWN.items()]
    return call_book.write(Book("Cases of CBP", ["How"], "a-stamp", LAYOUT, rows))


def opened() -> Any:
    return openpyxl.load_workbook(io.BytesIO(handed_out()))


def saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def put(sheet: Any, row: int, name: str, value: Any) -> None:
    sheet.cell(call_book.TOP + row, PLACE[name]).value = value


def plan_of(content: bytes) -> Plan:
    return call_return.read(call_sheet.open_book(content, "back.xlsx"), "back.xlsx", LAYOUT, SHOWN)


def edited(act: Callable[[Any, Any], None]) -> Plan:
    """The plan after somebody did something to the book."""
    book = opened()
    act(book, book[call_book.SHEET])
    return plan_of(saved(book))


def one_cell(name: str, value: Any) -> Plan:
    return edited(lambda book, sheet: put(sheet, 1, name, value))


def codes(plan: Plan) -> list[str]:
    return [one.code for one in plan.problems]


def test_what_was_not_touched_is_no_edit_whatever_stands_there() -> None:
    assert plan_of(handed_out()) == Plan(rows=3)
    assert plan_of(saved(opened())) == Plan(rows=3), "saved again by another program"


def test_ids_are_locked_answers_are_open_and_choices_have_their_list() -> None:
    sheet = opened()[call_book.SHEET]
    assert sheet.protection.sheet
    locked = {name: sheet.cell(3, column).protection.locked for name, column in PLACE.items()}
    assert locked["id"] and locked["agency_bureau"] and locked[KEY] and locked["data_description"]
    assert not locked["benefits"] and not locked["operational_date"] and not locked[HOLDS]
    assert sheet.column_dimensions[sheet.cell(3, PLACE[KEY]).column_letter].hidden
    assert sheet.cell(3, PLACE[KEY]).value == "DHS-1:4"
    rules = [one for one in sheet.data_validations.dataValidation if one.type == "list"]
    assert len(rules) == sum(1 for column in LAYOUT.columns if column.kind == "choice") + 1
    lists = opened()[call_book.LISTS]
    stages = [cell.value for column in lists.columns for cell in column if cell.value]
    assert set(LAYOUT.by_field["development_stage"].labels.values()) < set(stages) and CLEAR in stages


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("benefits", "Nobody waits.", "Nobody waits."),
        ("benefits", None, "unchanged"),
        ("benefits", "  \xa0 ", "unchanged"),
        ("benefits", "They wait less.", "unchanged"),
        ("benefits", " [Clear] ", None),
        ("pia_url", CLEAR, "unchanged"),
        ("problem_solved", "Parcels wait. \r\nToo long.", "unchanged"),
        ("operational_date", datetime(2025, 2, 3), "2025-02-03"),  # noqa: DTZ001 (a cell has no zone)
        ("operational_date", date(2024, 5, 1), "unchanged"),
        ("operational_date", "5/1/2024", "unchanged"),
        ("operational_date", "2025-02-03", "2025-02-03"),
        ("operational_date", "02/03/2025", "2025-02-03"),
        ("development_stage", "pilot – limited test or pilot", "error"),
        ("development_stage", LAYOUT.by_field["development_stage"].labels["pilot"].upper(), "pilot"),
        ("development_stage", "Pilot", "pilot"),
        ("development_stage", "b) pilot", "pilot"),
        ("operational_date", "March 15, 2024", "2024-03-15"),
        ("operational_date", "3 April 2026", "2026-04-03"),
        ("demographic_features", "Age; Sex", "unchanged"),
        ("demographic_features", "Age, Income", ["age", "income"]),
        ("have_ato", "Yes", "yes"),
        ("have_ato", CLEAR, None),
        ("have_ato", "perhaps", "unchanged"),
        ("has_pii", True, "yes"),
        ("operational_date", 45000, "2023-03-15"),
    ],
)  # fmt: skip
def test_a_cell_is_read_as_its_question_asks(name: str, value: Any, expected: Any) -> None:
    plan = one_cell(name, value)
    if expected == "unchanged":
        assert plan.cases == {} and plan.problems == []
    elif expected == "error":
        assert plan.cases == {} and len(plan.problems) == 1 and plan.problems[0].message
    else:
        assert plan.cases["DHS-1"].edits == {name: expected} and plan.problems == []


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("benefits", "=1+1", "formula"),
        ("benefits", "#REF!", "error_value"),
        ("operational_date", "spring", "bad_date"),
        ("operational_date", "February 30, 2024", "bad_date"),
        ("operational_date", "Smarch 3, 2024", "bad_date"),
        ("development_stage", "soon", "unknown_answer"),
        ("development_stage", "Generative AI", "wrong_column"),
        ("data_description", "Everything.", "restricted"),
        ("agency_bureau", "ICE", "locked"),
        ("use_case_name", CLEAR, "name_needed"),
        ("vendor_name", "Law Enforcement Sensitive (LES)", "marker"),
        ("benefits", "x" * 20_001, "too_long"),
        (HOLDS, "mostly", "holds"),
    ],
)
def test_a_cell_that_cannot_be_taken_is_named_with_what_to_do(name: str, value: Any, code: str) -> None:
    plan = one_cell(name, value)
    (problem,) = plan.problems
    assert (problem.code, problem.row, problem.use_case_id) == (code, 3, "DHS-1")
    assert problem.value and problem.column and len(problem.message) > 20
    assert plan.cases == {}, "nothing else of the row is touched"


def test_yes_says_that_the_rest_still_holds() -> None:
    assert one_cell(HOLDS, " yes ").cases["DHS-1"].holds
    assert one_cell(HOLDS, "No").cases == {}


def test_a_yes_beside_a_cell_that_is_not_taken_is_unclear() -> None:
    def act(book: Any, sheet: Any) -> None:
        put(sheet, 1, HOLDS, "Yes")
        put(sheet, 1, "development_stage", "soon")
        put(sheet, 2, HOLDS, "Yes")

    plan = edited(act)
    assert [(one.holds, one.is_unclear) for one in plan.cases.values()] == [(True, True), (True, False)]


def test_rows_may_be_sorted_hidden_and_deleted() -> None:
    def act(book: Any, sheet: Any) -> None:
        put(sheet, 3, "benefits", "Nobody waits.")
        sheet.row_dimensions[5].hidden = True
        sheet.delete_rows(3)

    plan = edited(act)
    assert plan.cases["DHS-3"].edits == {"benefits": "Nobody waits."}
    assert [one for one in plan.notices if "not read from the file" in one and "DHS-1" in one]


def test_hidden_rows_are_read_and_said() -> None:
    def act(book: Any, sheet: Any) -> None:
        put(sheet, 2, "benefits", "Nobody waits.")
        sheet.row_dimensions[4].hidden = True

    plan = edited(act)
    assert plan.cases["DHS-2"].edits and "1 hidden or filtered rows were read like the others." in plan.notices


@pytest.mark.parametrize("area", ["rows", "columns"])
def test_merged_cells_are_not_taken(area: str) -> None:
    def act(book: Any, sheet: Any) -> None:
        column = PLACE["benefits"]
        put(sheet, 1, "benefits", "Nobody waits.")
        end = (4, column) if area == "rows" else (3, column + 1)
        sheet.merge_cells(start_row=3, start_column=column, end_row=end[0], end_column=end[1])

    plan = edited(act)
    assert codes(plan) == ["merged"] and plan.cases == {}


def test_a_changed_id_takes_nothing_of_its_row() -> None:
    def act(book: Any, sheet: Any) -> None:
        put(sheet, 1, "id", "DHS-77")
        put(sheet, 1, "benefits", "Nobody waits.")

    plan = edited(act)
    (problem,) = plan.problems
    assert problem.code == "id_changed" and "DHS-1" in problem.message and "DHS-77" in problem.message
    assert plan.cases == {}


def test_a_row_of_somebody_else_is_not_taken() -> None:
    def act(book: Any, sheet: Any) -> None:
        put(sheet, 4, "id", "DHS-4711")
        put(sheet, 4, "benefits", "Nobody waits.")

    assert codes(edited(act)) == ["not_handed_out"]


def test_a_new_row_without_an_id_is_sent_to_registering() -> None:
    plan = edited(lambda book, sheet: put(sheet, 4, "use_case_name", "A new one"))
    assert plan.problems[0].value == "A new one"
    assert codes(plan) == ["no_id"] and "Register a new use case in the portal" in plan.problems[0].message


def test_an_altered_key_takes_nothing_of_its_row() -> None:
    def act(book: Any, sheet: Any) -> None:
        put(sheet, 1, KEY, "DHS-1:9")
        put(sheet, 1, "benefits", "Nobody waits.")

    plan = edited(act)
    assert codes(plan) == ["key_altered"] and plan.cases == {}


def test_a_case_that_stands_twice_is_not_taken() -> None:
    def act(book: Any, sheet: Any) -> None:
        for column in PLACE.values():
            sheet.cell(6, column).value = sheet.cell(3, column).value
        put(sheet, 4, "benefits", "Nobody waits.")

    plan = edited(act)
    assert codes(plan) == ["twice"] and plan.cases == {}


def test_the_hidden_column_may_be_gone() -> None:
    def act(book: Any, sheet: Any) -> None:
        put(sheet, 1, "benefits", "Nobody waits.")
        sheet.delete_cols(PLACE[KEY])

    plan = edited(act)
    assert plan.cases["DHS-1"].edits and any("hidden column" in one for one in plan.notices)


def test_columns_may_be_moved_added_and_taken_out() -> None:
    def act(book: Any, sheet: Any) -> None:
        put(sheet, 1, "problem_solved", "They are lost.")
        sheet.insert_cols(1)
        sheet.cell(2, 1).value = "My notes"
        sheet.cell(3, 1).value = "ask Robin"
        sheet.delete_cols(PLACE["benefits"] + 1)

    plan = edited(act)
    assert plan.cases["DHS-1"].edits == {"problem_solved": "They are lost."}
    assert any("My notes" in one for one in plan.notices)
    (lost,) = [one for one in plan.notices if "gone from the file" in one]
    assert "1 column of the call is gone" in lost and "expected benefits" in lost


def test_sheets_may_be_renamed_added_and_moved() -> None:
    def act(book: Any, sheet: Any) -> None:
        put(sheet, 1, "benefits", "Nobody waits.")
        sheet.title = "Copy (2) final"
        for number in range(200):
            book.create_sheet(f"More {number}", 0).cell(1, 1).value = "x" if number < 10 else None

    plan = edited(act)
    assert plan.cases["DHS-1"].edits
    assert "The cases were read from the sheet “Copy (2) final”." in plan.notices
    (unread,) = [one for one in plan.notices if "Not read" in one]
    assert "“More 9”, “More 8”, “More 7” and 7 more" in unread, "one line for all of them"


def test_a_second_header_is_passed_over() -> None:
    def act(book: Any, sheet: Any) -> None:
        sheet.insert_rows(4)
        for column in range(1, len(HEADS) + 1):
            sheet.cell(4, column).value = sheet.cell(2, column).value

    plan = edited(act)
    assert plan.problems == [] and any("repeats the header" in one for one in plan.notices)


def test_without_the_header_the_file_is_refused() -> None:
    with pytest.raises(Refused, match="Take the workbook out again"):
        edited(lambda book, sheet: sheet.delete_rows(1, 2))


def test_the_stamp_is_found_wherever_it_is() -> None:
    book = opened()
    assert call_sheet.find_stamp(book) == "a-stamp"
    book[call_book.STAMP_SHEET].title = "Sheet9"
    assert call_sheet.find_stamp(openpyxl.load_workbook(io.BytesIO(saved(book)))) == "a-stamp"
    del book["Sheet9"]
    assert call_sheet.find_stamp(openpyxl.load_workbook(io.BytesIO(saved(book)))) == "a-stamp", "file properties"
    assert call_sheet.find_stamp(openpyxl.Workbook()) == ""


def test_a_workbook_no_library_wrote_is_read_too() -> None:
    """A row with its cells as inline strings, without styles, stated dimension or shared strings."""
    heads = [head if isinstance(head, str) else head.header for head in HEADS]
    cells = ["DHS-1", "", "Yes", *[""] * (len(HEADS) - 4), "DHS-1:4"]
    plan = plan_of(raw_workbook(raw_row(1, heads) + raw_row(2, cells)))
    assert plan.cases["DHS-1"].holds and plan.cases["DHS-1"].edits == {}


@pytest.mark.parametrize("cut", [10, 200, 2_000, -40])
def test_a_file_that_is_cut_off_is_refused_with_what_to_do(cut: int) -> None:
    with pytest.raises(Refused, match="Save it again|Take the workbook out again"):
        call_sheet.open_book(handed_out()[:cut], "back.xlsx")


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (call_sheet.MAX_UNPACKED + 1))
    with pytest.raises(Refused, match="far more"):
        call_sheet.open_book(out.getvalue(), "back.xlsx")


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=60)


def test_every_published_answer_comes_back_as_no_edit(real_data: Path) -> None:
    """All 238 use cases of January 2026, handed out, saved by another program and read again: nothing is an edit."""
    rows = read_file(real_data / "dhs-2025-inventory.xlsx", name="dhs.xlsx", layouts=layouts(FOLDER)).rows
    shown = {str(one.use_case_id): Shown(1, one.component or "", one.document) for one in rows}
    book = [BookRow(name, one.components, one.document, 1) for name, one in shown.items()]
    content = call_book.write(Book("All", ["How"], "a-stamp", LAYOUT, book))
    again = openpyxl.load_workbook(io.BytesIO(content))
    plan = call_return.read(call_sheet.open_book(saved(again), "x.xlsx"), "x.xlsx", LAYOUT, shown)
    assert (plan.rows, plan.cases, plan.problems, plan.notices) == (238, {}, [], [])


CELLS = st.one_of(
    WORDS, WORDS.map("Changed {}".format),
    st.none(), st.booleans(), st.integers(-(10**12), 10**12), st.floats(allow_nan=False, allow_infinity=False),
    st.dates(date(1900, 3, 1), date(2200, 1, 1)), st.just(CLEAR), st.sampled_from(["=A1", "#N/A", "Yes", "DHS-1"]),
)  # fmt: skip


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.tuples(st.integers(1, 5), st.sampled_from(sorted(PLACE))), CELLS, max_size=8))
def test_no_cell_breaks_the_reader_and_none_is_dropped_silently(cells: dict[tuple[int, str], Any]) -> None:
    """Whatever is typed: each cell is an edit, says what it said, or is named as a problem; no other row is touched."""

    def act(book: Any, sheet: Any) -> None:
        for (row, name), value in cells.items():
            put(sheet, row, name, value)

    plan = edited(act)
    touched = {f"DHS-{row}" for row, _ in cells}
    assert set(plan.cases) <= touched & set(SHOWN)
    for case, said in plan.cases.items():
        typed = {name for row, name in cells if f"DHS-{row}" == case}
        assert set(said.edits) <= typed, "only what was typed is an edit"
    for problem in plan.problems:
        assert problem.message and problem.row is not None
    if {"id", KEY} & {name for _, name in cells}:
        return  # the row may be another's now: all of it is a problem
    for (row, name), value in cells.items():
        if isinstance(value, str) and value.startswith("Changed") and name == "benefits" and row < 4:
            assert plan.cases[f"DHS-{row}"].edits[name].startswith("Changed"), "a plain new answer is never lost"
