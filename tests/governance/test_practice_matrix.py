"""The practice matrix as a report: its rows, its files, and that it agrees with the deadline check and the file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import page as page_validation
import pikepdf
import pytest
from django.core.management import call_command

from governance.models import Finding
from governance.reports import render
from governance.reports.base import Inputs
from governance.reports.practice_matrix import KIND, PracticeMatrix
from registry.models.use_case import Handling
from tests.governance import scenes
from tests.registry.make_inventory import DHS, PRACTICES, PRE, RETIRED, case, csv_file, grid
from tests.registry.real_data import real

pytestmark = pytest.mark.django_db
DAY = date(2026, 7, 9)
TRAINING = DHS.by_field["hi_training_established"].labels["in_progress"]
NAMES = (
    "Pre-deployment testing", "AI impact assessment", "Ongoing monitoring", "Human training",
    "Human oversight and fail-safe", "Remedies or appeals", "Consultation of users and the public",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _catalogue(db: None) -> None:
    scenes.catalogue()


def assembled(day: date = scenes.DAY, **params: str) -> PracticeMatrix:
    found: PracticeMatrix = KIND.assemble(Inputs(day, params=params))
    return found


def lines(report: PracticeMatrix) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(KIND.csv(report).decode("utf-8-sig"))))


def test_a_row_gives_what_is_reported_beside_the_level() -> None:
    shown = scenes.deployed("CBP", **scenes.OPEN)
    scenes.evidence(shown, "training")
    (row,) = lines(assembled())
    assert row["Use Case ID"] == shown.use_case_id and tuple(row)[3:10] == NAMES
    assert row["Pre-deployment testing"] == "Reported: In progress. Level: In progress."
    assert row["Human training"].startswith("Reported: Yes") and row["Human training"].endswith("Level: Evidenced.")
    assert row["Ongoing monitoring"].endswith("Level: Reported only.")
    assert (row["Practices not met"], row["Due"]) == ("1", "2026-04-03")


def test_only_deployed_high_impact_cases_have_a_row() -> None:
    scenes.deployed("CBP")
    scenes.deployed("CBP", development_stage="pilot")
    scenes.deployed("ICE", is_high_impact="not_high_impact")
    scenes.deployed("ICE")
    assert len(lines(assembled())) == 2
    assert [row["Component"] for row in lines(assembled(component="ICE"))] == ["ICE"]


def test_a_restricted_case_is_counted_and_nothing_of_it_is_said() -> None:
    hidden = scenes.deployed("CBP", use_case_name="Invented secret", handling=Handling.RESTRICTED, **scenes.OPEN)
    report = assembled()
    (row,) = lines(report)
    assert (row["Case"], row["Use Case ID"]) == ("Restricted case", "")
    assert row["Pre-deployment testing"] == "Reported: Answer withheld. Level: In progress."
    written = render.to_html(KIND.template, report) + json.dumps(KIND.facts(report))
    assert "Invented secret" not in written and hidden.use_case_id not in written
    assert "1 restricted case is counted" in written


def test_the_workbook_has_the_totals_and_the_same_bytes_twice() -> None:
    scenes.deployed("CBP", **scenes.OPEN)
    scenes.deployed("ICE")
    report = assembled()
    assert KIND.xlsx(report) == KIND.xlsx(assembled())
    sheet = openpyxl.load_workbook(io.BytesIO(KIND.xlsx(report)))["Practices"]
    last = [str(cell) for cell in list(sheet.iter_rows(values_only=True))[-1]]
    assert last[2:5] == ["2 cases", "1 not met of 2", "0 not met of 2"]


def test_the_pdf_is_tagged_and_a_long_table_is_broken_before_ninety_rows(tmp_path: Path) -> None:
    for _ in range(92):
        scenes.deployed("CBP", **scenes.OPEN)
    html = render.to_html(KIND.template, assembled())
    assert html.count("t--matrix") == 2 and "with a practice not met, continued" in html
    path = tmp_path / "matrix.pdf"
    path.write_bytes(render.to_pdf(html).content)
    found = page_validation.validate_pdf(str(path), profile=page_validation.ValidationProfile.PDF_UA_1)
    assert found.is_compliant, [failure.rule_id for failure in found.failures]
    with pikepdf.open(path) as pdf:
        assert str(pdf.docinfo["/Title"]) == "Practice matrix, as of 17 November 2026"


def test_without_a_case_the_report_says_so() -> None:
    assert "No deployed high-impact case is in the inventory." in render.to_html(KIND.template, assembled())


# -- the imported workbook --------------------------------------------------------------------------


def in_progress(rows: list[tuple[Any, ...]], head: tuple[Any, ...]) -> set[str]:
    """The short script: deployed, high-impact, and "in progress" somewhere in the risk columns of the file."""
    at = {str(name).split("?")[0]: index for index, name in enumerate(head) if name}
    stage = next(index for name, index in at.items() if "Stage of Development" in name)
    impact = next(index for name, index in at.items() if "high-impact" in name)
    first = next(index for name, index in at.items() if "pre-deployment testing" in name)
    return {
        str(row[0])
        for row in rows
        if "Deployed" in str(row[stage]) and str(row[impact]).strip().startswith("a)")
        and any("in-prog" in str(cell).lower() for cell in row[first:])
    }  # fmt: skip


def agree(path: Path, expected: set[str], tmp_path: Path) -> None:
    """Import, run the checks for the day, render: the deadline check and the CSV name exactly the expected cases."""
    command("import_inventory", path)
    command("check_compliance", "--as-of", DAY)
    found = Finding.objects.filter(check_name="practices_overdue", state="open")
    assert set(found.values_list("use_case__use_case_id", flat=True)) == expected
    out = tmp_path / "matrix.csv"
    command("render_report", "practice-matrix", "--as-of", DAY, "--format", "csv", "--output", out)
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["Use Case ID"] for row in rows if _is_in_progress(row)} == expected
    assert len({row["Use Case ID"] for row in rows}) == len(rows) > len(expected)


def _is_in_progress(row: Mapping[str, str]) -> bool:
    return any("Level: In progress" in row[name] for name in NAMES)


def command(name: str, *words: Any) -> None:
    call_command(name, *map(str, words), "--json", stdout=io.StringIO())


def test_the_self_made_file_the_deadline_check_and_the_matrix_agree(tmp_path: Path) -> None:
    done = PRACTICES | {"hi_assessment_completed": "a) Yes"}
    cases = [
        case(1, **PRACTICES), case(2, **done), case(3, **(done | {"hi_training_established": TRAINING})),
        case(4, PRE, **PRACTICES), case(5, RETIRED, is_high_impact="a) High-impact"), case(6),
        case(7, **(done | {"hi_public_consultation": "Direct usability testing, In-progress"})),
    ]  # fmt: skip
    path = tmp_path / "made.csv"
    path.write_text(csv_file(grid(cases)), encoding="utf-8-sig")
    with path.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = [tuple(row) for row in csv.reader(file)]
    expected = in_progress(rows, head)
    assert expected == {"EX-1", "EX-3", "EX-7"}
    agree(path, expected, tmp_path)


@pytest.mark.filterwarnings("ignore:Data Validation extension is not supported:UserWarning")
def test_the_real_workbook_the_deadline_check_and_the_matrix_agree(tmp_path: Path) -> None:
    path = real("dhs-2025-inventory.xlsx")
    _, head, *rows = openpyxl.load_workbook(path, read_only=True)["All Use Cases"].iter_rows(values_only=True)
    expected = in_progress(rows, head)
    assert len(expected) == 12
    agree(path, expected, tmp_path)
