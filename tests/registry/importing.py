"""How tests of the import bring a file in."""

from __future__ import annotations

from datetime import date
from typing import Any

from accounts.models import User
from registry.actions import inventory
from registry.models import ImportBatch
from tests.registry.make_inventory import case, csv_file, grid

PUBLISHED = date(2026, 1, 28)


def file_of(*cases: dict[str, Any]) -> bytes:
    return csv_file(grid(cases)).encode()


def row(number: int, **more: Any) -> dict[str, Any]:
    return case(number, id=f"DHS-{number}", **more)


def bring(content: bytes, actor: User, **options: Any) -> ImportBatch:
    return inventory.confirm(inventory.preview(content, "inventory.csv", actor=actor, **options), actor=actor)


def counts(batch: ImportBatch) -> dict[str, int]:
    names = ("created", "updated", "unchanged", "proposed", "rejected")
    return {name: batch.summary[name] for name in names if batch.summary[name]}


def codes(batch: ImportBatch) -> set[str]:
    return {issue["code"] for issue in batch.issues}
