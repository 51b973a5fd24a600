"""Invented inventory files in the states a manager meets: of an older year, from another source, undone, waiting."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Role
from governance.demo.cast import Cast
from governance.demo.clock import at
from registry.actions import inventory
from registry.actions.inventory.looking import all_layouts
from registry.inventory.schema import Layout
from registry.inventory.write import cell
from registry.models import UseCase
from registry.models.use_case import Handling, Status

FEW = 3
OLDER = (
    {"y2024_stage": "operation", "y2024_rights_impacting": "yes", "y2024_has_ato": "yes",
     "y2024_key_risks": "Invented risks: a parcel may be sorted to the wrong bench."},
    {"y2024_stage": "retired", "y2024_rights_impacting": "no", "y2024_active": "Inactive (no longer used)"},
)  # fmt: skip
NAMES = ("Invented shelf counting by camera", "Invented reading of paper labels")
NOTE = "Note of the depot"


def bring_files(cast: Cast) -> None:
    """Four files, each by the real actions; nothing happens where the demonstration has no case to speak of."""
    cases = list(
        UseCase.objects.filter(is_demo=True, component__code="CBP", status=Status.RECORDED)
        .exclude(handling=Handling.RESTRICTED)
        .filter(filed_document__isnull=False)
        .select_related("component", "agency")
        .order_by("use_case_id")[:FEW]
    )
    if not cases:
        return
    _older_year(cast)
    _other_source(cast, cases)
    _undone(cast)
    _waiting(cast, cases)


def _older_year(cast: Cast) -> None:
    """The file of 2024 with two cases no later file has: one retired, one that was in use and vanished."""
    layout = all_layouts()["dhs-2024"]
    rows = [_row(f"DHS-P{91 + place}", name, OLDER[place]) for place, name in enumerate(NAMES)]
    with at(timezone.now() - timedelta(days=20)):
        _import(cast, "invented-inventory-2024.csv", _file(rows, layout))
    UseCase.objects.filter(use_case_id__in=[row["id"] for row in rows]).update(is_demo=True)


def _other_source(cast: Cast, cases: Sequence[UseCase]) -> None:
    """The same year as somebody else published it: two answers differ and wait."""
    layouts = all_layouts()
    rows = [_as_filed(case) for case in cases]
    with at(timezone.now() - timedelta(days=6)):
        _import(cast, "invented-inventory-2025.csv", _file(rows, layouts["dhs-2025"]))
    for row, name in zip(rows, ("benefits", "problem_solved"), strict=False):
        row["document"]["answers"][name] = "Invented: the consolidated file tells it in fewer words."
    with at(timezone.now() - timedelta(days=5)):
        _import(cast, "invented-consolidated-2025.csv", _file(rows, layouts["omb-2025"]))


def _undone(cast: Cast) -> None:
    """A file of another agency's cases, imported by mistake and taken back."""
    rows = [_row(f"DHS-{9080 + number}", f"Invented case brought in by mistake {number}", {}) for number in (1, 2)]
    with at(timezone.now() - timedelta(days=4)):
        batch = _import(cast, "invented-wrong-file.csv", _file(rows, all_layouts()["dhs-2025"]))
    UseCase.objects.filter(use_case_id__in=[row["id"] for row in rows]).update(is_demo=True)
    with at(timezone.now() - timedelta(days=4) + timedelta(minutes=20)):
        inventory.undo(batch, actor=cast.one(Role.INVENTORY_MANAGER))


def _waiting(cast: Cast, cases: Sequence[UseCase]) -> None:
    """A component's own file: a header of its own, a note nobody asks for, an ID in another spelling."""
    layout = all_layouts()["dhs-2025"]
    rows = [_as_filed(case) for case in cases] + [_row("DHS-91P", "Invented counting of shelves", {})]
    rows[0]["document"]["answers"]["hi_justification"] = (
        "Invented: it sorts parcels and decides nothing about a person."
    )
    table = _table(rows, layout)
    table[0] = ["Why it was cleared" if header == "Justification" else header for header in table[0]]
    table = [[*line, NOTE if number == 0 else f"Invented remark {number}"] for number, line in enumerate(table)]
    lead = cast.one(Role.COMPONENT_LEAD, component="CBP")
    with at(timezone.now() - timedelta(days=1)):
        inventory.preview(_csv(table), "invented-depot-list.csv", actor=lead)


def _import(cast: Cast, name: str, content: bytes) -> Any:
    return inventory.import_file(content, name, actor=cast.one(Role.INVENTORY_MANAGER))


def _row(use_case_id: str, name: str, answers: Mapping[str, Any]) -> dict[str, Any]:
    given = {"use_case_name": name, "contact_email": "depot@example.invalid", **answers}
    document = {"answers": given, "withheld": {}, "flagged": {}}
    return {"id": use_case_id, "agency_bureau": "CBP", "agency": "DHS", "agency_name": "", "document": document}


def _as_filed(case: UseCase) -> dict[str, Any]:
    filed = case.filed_document or {}
    document = {part: dict(filed.get(part) or {}) for part in ("answers", "withheld", "flagged")}
    return {"id": case.use_case_id, "agency_bureau": case.component.code, "agency": case.agency.code,
            "agency_name": case.agency.name, "document": document}  # fmt: skip


def _table(rows: Sequence[dict[str, Any]], layout: Layout) -> list[list[str]]:
    lines = [[str(cell(row, column)) for column in layout.columns] for row in rows]
    return [[column.header for column in layout.columns], *lines]


def _file(rows: Sequence[dict[str, Any]], layout: Layout) -> bytes:
    return _csv(_table(rows, layout))


def _csv(table: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(table)
    return out.getvalue().encode("utf-8-sig")
