"""What a file of an older year means for the checks: vanished cases are found, retired ones are left in peace."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from governance.compliance.checks.in_current_cycle import in_current_cycle
from governance.compliance.snapshot import Clocks, snapshots, standing_cases
from registry.inventory.schema import load_layout
from registry.models import UseCase
from tests import make
from tests.governance import scenes
from tests.governance.test_compliance_runs import unguarded
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


def test_cases_counted_without_snapshots_are_those_that_have_one(cast: Any) -> None:
    make.component("CBP")
    bring(older_file(older(1, "Operation and Maintenance"), older(2, "Disposal/Retired")), cast.manager)
    scenes.catalogue()
    running = [scenes.deployed() for _ in range(3)]
    never = make.use_case(given=make.answers(), filed_on=scenes.FILED, status="recorded")
    make.use_case(given=make.answers())
    with unguarded():
        for case, status in ((running[0], "withdrawn"), (running[1], "rejected"), (never, "rejected")):
            UseCase.objects.filter(pk=case.pk).update(status=status, status_changed_at=timezone.now())
    counted = []
    for day in (scenes.FILED - timedelta(days=1), timezone.localdate() - timedelta(days=1), timezone.localdate()):
        rows, clocks = UseCase.objects.all(), Clocks(day)
        found = dict(standing_cases(rows, clocks))
        by_id = dict(UseCase.objects.values_list("use_case_id", "pk"))
        assert {by_id[one.use_case_id]: one.impact or "" for one in snapshots(rows, clocks)} == found
        counted.append(len(found))
    assert counted[0] < counted[2] < counted[1], "the end of a case counts from its day"
