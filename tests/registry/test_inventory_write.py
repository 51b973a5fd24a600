"""Writing inventory files: the layout's own words, the same bytes, and nothing a spreadsheet computes."""

import csv
import io
import json
import warnings
from datetime import date
from typing import Any

import openpyxl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from registry.inventory.read import Inventory, read
from registry.inventory.schema import Column, layouts
from registry.inventory.sources import restore
from registry.inventory.write import Format, neutralise, write
from tests.registry.make_inventory import FOLDER, defective_workbook

LAYOUTS = layouts(FOLDER)
FORMATS: tuple[Format, ...] = ("csv", "xlsx")


def record(number: int, **document: dict[str, Any]) -> dict[str, Any]:
    parts = {"answers": {}, "withheld": {}, "flagged": {}} | document
    parts["answers"] = {"use_case_name": f"Fictional {number}"} | parts["answers"]
    return {
        "id": f"EX-{number}", "agency_bureau": "CBP", "agency": "EXA", "agency_name": "Example",
        "document": parts,
    }  # fmt: skip


def records(inventory: Inventory) -> list[dict[str, Any]]:
    return [
        {"id": row.use_case_id, "agency_bureau": row.component, "agency": "EXA", "agency_name": "Example"}
        | {"document": row.document}
        for row in inventory.rows
    ]


def lines(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def cells(data: bytes) -> list[list[Any]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]]


def value_of(rows: list[dict[str, Any]], field: str, layout: str = "omb-2025") -> str:
    columns = [column.field for column in LAYOUTS[layout].columns]
    table = lines(write(rows, LAYOUTS[layout], format="csv", audience="omb"))
    return table[1][columns.index(field)]


# -- what is written --------------------------------------------------------------------------------


def test_headers_and_labels_are_the_layouts_own() -> None:
    row = record(1, answers={"development_stage": "pilot", "demographic_features": ["age", "sex"]})
    assert value_of([row], "development_stage").startswith("b) Pilot – ")
    assert value_of([row], "development_stage", "dhs-2025").startswith("b)  Pilot – ")
    assert value_of([row], "demographic_features") == "b) Sex, c) Age"
    assert value_of([row], "demographic_features", "dhs-2025") == "Sex, Age"
    header = lines(write([row], LAYOUTS["omb-2025"], format="csv", audience="omb"))[0]
    assert header == [column.header for column in LAYOUTS["omb-2025"].columns] and len(header) == 34


def test_csv_is_utf8_with_a_byte_order_mark() -> None:
    data = write([record(1)], LAYOUTS["omb-2025"], format="csv", audience="omb")
    assert data.startswith(b"\xef\xbb\xbf") and b"\r" not in data


def test_withheld_and_flagged_cells_are_written_as_their_source_text() -> None:
    row = record(
        1,
        withheld={"vendor_name": "Law Enforcement Sensitive (LES)"},
        flagged={"topic_area": {"text": " Parcels ", "code": "unknown_answer", "message": "m"}},
    )
    assert value_of([row], "vendor_name") == "Law Enforcement Sensitive (LES)"
    assert value_of([row], "topic_area") == " Parcels "


def test_dhs_workbook_has_banner_header_and_dates() -> None:
    rows = [
        record(1, answers={"operational_date": "2024-05-01"}),
        record(2, answers={"operational_date": "1899-05-01"}),
    ]
    table = cells(write(rows, LAYOUTS["dhs-2025"], format="xlsx", audience="omb"))
    assert str(table[0][0]).startswith("SECTION 1") and str(table[0][24]).startswith("SECTION 5")
    assert table[1] == [column.header for column in LAYOUTS["dhs-2025"].columns]
    assert table[2][12].date() == date(2024, 5, 1) and table[3][12] == "1899-05-01"


def test_same_rows_give_the_same_bytes() -> None:
    rows = records(read(defective_workbook(), name="a.xlsx", layouts=LAYOUTS))
    for layout in LAYOUTS.values():
        for form in ("csv", "xlsx", "json"):
            first, second = (write(rows, layout, format=form, audience="omb") for _ in range(2))
            assert first == second


def test_json_names_fields_by_omb_variable() -> None:
    row = record(1, answers={"hi_justification": "Fictional", "is_high_impact": "not_high_impact"})
    content = json.loads(write([row], LAYOUTS["omb-2025"], format="json", audience="omb"))
    (case,) = content["use_cases"]
    assert (case["agency"], case["id"], case["HI_justification"]) == ("EXA", "EX-1", "Fictional")
    assert case["is_high_impact"] == "c) Not high-impact"


def test_code_without_a_label_is_an_error_and_not_a_blank() -> None:
    with pytest.raises(ValueError, match="topic_area"):
        value_of([record(1, answers={"topic_area": "parcels"})], "topic_area")


def test_text_longer_than_an_excel_cell_is_whole_in_csv_and_says_so_in_xlsx() -> None:
    text = "x" * 40_000
    row = record(1, flagged={"benefits": {"text": text, "code": "too_long", "message": "m"}})
    assert value_of([row], "benefits") == text
    first = write([row], LAYOUTS["omb-2025"], format="xlsx", audience="omb")
    again = records(read(first, name="a.xlsx", layouts=LAYOUTS))
    assert again[0]["document"]["flagged"]["benefits"]["text"].endswith("the CSV export has the whole text]")
    assert cells(write(again, LAYOUTS["omb-2025"], format="xlsx", audience="omb")) == cells(first)


# -- the public file --------------------------------------------------------------------------------


def test_withheld_cases_are_not_in_the_public_file() -> None:
    odd = {"is_withheld": {"text": "perhaps", "code": "unknown_answer", "message": "m"}}
    rows = [
        record(1),
        record(2, answers={"is_withheld": "no"}),
        record(3, answers={"is_withheld": "prohibited_by_law"}),
        record(4, flagged=odd),
        record(5, withheld={"is_withheld": "LES"}),
    ]
    table = lines(write(rows, LAYOUTS["omb-2025"], format="csv", audience="public", public_mailbox="p@x.gov"))
    assert [line[0] for line in table[1:]] == ["EX-1", "EX-2"]
    assert len(table[0]) == 33 and not any("withheld" in header for header in table[0])
    assert len(lines(write(rows, LAYOUTS["omb-2025"], format="csv", audience="omb"))) == 6


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_contact_is_replaced_in_the_public_file(form: Format) -> None:
    row = record(1, answers={"contact_email": "person@example.gov"})
    data = write([row], LAYOUTS["omb-2025"], format=form, audience="public", public_mailbox="ai@example.gov")
    text = data.decode() if form != "xlsx" else str(cells(data))
    assert "ai@example.gov" in text and "person@" not in text


def test_public_file_needs_an_address_for_inquiries() -> None:
    with pytest.raises(ValueError, match="public_mailbox"):
        write([record(1)], LAYOUTS["omb-2025"], format="csv", audience="public")


# -- formula injection ------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\n=1", "＝1", "'=1", "''-1"])
def test_no_csv_cell_begins_like_a_formula(text: str) -> None:
    assert neutralise(text) == "'" + text
    assert restore(neutralise(text)) == text


@pytest.mark.parametrize("text", ["plain", "'quoted'", "a=b", "'", ""])
def test_other_text_is_left_alone(text: str) -> None:
    assert neutralise(text) == text == restore(text)


def test_formula_text_is_text_in_a_workbook() -> None:
    row = record(1, answers={"benefits": "=HYPERLINK(1)", "pia_url": "https://example.gov/pia", "vendor_name": "0012"})
    data = write([row], LAYOUTS["omb-2025"], format="xlsx", audience="omb")
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    kinds = {cell.value: cell.data_type for cell in sheet[2]}
    assert {kinds[text] for text in ("=HYPERLINK(1)", "https://example.gov/pia", "0012")} == {"s"}
    (back,) = read(data, name="a.xlsx", layouts=LAYOUTS).rows
    assert back.document["answers"]["benefits"] == "=HYPERLINK(1)" and not back.flagged


# -- round trips ------------------------------------------------------------------------------------

_TEXT = st.one_of(
    st.text(max_size=60),
    st.text("=+-@'\t\n\r \xa0\u200b,;\"[]_x0D‘“–&/a)N", max_size=20),
    st.sampled_from(["LES", "Redacted", "c) Not high-impact", "N/A", "-", "x" * 20_001, "Use Case Name"]),
)


_DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31)).map(date.isoformat)


def _answer(column: Column) -> st.SearchStrategy[Any]:
    if column.kind == "choice":
        return st.sampled_from(list(column.labels))
    if column.kind == "multi":
        return st.lists(st.sampled_from(list(column.labels)), min_size=1, unique=True)
    if column.kind == "date":
        return _DAYS
    if column.kind == "month":
        return st.one_of(_DAYS, _DAYS.map(lambda day: day[:7]), _DAYS.map(lambda day: day[:4]))
    return _TEXT


def _flagged(column: Column, layout: str) -> st.SearchStrategy[str]:
    """Text that is flagged again when it is read: any text is an answer to a question of text."""
    if column.kind in ("text", "url", "email"):
        slipped = ["c) Not high-impact", " c) Not high-impact\xa0"] if layout.endswith("2025") else []
        return st.sampled_from([*slipped, " x" * 10_001])
    return st.text(max_size=20).map(lambda text: f"{text} not one of the answers ")


@st.composite
def documents(draw: st.DrawFn, layout: str = "omb-2025") -> dict[str, dict[str, Any]]:
    """Each field of the instrument answered, withheld, flagged, or not there at all."""
    made: dict[str, dict[str, Any]] = {"answers": {}, "withheld": {}, "flagged": {}}
    identity = {"id", "agency_bureau", "agency", "agency_name"}
    if "id" not in LAYOUTS[layout].by_field:
        identity.add("use_case_name")
    for column in LAYOUTS[layout].columns:
        if column.field in identity:
            continue
        part = draw(st.sampled_from(["answers", "answers", "withheld", "flagged", ""]))
        if part == "answers":
            made[part][column.field] = draw(_answer(column))
        elif part == "withheld":
            made[part][column.field] = draw(st.sampled_from(["LES", "[Redacted]", " FOUO / LES "]))
        elif part == "flagged":
            made[part][column.field] = {"text": draw(_flagged(column, layout)), "code": "c", "message": "m"}
    return made


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])  # shrinking takes long
@given(data=st.data())
def test_export_import_export_is_the_same_file(layout: str, form: Format, data: st.DataObject) -> None:
    asked = "omb-2025" if layout == "dhs-2025" else layout  # of the year's instrument, also what the layout leaves out
    made = data.draw(st.lists(documents(asked), min_size=1, max_size=3))
    if "id" not in LAYOUTS[layout].by_field:  # a row without ID and name is no use case
        made = [record(number, **document)["document"] for number, document in enumerate(made, start=1)]
    rows = [record(number) | {"document": document} for number, document in enumerate(made, start=1)]
    first = write(rows, LAYOUTS[layout], format=form, audience="omb")
    inventory = read(first, name="a", layouts=LAYOUTS)
    assert inventory.cells_stored + inventory.cells_flagged == inventory.cells_total
    assert len(inventory.rows) == len(rows)
    second = write(records(inventory), LAYOUTS[layout], format=form, audience="omb")
    if form == "csv":
        assert second == first
    else:
        assert cells(second) == cells(first)


@settings(max_examples=25, deadline=None)
@given(made=documents())
def test_codes_survive_a_round_trip(made: dict[str, dict[str, Any]]) -> None:
    """Not only the bytes: what was chosen comes back as what was chosen."""
    layout = LAYOUTS["omb-2025"]
    data = write([record(1) | {"document": made}], layout, format="csv", audience="omb")
    (row,) = read(data, name="a", layouts=LAYOUTS).rows
    for column in layout.columns:
        if column.kind in ("choice", "multi", "date", "month") and column.field in made["answers"]:
            sent, back = made["answers"][column.field], row.document["answers"][column.field]
            assert back == sent if column.kind != "multi" else set(back) == set(sent)
    assert set(row.document["withheld"]) >= set(made["withheld"])
