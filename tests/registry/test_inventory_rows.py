"""Reading inventory files: rows that cannot be imported, columns nobody knows, encodings."""

import io

import openpyxl
import pytest

from registry.inventory.read import Inventory, Issue, Refused, read
from registry.inventory.schema import layouts
from registry.inventory.sources import encoding_of
from tests.registry.make_inventory import DHS, FOLDER, PRE, case, csv_file, grid

LAYOUTS = layouts(FOLDER)


def read_csv(cases: list[dict[str, object]], **more: object) -> Inventory:
    return read(csv_file(grid(cases)).encode(), name="a.csv", layouts=LAYOUTS, **more)


def codes(issues: tuple[Issue, ...]) -> list[str]:
    return [issue.code for issue in issues]


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
        "hi_public_consultation": "['Usability Testing', 'd) Other']",
        "is_withheld": "Yes - Prohibited by Law",
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
    assert encoding_of(text.encode("cp1252"), "a") == "cp1252"


def test_old_macintosh_text_is_not_taken_for_windows_text() -> None:
    with pytest.raises(Refused, match="garbled"):
        encoding_of("The agency’s “fictional” plan – in short".encode("mac_roman"), "a")


def test_held_row_keeps_every_cell_also_under_equal_headers() -> None:
    headers = [*(column.header for column in DHS.columns), "Use Case Name"]
    lines = [[*line, "second"] for line in grid([case(1, PRE), case(1, PRE)])]
    inventory = read(csv_file(lines, headers=headers).encode(), name="a.csv", layouts=LAYOUTS)
    held = inventory.rows[1]
    assert held.rejected and len(held.source) == held.cells
    assert held.source["Use Case Name (again)"] == "second"


def test_hidden_copy_of_the_data_is_named_and_not_read() -> None:
    book = openpyxl.Workbook()
    for number, sheet in ((1, book.active), (2, book.create_sheet("Old copy"))):
        sheet.append([column.header for column in DHS.columns])
        sheet.append(grid([case(number, PRE)])[0])
    book["Old copy"].sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    inventory = read(out.getvalue(), name="a.xlsx", layouts=LAYOUTS)
    assert [row.use_case_id for row in inventory.rows] == ["EX-1"]
    assert [(issue.code, issue.sheet) for issue in inventory.issues] == [("sheet_not_read", "Old copy")]
