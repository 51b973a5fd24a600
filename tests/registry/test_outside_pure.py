"""Lists from outside: columns by their words, keys by which a line is known again, and what counts as the same."""

import io

import openpyxl
import pytest

from registry import outside
from registry.inventory.outside_file import look, read
from registry.inventory.records import Refused


@pytest.mark.parametrize(
    ("kind", "headers", "found"),
    [
        ("ato", ["FISMA ID", "System Name", "Organization", "ATO Expiration Date"],
         {"number": 0, "name": 1, "component": 2, "date": 3}),
        ("contract", ["PIID", "Vendor Name", "Description of Requirement", "Contracting Office"],
         {"number": 0, "vendor": 1, "name": 2, "component": 3}),
        ("privacy", ["Reference", "Title", "Component", "Date signed"],
         {"number": 0, "name": 1, "component": 2, "date": 3}),
        ("software", ["Publisher", "Product", "Seats"], {"vendor": 0, "name": 1}),
        ("ato", ["Alpha", "Beta"], {}),
    ],
)  # fmt: skip
def test_columns_are_told_by_the_words_of_their_header(kind: str, headers: list[str], found: dict[str, int]) -> None:
    assert outside.guess(kind, headers) == found


def test_a_line_is_known_again_by_its_number_in_any_spelling() -> None:
    assert outside.line_key("70-RSAT 21.C", "One") == outside.line_key("70RSAT21C", "Another")
    assert outside.line_key("", "Invented  LEDGER.") == outside.line_key(" ", "invented ledger")
    assert outside.line_key("-", " . ") == ""


def index(kind: str, *answers: str) -> outside.Index:
    made = outside.Index(kind)
    for case, text in enumerate(answers):
        made.add(case, "field", text)
    return made


def found(made: outside.Index, name: str = "", number: str = "") -> set[int]:
    return {case for case, _ in made.find(name, number)}


def test_only_what_is_the_same_is_matched() -> None:
    systems = index("ato", "INVENTED-LX", "Invented Gate; Invented Ledger", "Invented Gateway")
    assert found(systems, "invented lx") == {0}
    assert found(systems, "Invented Ledger") == {1}
    assert found(systems, "Invented") == set(), "a part of a name is not the name"
    contracts = index("contract", "70RSAT-21-C-00000099", "orders 70B04C, 70B04D", "")
    assert found(contracts, number="70RSAT21C00000099") == {0} and found(contracts, number="70b04d") == {1}
    assert found(contracts, "70B04D", "") == set() and found(contracts, number="99") == set()
    papers = index("privacy", "https://example.invalid/publications/dhs-cbp-pia-006", "DHS/CBP/PIA-0067")
    assert found(papers, number="DHS/CBP/PIA-006") == {0}
    products = index("software", "Invented Vendor, Invented Coder Pro", "coder", "Invented Coders")
    assert found(products, "Invented Coder") == {0} and found(products, "Ace") == set()


NOTED = (
    b"Drawn up by an invented office,,\nFor internal use,,\nSystem name;x,FISMA ID,Component\n"
    b"INVENTED-LX,XX-1,CBP\nInvented Lx again,xx 1,CBP\n,,\n,,CBP\n=1+1,XX-2,FEMA\n"
)


def test_every_row_becomes_a_line_or_is_named() -> None:
    table = look(NOTED, "list.csv", "ato")
    assert (table.header_row, table.guess["number"]) == (3, 1) and table.sample[0][0] == 4
    made = read(NOTED, "list.csv", table, {"name": 0, "number": 1, "component": 2})
    assert [(line.row, line.number) for line in made.lines] == [(4, "XX-1"), (8, "XX-2")]
    assert made.rows == 4 == len(made.lines) + len(made.issues)
    assert [row for row, _ in made.issues] == [5, 7]


def test_a_workbook_with_notes_formulas_and_a_hidden_sheet_is_read_where_the_list_is() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Notes"
    sheet.append(["Read me", "first"])
    lists = book.create_sheet("Contracts")
    for row in (
        ["Contract Number", "Vendor", "Title"],
        ["70X1", "Invented Inc.", "Sorting"],
        [7011, "=A1", "x" * 1200],
    ):
        lists.append(row)
    hidden = book.create_sheet("Old")
    hidden.sheet_state = "hidden"
    hidden.append(["Contract Number", "Vendor", "Title"])
    file = io.BytesIO()
    book.save(file)
    table = look(file.getvalue(), "list.xlsx", "contract")
    assert (table.sheet, dict(table.guess)) == ("Contracts", {"number": 0, "vendor": 1, "name": 2})
    made = read(file.getvalue(), "list.xlsx", table, table.guess)
    assert [(line.number, line.vendor, len(line.name)) for line in made.lines] == [
        ("70X1", "Invented Inc.", 7), ("7011", "", 1000),
    ]  # fmt: skip
    assert sorted(text.split()[1] for _, text in made.issues) == ["name", "vendor"]


@pytest.mark.parametrize("data", [b"", b"one\ntwo\n", b"%PDF-1.7", b"PK\x03\x04broken", b"\xff\xfea,b\n"])
def test_a_file_without_a_table_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        look(data, "list.csv", "ato")
    assert refused.value.message.endswith(".")


def test_columns_without_a_line_below_are_refused() -> None:
    data = b"System name,FISMA ID\n,\n"
    with pytest.raises(Refused):
        read(data, "list.csv", look(data, "list.csv", "ato"), {"name": 0})
