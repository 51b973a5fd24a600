"""The URL x role matrix of what is said about an inventory file, and of undoing its import."""

from __future__ import annotations

from itertools import count
from typing import Any

from registry.actions import inventory
from registry.models import ColumnMapping, UseCase
from registry.models.use_case import Status
from tests import make
from tests.matrix_row import Row
from tests.registry.make_inventory import DHS, case, csv_file, grid
from tests.registry.test_inventory_placing import slipped

_NUMBERS = count(1)
BRINGS = ("manager", "lead")


def odd_file(cast: Any) -> dict[str, Any]:
    """A file the lead has read: columns beside their questions, one nobody asks for, an ID spelled otherwise."""
    make.component("CBP")
    number = next(_NUMBERS) * 10
    inventory.import_file(csv_file(grid([case(1, id=f"DHS-P{number}")])).encode(), "first.csv", actor=cast.manager)
    lines = [[f"DHS-{number + place}", *line[1:], f"Note {place}"] for place, line in enumerate(slipped(1), start=1)]
    spelled = grid([case(7, id=f"DHS-{number}P", use_case_name="Fictional other name")])[0]
    headers = [*(column.header for column in DHS.columns), "Fictional note"]
    content = csv_file([*lines, [*spelled, "Note"]], headers=headers).encode()
    return {"uuid": inventory.preview(content, "odd.csv", actor=cast.lead).uuid}


def imported_file(cast: Any) -> dict[str, Any]:
    """A file the lead has imported; of its three cases one has an owner since."""
    make.component("CBP")
    number = next(_NUMBERS) * 10
    rows = [case(one, id=f"DHS-{number + one}") for one in (1, 2, 3)]
    batch = inventory.import_file(csv_file(grid(rows)).encode(), "imported.csv", actor=cast.lead)
    UseCase.objects.filter(use_case_id=f"DHS-{number + 1}").update(owner=cast.officer)
    return {"uuid": batch.uuid}


def differing_file(cast: Any) -> dict[str, Any]:
    """A file that proposes something for a case nobody may simply overwrite."""
    row = make.use_case(owner=cast.officer, status=Status.DRAFT)
    content = csv_file(grid([case(1, id=row.use_case_id)])).encode()
    return {"uuid": inventory.import_file(content, "differs.csv", actor=cast.manager).uuid}


def placed(cast: Any) -> dict[str, Any]:
    """Headers somebody has placed."""
    some_mapping(cast)
    return {}


def some_mapping(cast: Any) -> dict[str, Any]:
    """A header the manager has placed."""
    number = next(_NUMBERS)
    row = ColumnMapping.objects.create(
        agency=make.agency("DHS"), layout="dhs-2025", header=f"Fictional header {number}",
        header_key=f"fictional header {number}", field="benefits", said_by=cast.manager,
    )  # fmt: skip
    return {"uuid": row.uuid}


ROWS: dict[str, Row] = {
    "inventory-columns": Row(BRINGS, odd_file),
    "inventory-ids": Row(BRINGS, odd_file),
    "inventory-undo": Row(BRINGS, imported_file),
    "inventory-leave": Row(("manager",), differing_file, method="POST"),
    "inventory-mappings": Row(BRINGS, placed),
    "inventory-forget": Row(BRINGS, some_mapping, method="POST"),
}
