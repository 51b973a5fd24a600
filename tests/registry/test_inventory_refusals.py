"""Files that are refused as a whole: a clear message that says what to do, and nothing half read."""

import io
import zipfile
from pathlib import Path

import pytest

from registry.inventory.read import Refused, read
from registry.inventory.schema import layouts
from tests.registry.make_inventory import (
    DHS,
    FOLDER,
    PRE,
    case,
    csv_file,
    defective_workbook,
    grid,
    raw_header,
    raw_row,
    raw_workbook,
)

LAYOUTS = layouts(FOLDER)
ROW = raw_row(2, map(str, grid([case(1, PRE)])[0]))


def refusal(data: bytes, name: str = "upload.xlsx") -> Refused:
    with pytest.raises(Refused) as caught:
        read(data, name=name, layouts=LAYOUTS)
    error = caught.value
    assert error.message.endswith(".") and error.where.startswith(name)
    return error


def archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"%PDF-1.7 fictional", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"\xff\xd8\xff\xe0", "JPEG"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"<!DOCTYPE html><p>fictional", "web page"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><a/>', "XML"),
        (archive(**{"word/document.xml": b"<a/>"}), "Word"),
        (archive(**{"content.xml": b"<a/>"}), "OpenDocument"),
        (archive(**{"xl/workbook.bin": b""}), "xlsb"),
        (archive(**{"notes.txt": b"fictional"}), "archive"),
    ],
)
def test_other_kinds_of_files_are_named(data: bytes, says: str) -> None:
    error = refusal(data)
    assert error.code == "not_a_workbook" and says in error.message


def test_protected_or_old_workbook_is_named() -> None:
    error = refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert error.code == "protected" and "password" in error.message


@pytest.mark.parametrize("data", [b"", b"  \r\n"])
def test_empty_file(data: bytes) -> None:
    assert refusal(data).code == "empty"


def test_header_without_a_row() -> None:
    assert refusal(csv_file([]).encode()).code == "empty"
    assert refusal(raw_workbook(raw_header())).code == "empty"


def test_table_of_something_else() -> None:
    error = refusal(b"name,street\r\nFictional,Nowhere\r\n", "people.csv")
    assert error.code == "unknown_layout" and "dhs-2025" in error.message


def test_unreadable_path(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        read(tmp_path / "nothing.xlsx", name="nothing.xlsx", layouts=LAYOUTS)
    assert caught.value.code == "unreadable"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_truncated_workbook(share: float) -> None:
    data = defective_workbook()
    assert refusal(data[: int(len(data) * share)]).code == "truncated"


def test_truncated_csv_inside_a_cell() -> None:
    text = csv_file(grid([case(1), case(2)]))
    assert refusal(text[: text.rindex("Fictional")].encode(), "cut.csv").code == "truncated"


@pytest.mark.parametrize(
    "sheet_data",
    [
        raw_header() + '<row r="2"><c t="s"><v>99</v></c></row>',  # a string that is not there
        raw_header() + '<row r="2"><c t="d"><v>not a date</v></c></row>',
        raw_header() + '<row r="2"><c><v>not a number</v></c></row>',
        raw_header() + "<row r='x'><c/></row>",
        raw_header() + "<row><unclosed></row>",
        "<row><c r='A0'/></row",
    ],
)
def test_broken_inside(sheet_data: str) -> None:
    assert refusal(raw_workbook(sheet_data)).code in ("truncated", "empty")


def test_entities_that_blow_up_are_refused() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    data = raw_workbook('<row r="1"><c t="inlineStr"><is><t>&b;</t></is></c></row>', prolog=bomb)
    assert refusal(data).code == "truncated"


@pytest.mark.parametrize(
    "missing", ["xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"]
)
def test_missing_part(missing: str) -> None:
    whole = zipfile.ZipFile(io.BytesIO(raw_workbook(raw_header() + ROW)))
    parts = {name: whole.read(name) for name in whole.namelist() if name != missing}
    assert refusal(archive(**parts)).code in ("truncated", "empty", "unknown_layout")


def test_flipped_bytes_never_crash() -> None:
    """Any one damaged byte: read as before, or refused; never another error."""
    data = defective_workbook()
    outcomes = set()
    for position in range(0, len(data), max(1, len(data) // 150)):
        damaged = bytearray(data)
        damaged[position] ^= 0xFF
        try:
            outcomes.add(len(read(bytes(damaged), name="a.xlsx", layouts=LAYOUTS).rows))
        except Refused as error:
            outcomes.add(error.code)
    assert "truncated" in outcomes


# -- bombs ------------------------------------------------------------------------------------------


def test_one_part_that_unpacks_to_too_much() -> None:
    data = raw_workbook(raw_header() + ROW, extra={"xl/sharedStrings.xml": bytes(40_000_000)})
    assert len(data) < 100_000
    assert refusal(data).code == "zip_bomb"


def test_many_parts() -> None:
    extra = {f"xl/media/{number}.xml": b"" for number in range(2_100)}
    assert refusal(raw_workbook(raw_header() + ROW, extra=extra)).code == "zip_bomb"


def test_stated_dimension_hides_no_row() -> None:
    rows = "".join(raw_row(n, map(str, grid([case(n, PRE)])[0])) for n in range(2, 30))
    inventory = read(raw_workbook(raw_header() + rows, dimension="A1:C1"), name="a.xlsx", layouts=LAYOUTS)
    assert len(inventory.rows) == 28


def test_one_far_cell_is_found_and_harmless() -> None:
    far = '<row r="1048576"><c r="Q1048576" t="inlineStr"><is><t>`</t></is></c></row>'
    inventory = read(raw_workbook(raw_header() + ROW + far), name="a.xlsx", layouts=LAYOUTS)
    assert [issue.row for issue in inventory.issues] == [1_048_576]
    assert len(inventory.rows) == 1


def test_cells_far_to_the_right_are_refused() -> None:
    far = '<row r="3"><c r="XFD3" t="inlineStr"><is><t>fictional</t></is></c></row>'
    assert refusal(raw_workbook(raw_header() + ROW + far)).code == "too_many_columns"


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.inventory.read.MAX_ROWS", 3)
    text = csv_file(grid(case(number, PRE) for number in range(5)))
    error = refusal(text.encode(), "many.csv")
    assert error.code == "too_many_rows" and error.where == "many.csv, row 5"


def test_nul_bytes_in_a_table_are_an_issue_and_a_binary_file_a_refusal() -> None:
    text = csv_file(grid([case(1, benefits="Fictional\x00text")]))
    (row,) = read(text.encode(), name="a.csv", layouts=LAYOUTS).rows
    assert row.document["answers"]["benefits"] == "Fictionaltext"
    assert refusal(bytes(range(8)) * 100 + bytes(500), "a.bin").code == "unknown_encoding"


def test_layout_is_recognised_by_content_and_not_by_name() -> None:
    inventory = read(csv_file(grid([case(1, PRE)])).encode(), name="picture.png", layouts=LAYOUTS)
    assert inventory.layout == DHS.name
