"""What a file of an older year means for the checks: vanished cases are found, retired ones are left in peace."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from governance.compliance.checks.in_current_cycle import in_current_cycle
from governance.compliance.snapshot import Clocks, snapshots
from registry.inventory.schema import load_layout
from registry.models import UseCase
from tests import make
from tests.registry.importing import bring, file_of, row
from tests.registry.make_inventory import FOLDER, csv_file

TABLE = load_layout("dhs-2024", FOLDER)


def older_file(*cases: dict[str, str]) -> bytes:
    lines = [[cells.get(column.field, "") for column in TABLE.columns] for cells in cases]
    return csv_file(lines, headers=[column.header for column in TABLE.columns]).encode()


def older(number: int, stage: str) -> dict[str, str]:
    return {"id": f"DHS-{number}", "agency": "DHS", "agency_bureau": "CBP", "use_case_name": f"Fictional {number}",
            "y2024_stage": stage}  # fmt: skip


def test_of_the_cases_only_an_older_file_has_the_active_one_is_missing(cast: Any) -> None:
    make.component("CBP")
    content = older_file(older(1, "Operation and Maintenance"), older(2, "Disposal/Retired"), older(3, "Initiated"))
    bring(content, cast.manager)
    bring(file_of(row(3)), cast.manager)
    found = {one.use_case_id: one for one in snapshots(UseCase.objects.all(), Clocks(timezone.localdate()))}
    assert set(found) == {"DHS-1", "DHS-3"}, "the retired one was reported for the last time"
    assert [problem.message for problem in in_current_cycle(found["DHS-1"], {})] == [
        "It stood in the 2024 inventory and is missing from that of 2025, without being retired."
    ]
    assert not list(in_current_cycle(found["DHS-3"], {}))
