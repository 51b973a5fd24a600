"""OMB's fixed list of common commercial uses: bands, adding up, and reading and writing the file."""

import pytest

from registry import cots
from registry.cots import Part
from registry.inventory import cots_file
from registry.inventory.records import Refused
from registry.yaml_source import SourceError

LAYOUT = cots.of_year(2025)
HEAD = "Agency,AI Use Case,Agency Use (Y/N)?,Name of Commercial Product or Service Used,Estimated # of Licenses/Users"
CODE = "Generating code using AI."
OWN = {"Department of Invention"}


def lines(*rows: str, head: str = HEAD) -> bytes:
    return "\r\n".join([head, *rows]).encode("utf-8-sig")


def read(*rows: str, head: str = HEAD) -> cots_file.CotsFile:
    return cots_file.read_cots(lines(*rows, head=head), "list.csv", LAYOUT, OWN)


def test_the_list_has_twenty_uses_and_bands_without_a_gap():
    assert [use.code for use in LAYOUT.uses] == list("abcdefghijklmnopqrst")
    assert [LAYOUT.band_of(n).label for n in (1, 100, 101, 5000, 10000, 10001, 50000, 50001, 9_999_999)] == [
        "1-100", "1-100", "101-1000", "1001-5000", "5001-10,000", "10,000-50,000", "10,000-50,000", "50,000+",
        "50,000+",
    ]  # fmt: skip
    with pytest.raises(ValueError, match="no band"):
        LAYOUT.band_of(0)


@pytest.mark.parametrize("text", ["5001-10,000", "5,001 – 10,000", " 5001-10000 "])
def test_a_band_is_known_in_every_spelling(text):
    assert LAYOUT.band_named(text).code == "5001-10000"


def test_bands_with_a_gap_are_refused_with_the_file(tmp_path):
    path = tmp_path / "cots-2030.yaml"
    path.write_text((cots.FOLDER / "cots-2025.yaml").read_text().replace("low: 101,", "low: 150,"))
    with pytest.raises(SourceError, match="101-1000 must begin where 1-100 ends"):
        cots.load(path)


def test_estimates_add_up_and_bands_give_a_range():
    exact = cots.total([Part("A", users=90), Part("B", users=20)], LAYOUT)
    assert (exact.low, exact.high, exact.band.label, exact.is_exact) == (110, 110, "101-1000", True)
    ranged = cots.total([Part("A", users=900), Part("B", band=LAYOUT.band("101-1000"))], LAYOUT)
    assert (ranged.low, ranged.high, ranged.band.label) == (1001, 1900, "1001-5000")
    torn = cots.total([Part("A", band=LAYOUT.band("101-1000")), Part("B", band=LAYOUT.band("1-100"))], LAYOUT)
    assert (torn.low, torn.high, torn.band) == (102, 1100, None), "two bands are possible: a person settles it"


def test_who_gave_no_number_leaves_the_upper_end_open():
    found = cots.total([Part("A", users=200), Part("B")], LAYOUT)
    assert (found.low, found.high, found.unknown, found.band) == (201, None, ("B",), None)
    open_end = cots.total([Part("A", band=LAYOUT.band("50001")), Part("B", users=5)], LAYOUT)
    assert (open_end.high, open_end.band.label) == (None, "50,000+")


def test_every_cell_is_taken_over_or_named():
    found = read(
        f"Department of Invention,{CODE},Y,Invented Coder,1001-5000",
        "Department of Invention,Planning  travel routes using AI‐driven map applications.,perhaps,,many",
        "Department of Invention,Something else,Y,Invented,1-100",
        "Another Department,Generating code using AI.,Y,Other,1-100",
        f"Department of Invention,{CODE},N,,",
    )
    assert [(row.use.code, row.is_used, row.band.code if row.band else "") for row in found.rows] == [
        ("l", True, "1001-5000"), ("r", None, ""),
    ]  # fmt: skip
    assert found.cells_total == found.cells_stored + found.cells_flagged + found.cells_elsewhere == 22
    assert found.other_agencies == 1
    told = {(issue.row, issue.code) for issue in found.issues if issue.code != "missing_use"}
    assert told == {(3, "not_understood"), (4, "unknown_use"), (6, "unknown_use")}
    assert sum(1 for issue in found.issues if issue.code == "missing_use") == 18


def test_a_number_is_an_estimate_and_notes_may_stand_above():
    data = ("Invented note\r\n\r\n" + lines(f"Department of Invention,{CODE},yes,x,1200").decode("utf-8-sig")).encode()
    assert cots_file.is_cots(data, "notes.csv", cots.layouts()) == LAYOUT
    row = cots_file.read_cots(data, "notes.csv", LAYOUT, OWN).rows[0]
    assert (row.number, row.users, row.band) == (4, 1200, None)


@pytest.mark.parametrize(
    ("rows", "head", "code"),
    [([], HEAD, "empty"), (["a,b"], "Name,Purpose", "unknown_header"), ([f"Elsewhere,{CODE},Y,,"], HEAD, "empty")],
)
def test_a_file_that_is_no_list_of_ours_is_refused(rows, head, code):
    with pytest.raises(Refused) as refused:
        read(*rows, head=head)
    assert refused.value.code == code


def test_written_and_read_again_it_is_the_same_in_both_formats():
    rows = {
        "l": {"is_used": True, "products": "=Invented; Coder", "band": LAYOUT.band("1-100")},
        "a": {"is_used": False},
    }
    table = cots_file.table(LAYOUT, "Department of Invention", rows)
    for name, write in (("x.csv", cots_file.csv_bytes), ("x.xlsx", cots_file.xlsx_bytes)):
        content = write(LAYOUT, table)
        assert content == write(LAYOUT, table), "the same rows give the same bytes"
        again = cots_file.read_cots(content, name, LAYOUT, OWN)
        kept = {
            row.use.code: {"is_used": row.is_used, "products": row.products, "band": row.band} for row in again.rows
        }
        assert write(LAYOUT, cots_file.table(LAYOUT, "Department of Invention", kept)) == content


def test_the_published_list_comes_back_cell_by_cell(real_data):
    source = (real_data / "omb-2025-cots-dhs.csv").read_bytes()
    name = "Department of Homeland Security"
    found = cots_file.read_cots(source, "list.csv", LAYOUT, {name})
    assert len(found.rows) == 20 and found.cells_total == found.cells_stored and not found.issues
    rows = {row.use.code: {"is_used": row.is_used, "products": row.products, "band": row.band} for row in found.rows}
    made = cots_file.csv_bytes(LAYOUT, cots_file.table(LAYOUT, name, rows)).decode("utf-8-sig").split("\r\n")
    given = source.decode("utf-8-sig").split("\r\n")
    assert [
        line for line in zip(made, given, strict=True) if line[0].replace(" ", "") != line[1].replace(" ", "")
    ] == []
