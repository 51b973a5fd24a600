"""Reading inventory files: nothing is lost, nothing is guessed."""

import io
import warnings
from datetime import datetime

import openpyxl
import pytest

from registry.inventory.read import Inventory, Issue, read
from registry.inventory.schema import layouts
from tests.registry.make_inventory import (
    DHS,
    FOLDER,
    MONITORING,
    PRE,
    case,
    csv_file,
    defective_cases,
    defective_workbook,
    grid,
    raw_header,
    raw_row,
    raw_workbook,
)

LAYOUTS = layouts(FOLDER)


@pytest.fixture(scope="module")
def inventory() -> Inventory:
    return read(defective_workbook(), name="defects.xlsx", layouts=LAYOUTS)


def read_csv(cases: list[dict[str, object]], **more: object) -> Inventory:
    return read(csv_file(grid(cases)).encode(), name="a.csv", layouts=LAYOUTS, **more)


def read_one(**cells: object) -> tuple[dict[str, dict[str, object]], tuple[Issue, ...]]:
    row = read_csv([case(1, **cells)]).rows[0]
    return row.document, row.issues


def answers(inventory: Inventory, use_case_id: str) -> dict[str, object]:
    return next(row for row in inventory.rows if row.use_case_id == use_case_id).document["answers"]


def codes(issues: tuple[Issue, ...]) -> list[str]:
    return [issue.code for issue in issues]


def count_cells(data: bytes, first_row: int) -> int:
    """Non-blank cells of the first sheet, counted by another way of reading."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    values = [cell.value for row in sheet.iter_rows(min_row=first_row) for cell in row]
    return sum(1 for value in values if value is not None and str(value).replace("\u200b", "").strip())


# -- the whole file ---------------------------------------------------------------------------------


def test_every_cell_is_stored_or_flagged(inventory: Inventory) -> None:
    assert inventory.cells_total == count_cells(defective_workbook(), 3)
    assert inventory.cells_stored + inventory.cells_flagged == inventory.cells_total
    assert sum(row.cells for row in inventory.rows) + 1 == inventory.cells_total  # one stray mark


def test_every_flagged_cell_has_one_issue_that_says_why(inventory: Inventory) -> None:
    reasons = [issue for issue in inventory.all_issues() if issue.flagged]
    assert len(reasons) == inventory.cells_flagged == 4
    assert all(issue.row and issue.column and issue.value and issue.message for issue in reasons)


def test_banner_header_and_pick_lists_are_no_rows(inventory: Inventory) -> None:
    assert (inventory.layout, inventory.sheet) == ("dhs-2025", "All Use Cases")
    assert [row.use_case_id for row in inventory.rows] == [f"EX-{n}" for n in range(1, 13)]
    assert inventory.rows[0].number == 3
    assert not any(row.rejected for row in inventory.rows)


def test_stray_mark_is_flagged_and_is_no_row(inventory: Inventory) -> None:
    (stray,) = inventory.issues
    assert (stray.code, stray.row, stray.value) == ("stray_cell", 17, "`")
    assert stray.column is not None and stray.column.strip() == "System(s) Name"


def test_issue_names_the_header_as_the_file_has_it(inventory: Inventory) -> None:
    assert inventory.headers["id"] == DHS.columns[0].header + " "


def test_two_data_sheets_are_both_read() -> None:
    book = openpyxl.Workbook()
    for number, sheet in ((1, book.active), (2, book.create_sheet("Second"))):
        sheet.append([column.header for column in DHS.columns])
        sheet.append(grid([case(number, PRE)])[0])
        sheet.append(["", "", "", "stray"])
    book.create_sheet("Notes")["A1"] = "fictional note"
    out = io.BytesIO()
    book.save(out)
    found = read(out.getvalue(), name="two.xlsx", layouts=LAYOUTS)
    assert [(row.use_case_id, row.sheet) for row in found.rows] == [("EX-1", "Sheet"), ("EX-2", "Second")]
    assert [issue.sheet for issue in found.issues if issue.code == "stray_cell"] == ["Sheet", "Second"]
    assert [issue.sheet for issue in found.issues if issue.code == "sheet_not_read"] == ["Notes"]


# -- single cells -----------------------------------------------------------------------------------


def test_label_variants_are_understood(inventory: Inventory) -> None:
    facts = answers(inventory, "EX-2")
    assert facts["development_stage"] == "deployed"  # hyphen for dash, two blanks
    assert facts["is_high_impact"] == "high_impact"
    assert facts["contracting_usage"] == "vendor"  # no-break space
    assert facts["has_custom_code"] == "no"
    assert facts["hi_appeal_process"] == "yes"  # line ends around it
    assert facts["operational_date"] == "2024-05-01"
    assert facts["hi_public_consultation"] == ["usability_testing", "other"]  # canonical order
    assert facts["demographic_features"] == ["none"]


@pytest.mark.parametrize(
    ("use_case_id", "field", "slipped"),
    [("EX-2", "hi_training_established", "monitoring"), ("EX-3", "hi_public_consultation", "appeal process")],
)
def test_answer_of_another_question_is_flagged(
    inventory: Inventory, use_case_id: str, field: str, slipped: str
) -> None:
    row = next(row for row in inventory.rows if row.use_case_id == use_case_id)
    (issue,) = row.issues
    assert (issue.code, issue.field, issue.flagged) == ("wrong_column", field, True)
    assert slipped in issue.message
    assert field not in row.document["answers"]
    assert row.document["flagged"][field]["code"] == "wrong_column"
    assert row.stored + row.flagged == row.cells and row.flagged == 1


def test_flagged_cell_keeps_its_exact_text(inventory: Inventory) -> None:
    row = next(row for row in inventory.rows if row.use_case_id == "EX-2")
    assert row.document["flagged"]["hi_training_established"]["text"] == MONITORING


def test_old_vocabulary_is_stored_with_an_issue(inventory: Inventory) -> None:
    row = next(row for row in inventory.rows if row.use_case_id == "EX-4")
    assert row.document["answers"]["demographic_features"] == ["race_ethnicity", "sex", "age"]
    assert [(i.code, i.severity, i.flagged) for i in row.issues] == [("old_vocabulary", "warning", False)]


@pytest.mark.parametrize(
    "text", ["Law Enforcement Sensitive (LES)", " les ", "[REDACTED]", "FOUO//LES", "Withheld.", "(b)(7)(E)"]
)
@pytest.mark.parametrize("field", ["vendor_name", "topic_area", "operational_date", "demographic_features"])
def test_redaction_marker_is_withheld_and_never_a_value(text: str, field: str) -> None:
    document, issues = read_one(**{field: text})
    assert document["withheld"] == {field: text}
    assert field not in document["answers"] and not issues


@pytest.mark.parametrize("text", ["Uses records marked LES.", "Les Fictional Vendors", "Redacted by the AI", "less"])
def test_sentence_with_a_marker_is_an_answer(text: str) -> None:
    document, _ = read_one(vendor_name=text)
    assert document["answers"]["vendor_name"] == text and not document["withheld"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-05-01", "2024-05-01"),
        ("5/1/2024", "2024-05-01"),
        ("05/01/2024", "2024-05-01"),
        ("2024-05-01 00:00:00", "2024-05-01"),
    ],
)
def test_dates_of_known_shape_are_read(text: str, day: str) -> None:
    assert read_one(operational_date=text)[0]["answers"]["operational_date"] == day


@pytest.mark.parametrize("text", ["31/12/2024", "May 2024", "2024", "45000", "2024-13-01", "0024-05-01", "2024-02-30"])
def test_other_dates_wait_for_a_person(text: str) -> None:
    document, issues = read_one(operational_date=text)
    assert document["flagged"]["operational_date"]["text"] == text
    assert codes(issues) == ["bad_date"]


def test_time_of_a_date_cell_is_said_to_be_left_out() -> None:
    book = openpyxl.Workbook()
    book.active.append([column.header for column in DHS.columns])
    book.active.append(grid([case(1, operational_date=datetime(2024, 5, 1, 9, 30))])[0])  # noqa: DTZ001 (a cell has no zone)
    out = io.BytesIO()
    book.save(out)
    (row,) = read(out.getvalue(), name="a.xlsx", layouts=LAYOUTS).rows
    assert row.document["answers"]["operational_date"] == "2024-05-01"
    assert codes(row.issues) == ["time_dropped"]


@pytest.mark.parametrize(
    "text",
    [
        "Race/Ethnicity; Sex",
        "Sex\nRace/Ethnicity",
        "['a) Race/Ethnicity', 'b) Sex']",
        "sex,race / ethnicity,Sex",
    ],
)
def test_several_answers_in_one_cell(text: str) -> None:
    assert read_one(demographic_features=text)[0]["answers"]["demographic_features"] == [
        "race_ethnicity",
        "sex",
    ]


def test_one_unknown_part_flags_the_whole_cell() -> None:
    document, issues = read_one(demographic_features="Sex, Shoe Size")
    assert document["flagged"]["demographic_features"]["text"] == "Sex, Shoe Size"
    assert codes(issues) == ["unknown_answer"]


def test_empty_list_says_nothing_and_is_stored() -> None:
    inventory = read_csv([case(1, demographic_features="[]")])
    assert "demographic_features" not in inventory.rows[0].document["answers"]
    assert inventory.cells_flagged == 0


@pytest.mark.parametrize("text", ["b) Yes", "Maybe", "True story"])
def test_wrong_letter_or_unknown_answer_is_not_guessed(text: str) -> None:
    document, issues = read_one(hi_testing_conducted=text)
    assert document["flagged"]["hi_testing_conducted"]["text"] == text
    assert codes(issues) == ["unknown_answer"]


def test_text_is_cleaned_and_keeps_its_lines() -> None:
    document, issues = read_one(benefits="\xa0 Fictional\xa0one\r\ntwo\u200b ")
    assert document["answers"]["benefits"] == "Fictional one\ntwo" and not issues


@pytest.mark.parametrize("mark", ["\x00", "\x07", "\x9b", "\ufffe"])
def test_control_characters_are_removed_and_said(mark: str) -> None:
    document, issues = read_one(benefits=f"Fictional{mark} text", have_ato=f"{mark}Yes")
    assert document["answers"]["benefits"] == "Fictional text"
    assert document["answers"]["have_ato"] == "yes"
    assert codes(issues) == ["control_characters", "control_characters"]


def test_cell_of_nothing_but_control_characters_is_flagged() -> None:
    document, issues = read_one(benefits="\x00\x07")
    assert document["flagged"]["benefits"]["text"] == "\\x00\\x07"
    assert codes(issues) == ["control_characters"]


def test_text_over_the_limit_is_kept_and_flagged() -> None:
    long = "x" * 20_001
    document, issues = read_one(benefits=long)
    assert document["flagged"]["benefits"]["text"] == long
    assert codes(issues) == ["too_long"] and len(issues[0].value) == 200


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_cell_of_ten_megabytes_is_an_issue(kind: str) -> None:
    huge = "Fictional. " * 950_000
    lines = grid([case(1, benefits=huge), case(2)])
    if kind == "csv":
        data = csv_file(lines).encode()
    else:
        rows = [raw_row(number, map(str, line)) for number, line in enumerate(lines, start=2)]
        data = raw_workbook(raw_header() + "".join(rows))
    inventory = read(data, name=f"huge.{kind}", layouts=LAYOUTS)
    assert [row.use_case_id for row in inventory.rows] == ["EX-1", "EX-2"]
    assert codes(inventory.rows[0].issues) == ["too_long"]


def test_formula_and_error_cells_are_flagged() -> None:
    book = openpyxl.Workbook()
    book.active.append([column.header for column in DHS.columns])
    book.active.append(grid([case(1, PRE, benefits="=1+1", system_outputs="#REF!")])[0])
    out = io.BytesIO()
    book.save(out)
    inventory = read(out.getvalue(), name="a.xlsx", layouts=LAYOUTS)
    assert {issue.code for issue in inventory.rows[0].issues} == {"formula", "error_value"}
    assert inventory.rows[0].document["flagged"]["benefits"]["text"] == "=1+1"


def test_garbled_letters_are_said() -> None:
    assert codes(read_one(benefits="The agencyâ€™s fictional aim")[1]) == ["mojibake"]


def test_defects_read_the_same_from_csv() -> None:
    from_csv = read_csv(defective_cases())
    from_xlsx = read(defective_workbook(), name="a.xlsx", layouts=LAYOUTS)
    pairs = zip(from_csv.rows, from_xlsx.rows, strict=True)
    # A spreadsheet cannot hold a bell as such; both say that something was there.
    assert all(a.document == b.document for a, b in pairs if a.use_case_id != "EX-12")
