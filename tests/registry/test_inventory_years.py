"""The files of 2023 and 2024, and what became of their cases by 2025. Skipped where the real files are not at hand."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from registry.inventory.cells import key
from registry.inventory.comparable import Comparable, comparable, same_ids
from registry.inventory.read import Inventory, read
from registry.inventory.schema import layouts
from registry.inventory.write import write
from tests.registry.make_inventory import FOLDER
from tests.registry.real_data import real
from tests.registry.test_inventory_write import lines

LAYOUTS = layouts(FOLDER)
FILES = {
    "dhs-2023": "dhs-2023-inventory.xlsx",
    "dhs-2024": "dhs-2024-inventory.csv",
    "omb-2024": "omb-2024-v2-dhs.csv",
    "dhs-2025": "dhs-2025-inventory.xlsx",
    "omb-2025": "omb-2025-individual-dhs.csv",
}
Read = dict[str, Inventory]


@pytest.fixture(scope="module")
def files() -> Read:
    return {layout: read(real(name), name=name, layouts=LAYOUTS) for layout, name in FILES.items()}


def records(inventory: Inventory) -> list[dict[str, Any]]:
    own = {"agency": "DHS", "agency_name": "Department of Homeland Security"}
    return [
        {"id": row.use_case_id, "agency_bureau": row.component, "document": row.document} | own
        for row in inventory.rows
    ]


# -- every cell ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layout", "rows", "cells", "flags"),
    [
        ("dhs-2023", 41, 535, 3),
        ("dhs-2024", 197, 5594, 116),
        ("omb-2024", 183, 4138, 19),
        ("dhs-2025", 238, 3918, 4),
        ("omb-2025", 238, 4712, 3),
    ],
)
def test_every_row_is_read_and_every_cell_accounted_for(
    files: Read, layout: str, rows: int, cells: int, flags: int
) -> None:
    found = files[layout]
    assert found.layout == layout and len(found.rows) == rows and not any(row.rejected for row in found.rows)
    assert found.cells_total == cells and found.cells_flagged == flags
    assert found.cells_stored + found.cells_flagged == found.cells_total
    assert sum(issue.flagged for issue in found.all_issues()) == flags, "one reason for each flagged cell"


def test_what_is_not_understood_is_dates_in_prose_and_the_shifted_columns(files: Read) -> None:
    reasons = {name: Counter(i.code for i in one.all_issues() if i.flagged) for name, one in files.items()}
    assert reasons["dhs-2023"] == {"bad_date": 3}
    assert reasons["dhs-2024"] == {"bad_date": 18, "wrong_column": 98}
    assert reasons["omb-2024"] == {"bad_date": 19}


def test_shifted_columns_of_2024_are_found_and_named(files: Read) -> None:
    named = [(issue.message.split(":")[0], issue.field) for issue in files["dhs-2024"].issues]
    assert named == [
        ("Column BI", "y2024_notice"),
        ("Column BJ", "y2024_notice_other"),
        ("Column BK", "y2024_adverse_impact"),
        ("Column BL", "y2024_disparities"),
        ("Column BM", "y2024_consultation"),
        ("Column BN", "y2024_consultation_other"),
        ("Column BO", "y2024_appeal"),
    ]
    assert {issue.code for issue in files["dhs-2024"].issues} == {"shifted_column"}
    assert not any(issue.code == "shifted_column" for one in files.values() for issue in one.issues
                   if one is not files["dhs-2024"])  # fmt: skip


# -- source and export --------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", FILES)
def test_export_import_export_is_byte_equal(files: Read, layout: str) -> None:
    first = write(records(files[layout]), LAYOUTS[layout], format="csv", audience="omb")
    again = read(first, name="again.csv", layouts=LAYOUTS)
    assert again.layout == layout
    assert write(records(again), LAYOUTS[layout], format="csv", audience="omb") == first


@pytest.mark.parametrize("layout", FILES)
def test_export_says_cell_for_cell_what_the_source_says(files: Read, layout: str) -> None:
    """After the normalisation of docs/decisions/0017: blanks, dashes, dates, the order of lists, OMB's short labels."""
    table = lines(write(records(files[layout]), LAYOUTS[layout], format="csv", audience="omb"))
    source = list(_source(layout))
    assert len(source) == len(table) - 1 == len(files[layout].rows)
    for theirs, ours in zip(source, table[1:], strict=True):
        for column, text in zip(LAYOUTS[layout].columns, ours, strict=True):
            given = theirs.get(column.field, "")
            assert _same(given, text, column), (theirs.get("use_case_name"), column.field, given[:60], text[:60])


def _same(theirs: str, ours: str, column: Any) -> bool:
    if key(theirs) == key(ours) or (column.kind in ("date", "month") and _day(theirs) == ours):
        return True
    if column.kind in ("choice", "multi"):
        return _codes(theirs, column) == _codes(ours, column)
    return theirs.strip() in ("[]", "") and not ours


def _codes(text: str, column: Any) -> set[str]:
    left, found = f"{key(text.strip('[]').replace(chr(39), ''))} ", set()
    for spelling in sorted(column.accepts, key=len, reverse=True):
        if spelling in left:
            left = left.replace(spelling, " ")
            found.add(column.accepts[spelling])
    return found | ({left} if left.strip(" .") else set())


def _day(text: str) -> str:
    for form in ("%m/%d/%Y", "%Y-%m-%d %H:%M:%S"):
        try:
            return datetime.strptime(text.strip(), form).date().isoformat()  # noqa: DTZ007 (a cell has no zone)
        except ValueError:
            continue
    return text


def _source(layout: str) -> Iterator[dict[str, str]]:
    """The rows of a file as field -> text, read by nothing of the portal."""
    rows = _workbook(layout) if FILES[layout].endswith("xlsx") else _text(layout)
    start = next(number for number, row in enumerate(rows) if "Use Case Name" in row or "use_case_name" in row)
    table = LAYOUTS[layout]
    if layout == "omb-2025":  # its headers are variables
        by_variable = {column.variable: column.field for column in table.columns}
        fields = [by_variable.get(name, name) for name in rows[start]]
    else:
        fields = [column.field for column in table.columns]
    for row in rows[start + 1 :]:
        cells = dict(zip(fields, row, strict=False))
        if cells.get("use_case_name", "").strip():
            yield cells


def _workbook(layout: str) -> list[list[str]]:
    with pytest.warns(UserWarning) if layout == "dhs-2025" else _silence():
        sheet = openpyxl.load_workbook(real(FILES[layout])).worksheets[0]
    return [[_plain(value) for value in row] for row in sheet.iter_rows(values_only=True)]


def _silence() -> Any:
    import contextlib

    return contextlib.nullcontext()


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return "" if value is None else str(value).strip()


def _text(layout: str) -> list[list[str]]:
    content = real(FILES[layout]).read_bytes()
    text = content.decode("cp1252" if layout == "omb-2024" else "utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


# -- from one year to the next ------------------------------------------------------------------------


def year(files: Read, layout: str) -> dict[str, Comparable]:
    return {one.id: one for one in comparable(files[layout], LAYOUTS)}


def test_from_2024_to_2025_what_was_carried_renamed_new_and_gone(files: Read) -> None:
    before, after = year(files, "dhs-2024"), year(files, "dhs-2025")
    carried = same_ids(before, after)
    assert len(carried) == 154 and {"DHS-P1", "DHS-P2"} <= carried.keys()
    renamed = [one for one, now in carried.items() if before[one].name.strip() != after[now].name.strip()]
    assert len(renamed) == 29
    assert sum(key(before[one].name) != key(after[carried[one]].name) for one in renamed) == 28
    assert len(after.keys() - set(carried.values())) == 84
    gone = before.keys() - carried.keys()
    assert len(gone) == 43
    assert {one for one in gone if not before[one].retired} == {
        "DHS-33", "DHS-186", "DHS-312", "DHS-381", "DHS-2307",
    }  # fmt: skip


def test_ids_of_2023_are_found_in_their_other_spelling(files: Read) -> None:
    carried = same_ids(year(files, "dhs-2023"), year(files, "dhs-2024"))
    assert len(carried) == 41
    assert {one: now for one, now in carried.items() if one != now} == {
        "DHS-1P": "DHS-P1", "DHS-2P": "DHS-P2", "DHS-3P": "DHS-P3",
    }  # fmt: skip


def test_both_files_of_2024_name_the_same_cases(files: Read) -> None:
    dhs = {key(row.document["answers"]["use_case_name"]) for row in files["dhs-2024"].rows}
    omb = {key(row.document["answers"]["use_case_name"]) for row in files["omb-2024"].rows}
    assert len(omb) == 183 and omb < dhs


def test_a_record_says_its_stage_in_the_words_of_2025_as_far_as_they_go(files: Read) -> None:
    stages = Counter(one.stage for one in year(files, "dhs-2024").values())
    assert stages == {"deployed": 74, "pre_deployment": 72, "retired": 39, "": 12}
    assert date(2024, 12, 16) == LAYOUTS["dhs-2024"].published_on
