"""Reading inventory files: nothing is lost, nothing is guessed."""

import io
import warnings
from datetime import datetime

import openpyxl
import pytest

<<<<<<< HEAD
from registry.inventory.read import Inventory, Issue, Refused, read
from registry.inventory.schema import layouts
from registry.inventory.sources import decode
=======
from registry.inventory.read import Inventory, Issue, read
from registry.inventory.schema import layouts
>>>>>>> h2
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
    return read(csv_file(grid(cases)).encode(), name="a.csv", layouts=LAYOUTS, **more)  # type: ignore[arg-type]


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
<<<<<<< HEAD
    book.active.append(grid([case(1, operational_date=datetime.combine(datetime(2024, 5, 1), time(9, 30)))])[0])  # noqa: DTZ001
=======
    book.active.append(grid([case(1, operational_date=datetime(2024, 5, 1, 9, 30))])[0])  # noqa: DTZ001
>>>>>>> h2
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


<<<<<<< HEAD
# -- rows -------------------------------------------------------------------------------------------


def test_second_row_of_an_id_waits_for_a_person() -> None:
    inventory = read_csv([case(1), case(2), case(1, use_case_name="Another")])
    third = inventory.rows[2]
    assert [row.rejected for row in inventory.rows] == [False, False, True]
    assert (third.stored, third.flagged) == (0, third.cells)
    assert [issue.code for issue in third.issues].count("duplicate_id") == 1
    assert sum(issue.flagged for issue in third.issues) == third.cells
    assert third.source["Use Case Name"] == "Another"
    assert "row 2" in next(issue.message for issue in third.issues if issue.code == "duplicate_id")


def test_id_spellings_are_one_id() -> None:
    inventory = read_csv([case(1, id="EX – 7"), case(2, id="ex-7")])
    assert inventory.rows[0].use_case_id == "EX-7"
    assert inventory.rows[1].rejected


def test_unknown_component_flags_its_row_and_not_the_file() -> None:
    inventory = read_csv([case(1), case(2, agency_bureau="XYZ")], known_components=["cbp", "ICE"])
    good, bad = inventory.rows
    assert not good.rejected and bad.rejected
    assert bad.flagged == bad.cells
    assert [i.column for i in bad.issues if i.code == "unknown_component"] == ["Bureau/Component"]
    assert bad.document["answers"]["topic_area"] == "cybersecurity"  # ready for when it is known


def test_several_known_components_are_known() -> None:
    inventory = read_csv([case(1, agency_bureau="CBP, ICE")], known_components=["CBP", "ICE"])
    assert not inventory.rows[0].rejected


def test_missing_component_is_said() -> None:
    inventory = read_csv([case(1, agency_bureau="")], known_components=["CBP"])
    row = inventory.rows[0]
    assert row.rejected and row.flagged == row.cells
    assert "unknown_component" in codes(row.issues)


def test_unusable_id_is_held() -> None:
    row = read_csv([case(1, id="see the note\nbelow")]).rows[0]
    assert row.rejected and row.use_case_id is None and "bad_id" in codes(row.issues)


def test_row_without_an_id_is_a_row() -> None:
    row = read_csv([case(1, id=""), case(2, id="")]).rows[1]
    assert row.use_case_id is None and not row.rejected


def test_repeated_header_is_no_row() -> None:
    lines = [*grid([case(1)]), [column.header for column in DHS.columns], *grid([case(2)])]
    inventory = read(csv_file(lines).encode(), name="a.csv", layouts=LAYOUTS)
    assert len(inventory.rows) == 2
    assert {issue.code for issue in inventory.issues} == {"repeated_header"}
    assert inventory.cells_flagged == len(DHS.columns)


# -- columns ----------------------------------------------------------------------------------------


def test_columns_may_stand_in_any_order() -> None:
    columns = list(reversed(DHS.columns))
    lines = [[cells.get(c.field, "") for c in columns] for cells in [case(1, PRE)]]
    text = csv_file(lines, headers=[c.header for c in columns])
    row = read(text.encode(), name="a.csv", layouts=LAYOUTS).rows[0]
    assert row.use_case_id == "EX-1" and row.document["answers"]["topic_area"] == "cybersecurity"


def test_unknown_and_repeated_columns_are_kept_and_flagged() -> None:
    headers = [*(column.header for column in DHS.columns), "Our Notes", "Use Case Name", ""]
    lines = [[*grid([case(1, PRE)])[0], "fictional note", "second name", "beyond"]]
    inventory = read(csv_file(lines, headers=headers).encode(), name="a.csv", layouts=LAYOUTS)
    (row,) = inventory.rows
    assert row.document["answers"]["use_case_name"] == "Fictional Case 1"
    assert row.document["flagged"]["column: Our Notes"]["text"] == "fictional note"
    assert codes(row.issues) == ["unknown_column", "repeated_column", "unknown_column"]
    assert [issue.column for issue in row.issues] == ["Our Notes", "Use Case Name", "column AJ"]
    assert inventory.cells_stored + inventory.cells_flagged == inventory.cells_total


def test_missing_column_is_said_once_for_the_file() -> None:
    columns = [column for column in DHS.columns if column.field != "contact_email"]
    lines = [[cells.get(c.field, "") for c in columns] for cells in [case(1), case(2)]]
    inventory = read(csv_file(lines, headers=[c.header for c in columns]).encode(), name="a.csv", layouts=LAYOUTS)
    assert [(issue.code, issue.field) for issue in inventory.issues] == [("missing_column", "contact_email")]


def test_file_omb_publishes_is_read_by_its_variables_and_short_forms() -> None:
    omb = LAYOUTS["omb-2025"]
    cells = {
        "id": "EX-1", "use_case_name": "Fictional", "agency_bureau": "CBP", "development_stage": "Deployed",
        "is_high_impact": "Presumed High-Impact, but Not High-impact", "topic_area": "IT",
        "classification": "Classical ML", "hi_testing_conducted": "CAIO Waived",
        "hi_public_consultation": "['Usability Testing', 'd) Other']", "is_withheld": "Yes - Prohibited by Law",
    }  # fmt: skip
    headers = ["agency", "agency_name", *(column.variable for column in omb.columns)]
    line = ["EXA", "Example Agency", *(cells.get(column.field, "") for column in omb.columns)]
    inventory = read(csv_file([line], headers=headers).encode(), name="a.csv", layouts=LAYOUTS)
    (row,) = inventory.rows
    assert inventory.layout == "omb-2025" and row.agency == "EXA" and not row.issues
    facts = row.document["answers"]
    assert facts["is_high_impact"] == "presumed_not_high_impact"
    assert facts["hi_testing_conducted"] == "waived"
    assert facts["hi_public_consultation"] == ["usability_testing", "other"]
    assert facts["is_withheld"] == "prohibited_by_law"


def test_unknown_agency_flags_its_row() -> None:
    headers = ["agency", *(column.header for column in DHS.columns)]
    text = csv_file([["EXA", *grid([case(1)])[0]]], headers=headers)
    (row,) = read(text.encode(), name="a.csv", layouts={"omb-2025": LAYOUTS["omb-2025"]}, known_agencies=["DHS"]).rows
    assert row.rejected and "unknown_agency" in codes(row.issues)


# -- encodings and delimiters -----------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_text_tables_in_the_usual_spellings(delimiter: str, encoding: str) -> None:
    text = csv_file(grid([case(1, PRE, benefits="Fictional – “good” résumé")])).replace('","', f'"{delimiter}"')
    (row,) = read(text.encode(encoding), name="a.csv", layouts=LAYOUTS).rows
    assert row.document["answers"]["benefits"] == "Fictional – “good” résumé"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "shift_jis", "cp037", "utf-32"])
def test_other_encodings_are_refused(encoding: str) -> None:
    text = (
        "".join(csv_file(grid([case(1, PRE)])).translate({0x2013: "-", 0x2019: "'"}))
        + "架空の事例を説明する文章\r\n" * 20
    )
    data = text.encode(encoding, errors="ignore")
    with pytest.raises(Refused) as refusal:
        read(data, name="a.csv", layouts=LAYOUTS)
    assert refusal.value.code in ("unknown_encoding", "unknown_layout")
    if encoding != "cp037":
        assert refusal.value.code == "unknown_encoding" and "UTF-8" in refusal.value.message


def test_windows_text_is_not_taken_for_another_encoding() -> None:
    text = "A naïve fictional plan – the façade’s “second” side – for 20 °C and §4(b), at José’s café." * 3
    assert decode(text.encode("cp1252"), "a") == text


def test_old_macintosh_text_is_not_taken_for_windows_text() -> None:
    with pytest.raises(Refused, match="garbled"):
        decode("The agency’s “fictional” plan – in short".encode("mac_roman"), "a")


=======
>>>>>>> h2
def test_defects_read_the_same_from_csv() -> None:
    from_csv = read_csv(defective_cases())
    from_xlsx = read(defective_workbook(), name="a.xlsx", layouts=LAYOUTS)
    pairs = zip(from_csv.rows, from_xlsx.rows, strict=True)
    # A spreadsheet cannot hold a bell as such; both say that something was there.
    assert all(a.document == b.document for a, b in pairs if a.use_case_id != "EX-12")
