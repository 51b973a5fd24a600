"""The commands `import_inventory`, `export_inventory` and `seed_registry`: their JSON and their exits."""

from __future__ import annotations

import hashlib
import io
import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from audit.models import Event
from governance.models import DatedRecord
from registry.models import ImportBatch, UseCase
from tests import make
from tests.registry.make_inventory import case, csv_file, defective_workbook, grid, raw_workbook

COUNTS = {
    "rows", "created", "updated", "unchanged", "rejected", "proposed", "cells_total", "cells_stored",
    "cells_flagged", "issues",
}  # fmt: skip
ISSUE = {"row", "use_case_id", "column", "code", "severity", "value", "message"}


def call(name: str, *words: Any) -> tuple[int, dict[str, Any]]:
    """Exit status and JSON of a command."""
    out = io.StringIO()
    try:
        call_command(name, *map(str, words), "--json", stdout=out)
    except SystemExit as ended:
        return int(ended.code or 0), json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


@pytest.fixture
def organization(db: None) -> None:
    make.component("CBP")


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    path = tmp_path / "defects.xlsx"
    path.write_bytes(defective_workbook())
    return path


def test_import_says_what_it_did(organization: None, workbook: Path) -> None:
    status, told = call("import_inventory", workbook)
    assert status == 0 and set(told) == COUNTS and all(set(issue) == ISSUE for issue in told["issues"])
    assert told["created"] == told["rows"] == UseCase.objects.count() == 12
    assert told["cells_stored"] + told["cells_flagged"] == told["cells_total"]
    assert Event.objects.get(kind="inventory.imported").actor_label == "The portal (system)"


def test_dry_run_counts_and_writes_nothing(organization: None, workbook: Path) -> None:
    status, told = call("import_inventory", workbook, "--dry-run")
    assert status == 0 and set(told) == COUNTS and told["created"] == 12
    assert (UseCase.objects.count(), ImportBatch.objects.count(), Event.objects.count()) == (0, 0, 0)


def test_rejected_rows_are_no_failure(organization: None, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(csv_file(grid([case(1, agency_bureau="NOWHERE")])))
    status, told = call("import_inventory", path)
    assert (status, told["rejected"], told["created"]) == (0, 1, 0)


def test_options_of_the_import(organization: None, workbook: Path) -> None:
    words = ("--cycle", 2026, "--agency", "DHS", "--effective", "2026-03-01")
    assert call("import_inventory", workbook, *words)[0] == 0
    batch = ImportBatch.objects.get()
    assert (batch.cycle, batch.effective_on, batch.agency.code) == (2026, date(2026, 3, 1), "DHS")


def test_wrong_usage_exits_with_two(organization: None, workbook: Path, tmp_path: Path) -> None:
    export = ("export_inventory", "--audience", "omb", "--format", "csv", "--output", tmp_path / "x.csv")
    for command in (
        ("import_inventory", workbook, "--agency", "NONE"),
        ("import_inventory", workbook, "--actor", "nobody@example.invalid"),
        (*export, "--cycle", 2031),
        (*export, "--cycle", 2025, "--layout", "omb-1999"),
        ("seed_registry", "--use-cases", 0),
    ):
        status, told = call(*command)
        assert (status, told["error"]["code"]) == (2, "wrong_usage"), command
    assert not (tmp_path / "x.csv").exists()


BAD_FILES = {
    "empty": b"",
    "protected": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600,
    "truncated": defective_workbook()[:4000],
    "not_a_workbook": b"%PDF-1.7 fictional",
    "unknown_encoding": "Fictional;\u0416\u0416\u0416\u0416".encode("utf-16"),
    "unknown_layout": b"one,two\n1,2\n",
    "zip_bomb": raw_workbook("", extra={"xl/media/bomb.bin": b"\0" * 40_000_000}),
}


@pytest.mark.parametrize("code", sorted(BAD_FILES))
def test_refused_file_exits_with_one_and_says_why(code: str, organization: None, tmp_path: Path) -> None:
    path = tmp_path / "bad.xlsx"
    path.write_bytes(BAD_FILES[code])
    status, told = call("import_inventory", path)
    assert (status, told["error"]["code"]) == (1, code)
    assert len(told["error"]["message"]) > 20 and told["error"]["where"] == "bad.xlsx"
    assert not UseCase.objects.exists() and not ImportBatch.objects.exists()


def test_missing_file_exits_with_one(organization: None, tmp_path: Path) -> None:
    status, told = call("import_inventory", tmp_path / "nothing.xlsx")
    assert (status, told["error"]["code"], told["error"]["where"]) == (1, "unreadable", "nothing.xlsx")


def test_without_an_organisation_the_command_says_what_to_do(db: None, workbook: Path) -> None:
    status, told = call("import_inventory", workbook)
    assert status == 1 and "load_catalogue" in told["error"]["message"]


def test_export_writes_the_file_and_says_its_sha256(organization: None, workbook: Path, tmp_path: Path) -> None:
    call("import_inventory", workbook)
    path = tmp_path / "out.csv"
    words = ("--cycle", 2025, "--audience", "omb", "--format", "csv", "--output", path)
    status, told = call("export_inventory", *words)
    assert (status, told["rows"]) == (0, 12)
    assert told["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    event = Event.objects.get(kind="inventory.exported")
    assert event.data["sha256"] == told["sha256"] and event.data["layout"] == "omb-2025"


def test_export_to_nowhere_leaves_no_event(organization: None, workbook: Path, tmp_path: Path) -> None:
    call("import_inventory", workbook)
    nowhere = tmp_path / "no" / "such" / "folder.csv"
    words = ("--cycle", 2025, "--audience", "omb", "--format", "csv", "--output", nowhere)
    status, told = call("export_inventory", *words)
    assert (status, told["error"]["code"]) == (1, "unwritable")
    assert not Event.objects.filter(kind="inventory.exported").exists()


def test_seed_makes_the_same_registry_for_the_same_seed(organization: None) -> None:
    make.component("ICE")
    status, told = call("seed_registry", "--use-cases", 40, "--seed", 7)
    assert status == 0 and told["use_cases"] == 40 and told["seconds"] > 0
    first = list(UseCase.objects.order_by("pk").values_list("filed_document", "component__code"))
    assert call("seed_registry", "--use-cases", 40, "--seed", 7)[0] == 0
    second = list(UseCase.objects.order_by("pk").values_list("filed_document", "component__code"))[40:]
    assert first == second and len({code for _, code in first}) == 2
    assert UseCase.objects.filter(revision_number=2).count() == 8
    rows = DatedRecord.objects.order_by("pk").values_list("kind", "title", "effective_on", "details")
    assert list(rows[: told["records"]]) == list(rows[told["records"] :]) and told["records"] > 20
    shares = Counter(DatedRecord.objects.values_list("use_case", flat=True)).values()
    assert set(shares) <= {3, 4, 5, 6} and len(shares) < UseCase.objects.filter(stage="deployed").count()
    assert set(UseCase.objects.values_list("stage", flat=True)) >= {"deployed", "pre_deployment"}
