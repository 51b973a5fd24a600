"""The public files of January 2026, read whole. Skipped where they are not at hand."""

from collections import Counter
from datetime import date
from typing import Any

import pytest

from registry.inventory.inspection import inspect
from registry.inventory.read import Inventory, Issue, read
from registry.inventory.schema import layouts
from registry.inventory.write import Format, write
from tests.registry.make_inventory import FOLDER
from tests.registry.real_data import real
from tests.registry.test_inventory_write import cells, records

LAYOUTS = layouts(FOLDER)
WORKBOOK = "dhs-2025-inventory.xlsx"


@pytest.fixture(scope="module")
def workbook() -> Inventory:
    return read(real(WORKBOOK), name=WORKBOOK, layouts=LAYOUTS)


@pytest.fixture(scope="module")
def issues(workbook: Inventory) -> tuple[Issue, ...]:
    return inspect(workbook, LAYOUTS, date(2026, 1, 28))


def where(issues: tuple[Issue, ...], code: str) -> list[tuple[int | None, str | None, str | None]]:
    return [(issue.row, issue.use_case_id, issue.field) for issue in issues if issue.code == code]


def test_every_row_and_cell_is_accounted_for(workbook: Inventory) -> None:
    assert (workbook.layout, workbook.sheet) == ("dhs-2025", "All Use Cases")
    assert len(workbook.rows) == 238 and not any(row.rejected for row in workbook.rows)
    assert workbook.cells_total == 3918
    assert workbook.cells_stored + workbook.cells_flagged == workbook.cells_total
    assert workbook.cells_flagged == 4  # three answers in the wrong column, one stray mark


def test_stray_mark_is_no_use_case(workbook: Inventory) -> None:
    (stray,) = workbook.issues
    assert (stray.row, stray.use_case_id, stray.code, stray.value) == (243, None, "stray_cell", "`")
    assert stray.column == "System(s) Name"


def test_answers_in_the_wrong_column(issues: tuple[Issue, ...]) -> None:
    assert set(where(issues, "wrong_column")) == {
        (123, "DHS-2556", "hi_public_consultation"),
        (124, "DHS-2577", "hi_training_established"),
        (125, "DHS-2666", "hi_training_established"),
    }


def test_known_defects_are_issues_with_row_id_column_and_code(issues: tuple[Issue, ...]) -> None:
    assert len(where(issues, "old_vocabulary")) == 5
    assert len(where(issues, "pii_without_pia")) == 21
    assert len(where(issues, "no_ato")) == 37
    assert [one[1] for one in where(issues, "duplicate_name")] == ["DHS-2731", "DHS-2577"]
    assert [one[1] for one in where(issues, "section5_not_asked")] == ["DHS-2745"]
    assert len(where(issues, "in_house_with_vendor")) == 2
    assert [one[1:] for one in where(issues, "required_missing")] == [("DHS-2517", "data_description")]
    assert len(where(issues, "justification_reused")) == 9
    assert all(issue.row and issue.column for issue in issues)


def test_nothing_else_is_said(issues: tuple[Issue, ...]) -> None:
    assert set(Counter(issue.code for issue in issues)) == {
        "old_vocabulary", "wrong_column", "stray_cell", "pii_without_pia", "no_ato", "duplicate_name",
        "section5_not_asked", "in_house_with_vendor", "required_missing", "justification_reused",
    }  # fmt: skip


def test_redacted_cells_are_withheld(workbook: Inventory) -> None:
    markers = [text for row in workbook.rows for text in row.document["withheld"].values()]
    assert len(markers) == 13 and set(markers) == {"Law Enforcement Sensitive (LES)"}


def test_stage_and_impact_agree_with_the_file_omb_published(workbook: Inventory) -> None:
    published = read(real("omb-2025-individual-dhs.csv"), name="omb.csv", layouts=LAYOUTS)
    ours, theirs = ({row.use_case_id: facts(row.document) for row in one.rows} for one in (workbook, published))
    assert ours == theirs
    deployed = [stage for stage, impact, *_ in ours.values() if impact == "high_impact" and stage == "deployed"]
    assert len(deployed) == 38


def facts(document: dict[str, Any]) -> tuple[Any, ...]:
    names = (
        "development_stage",
        "is_high_impact",
        "topic_area",
        "classification",
        "operational_date",
        "have_ato",
    )
    return tuple(document["answers"].get(name) for name in names)


@pytest.mark.parametrize("source", [WORKBOOK, "omb-2025-individual-dhs.csv"])
@pytest.mark.parametrize("layout", ["dhs-2025", "omb-2025"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_export_import_export_is_the_same_file(source: str, layout: str, form: Format) -> None:
    inventory = read(real(source), name=source, layouts=LAYOUTS)
    first = write(records(inventory), LAYOUTS[layout], format=form, audience="omb")
    again = read(first, name="again", layouts=LAYOUTS)
    assert [row.document["answers"] for row in again.rows] == [row.document["answers"] for row in inventory.rows]
    assert [row.document["withheld"] for row in again.rows] == [row.document["withheld"] for row in inventory.rows]
    second = write(records(again), LAYOUTS[layout], format=form, audience="omb")
    assert second == first if form == "csv" else cells(second) == cells(first)
