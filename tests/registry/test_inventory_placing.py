"""Files that word, order and place the questions their own way: what is meant is found, or a person is asked."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pytest
import xlsxwriter

from registry.inventory import marks
from registry.inventory.cells import key
from registry.inventory.placing import Said
from registry.inventory.read import Inventory, Refused, read
from registry.inventory.schema import layouts
from tests.registry.make_inventory import DHS, FOLDER, PRE, case, csv_file, defective_workbook, grid

LAYOUTS = layouts(FOLDER)
HEADERS = [column.header for column in DHS.columns]
REWORDED = {
    "topic_area": "Topic Area of the Use Case",
    "problem_solved": "Problem the AI is intended to solve",
    "benefits": "Expected benefits and positive outcomes for the agency’s mission and the general public",
    "operational_date": "Date on which the use case became operational (or pilot’s start date)",
    "contracting_usage": "Was the system purchased from a vendor, developed under contract or in-house?",
    "have_ato": "Is there an associated Authorization to Operate (ATO)?",
}


def reading(lines: Sequence[Sequence[object]], headers: Sequence[str] = HEADERS, said: Said | None = None) -> Inventory:
    return read(csv_file(lines, headers=headers).encode(), name="a.csv", layouts=LAYOUTS, said=said or Said())


def codes(inventory: Inventory) -> dict[str, set[str | None]]:
    """The issues about columns: code -> fields."""
    found: dict[str, set[str | None]] = {}
    for issue in inventory.issues:
        found.setdefault(issue.code, set()).add(issue.field)
    return found


def book(sheets: dict[str, Sequence[Sequence[object]]], merged: str = "", hidden_row: int = 0) -> bytes:
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    for name, lines in sheets.items():
        sheet = made.add_worksheet(name)
        for number, line in enumerate(lines):
            for index, value in enumerate(line):
                if value not in (None, ""):
                    sheet.write_string(number, index, str(value))
        if merged:
            sheet.merge_range(merged, "CBP")
        if hidden_row:
            sheet.set_row(hidden_row - 1, None, None, {"hidden": True})
    made.close()
    return out.getvalue()


# -- headers ------------------------------------------------------------------------------------------


def test_reworded_headers_are_read_and_said() -> None:
    headers = [REWORDED.get(column.field, column.header) for column in DHS.columns]
    found = reading(grid([case(1), case(2, PRE)]), headers)
    plain = reading(grid([case(1), case(2, PRE)]))
    assert [row.document for row in found.rows] == [row.document for row in plain.rows]
    assert codes(found) == {"reworded_column": set(REWORDED)}


def test_a_header_of_other_words_is_left_to_a_person() -> None:
    headers = ["Colour of the binder" if header == "Justification" else header for header in HEADERS]
    found = reading(grid([case(1, hi_justification="Fictional reason")]), headers)
    assert found.rows[0].document["flagged"]["column: Colour of the binder"]["code"] == "unknown_column"
    assert codes(found)["missing_column"] == {"hi_justification"}


def test_what_a_person_said_of_a_header_is_read_and_kept_for_next_time() -> None:
    headers = ["Colour of the binder" if header == "Justification" else header for header in HEADERS]
    said = Said(headers={"dhs-2025": {key("Colour of the binder"): "hi_justification"}})
    found = reading(grid([case(1, hi_justification="Fictional reason")]), headers, said)
    assert found.rows[0].document["answers"]["hi_justification"] == "Fictional reason"
    assert codes(found) == {"mapped_column": {"hi_justification"}}


def test_what_a_person_said_to_be_no_question_is_kept_as_text() -> None:
    said = Said(headers={"dhs-2025": {key("Internal note"): ""}})
    found = reading([[*line, "Fictional note"] for line in grid([case(1)])], [*HEADERS, "Internal note"], said)
    assert found.rows[0].document["flagged"]["column: Internal note"]["text"] == "Fictional note"
    assert "reworded_column" not in codes(found)


def test_order_of_the_columns_does_not_count() -> None:
    lines = [list(reversed(line)) for line in grid([case(1), case(2, PRE)])]
    found = reading(lines, list(reversed(HEADERS)))
    assert [row.document for row in found.rows] == [row.document for row in reading(grid([case(1), case(2, PRE)])).rows]


def test_every_question_reworded_is_still_recognised_by_its_words() -> None:
    words = {
        "id": "The Use Case ID", "use_case_name": "The Use Case Name", "agency_bureau": "Bureau or Component",
        "topic_area": "Use Case Topic Areas", "classification": "Classification of the AI",
        "development_stage": "Development Stage",
    }  # fmt: skip
    lines = [[cells[name] for name in words] for cells in ({**case(1)}, {**case(2, PRE)})]
    found = reading(lines, list(words.values()))
    assert len(found.rows) == 2 and found.rows[0].use_case_id == "EX-1"
    assert found.rows[0].document["answers"]["topic_area"] == "cybersecurity"


def test_shopping_list_is_no_inventory() -> None:
    shopping = [["No.", "Name", "Use", "Area", "Date", "Case"], ["1", "Milk", "2", "Dairy", "tomorrow", "yes"]]
    with pytest.raises(Refused, match="No row among the first"):
        read(book({"Shopping": shopping}), name="a.xlsx", layouts=LAYOUTS)


@pytest.mark.parametrize("layout", ["omb-2024", "dhs-2024"])
def test_a_header_that_stands_many_times_is_told_by_its_neighbour(layout: str) -> None:
    table = LAYOUTS[layout]
    others = [column for column in table.columns if key(column.header) == "if other please explain"]
    assert len(others) == 9
    lines = [[f"Fictional {column.field}" if column in others else "" for column in table.columns]]
    for cells in lines:
        cells[[column.field for column in table.columns].index("use_case_name")] = "Fictional Case"
    (row,) = reading(lines, [column.header for column in table.columns]).rows
    assert all(row.document["answers"][column.field] == f"Fictional {column.field}" for column in others)


def test_of_equal_headers_only_those_beside_their_question_are_placed() -> None:
    table = LAYOUTS["omb-2024"]
    kept = [c for c in table.columns if c.field not in ("y2024_data_catalog", "y2024_notice_other")]
    line = [f"Fictional {c.field}" if c.field.endswith("_other") or c.field == "use_case_name" else "" for c in kept]
    (row,) = reading([line], [column.header for column in kept]).rows
    assert row.document["answers"]["y2024_compute_other"] == "Fictional y2024_compute_other"
    assert "y2024_data_catalog_other" not in row.document["answers"], "its question is not there"
    assert row.document["flagged"]["column: If Other, please explain."]["text"] == "Fictional y2024_data_catalog_other"


# -- rows above and two header rows -------------------------------------------------------------------


def test_notes_above_and_below_the_table() -> None:
    notes = [[f"Fictional note {number}"] for number in range(15)]
    data = book({"Cases": [*notes, HEADERS, *grid([case(1, operational_date="5/1/2024")]), [], ["Prepared by nobody"]]})
    found = read(data, name="a.xlsx", layouts=LAYOUTS)
    assert [row.number for row in found.rows] == [17]
    assert [(issue.row, issue.code) for issue in found.issues] == [(19, "stray_cell")]


def test_two_header_rows_are_one_header() -> None:
    upper = [header if index % 2 else "" for index, header in enumerate(HEADERS)]
    lower = ["" if index % 2 else header for index, header in enumerate(HEADERS)]
    data = book({"Cases": [upper, lower, *grid([case(1, operational_date="5/1/2024")])]})
    found = read(data, name="a.xlsx", layouts=LAYOUTS)
    assert not found.issues and [row.number for row in found.rows] == [3]
    assert found.rows[0].document == reading(grid([case(1, operational_date="5/1/2024")])).rows[0].document


def test_two_hundred_sheets_of_which_two_hold_cases() -> None:
    sheets: dict[str, Any] = {f"Notes {number}": [["Fictional"], ["note"]] for number in range(198)}
    sheets = {"Mine": [HEADERS, *grid([case(1, PRE)])]} | sheets | {"Yours": [HEADERS, *grid([case(2, PRE)])]}
    found = read(book(sheets), name="a.xlsx", layouts=LAYOUTS)
    assert [row.use_case_id for row in found.rows] == ["EX-1", "EX-2"]
    assert sum(issue.code == "sheet_not_read" for issue in found.issues) == 198


# -- what a program for spreadsheets hides ------------------------------------------------------------


def test_hidden_rows_are_read_and_said() -> None:
    data = book({"Cases": [HEADERS, *grid([case(1, PRE), case(2, PRE)])]}, hidden_row=3)
    found = read(data, name="a.xlsx", layouts=LAYOUTS)
    assert [row.use_case_id for row in found.rows] == ["EX-1", "EX-2"]
    assert [(issue.code, issue.row) for issue in found.issues] == [("hidden_rows", 3)]


def test_cells_merged_over_rows_are_said_and_the_row_without_its_component_waits() -> None:
    lines = grid([case(1, PRE, agency_bureau=""), case(2, PRE, agency_bureau="")])
    data = book({"Cases": [HEADERS, *lines]}, merged="C2:C3")
    found = read(data, name="a.xlsx", layouts=LAYOUTS, known_components=["CBP"])
    assert [(row.component, row.reason) for row in found.rows] == [("CBP", ""), (None, "unknown_component")]
    (merged,) = [issue for issue in found.issues if issue.code == "merged_cells"]
    assert merged.row == 2 and "C2:C3" in merged.message


def test_marks_are_found_across_the_pieces_of_a_large_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marks, "PIECE", 97)
    data = book({"Cases": [HEADERS, *grid([case(1, PRE), case(2, PRE)])]}, hidden_row=3)
    assert [issue.code for issue in read(data, name="a.xlsx", layouts=LAYOUTS).issues] == ["hidden_rows"]


def test_marks_of_a_plain_workbook_are_none() -> None:
    codes = {issue.code for issue in read(defective_workbook(), name="a.xlsx", layouts=LAYOUTS).issues}
    assert not codes & {"hidden_rows", "merged_cells"}


# -- columns that slipped -----------------------------------------------------------------------------

FIRST, LAST = "hi_testing_conducted", "hi_appeal_process"


def slipped(by: int) -> list[list[object]]:
    """Cases whose answers on risk management stand beside their headers."""
    from tests.registry.make_inventory import PRACTICES

    fields = [column.field for column in DHS.columns]
    start, end = fields.index(FIRST), fields.index(LAST) + 1
    lines = grid([case(number, **PRACTICES) for number in range(1, 5)])
    for line in lines:
        moved = line[start:end]
        line[start - min(by, 0) : end - min(by, 0)] = moved if by < 0 else line[start:end]
        if by > 0:
            line[start : end + by] = [*[""] * by, *moved]
    return lines


def test_columns_moved_by_one_are_found_and_named() -> None:
    found = reading(slipped(1))
    fields = [column.field for column in DHS.columns]
    targets = fields[fields.index(FIRST) : fields.index(LAST) + 1]
    assert [issue.field for issue in found.issues if issue.code == "shifted_column"] == targets
    assert set(found.rows[0].document["flagged"]) == set(fields[fields.index(FIRST) + 1 : fields.index(LAST) + 2])
    assert all(one["code"] == "wrong_column" for one in found.rows[0].document["flagged"].values())
    assert found.cells_stored + found.cells_flagged == found.cells_total


def test_person_says_where_slipped_columns_belong() -> None:
    fields = [column.field for column in DHS.columns]
    start, end = fields.index(FIRST), fields.index(LAST)
    said = Said(columns={"": {index + 1: fields[index] for index in range(start, end + 1)}})
    found = reading(slipped(1), said=said)
    assert not any(issue.code == "shifted_column" for issue in found.issues)
    assert found.rows[0].document["answers"]["hi_independent_review"] == "caio"


def test_one_answer_in_the_wrong_column_moves_no_column() -> None:
    lines = grid([case(1), case(2), case(3, has_pii="a) Purchased from a vendor")])
    found = reading(lines)
    assert "shifted_column" not in codes(found)
    (issue,) = [issue for row in found.rows for issue in row.issues if issue.flagged]
    assert issue.code == "wrong_column" and "contracting_usage" in issue.message
    assert issue.message.startswith("This looks like the answer to another question")
