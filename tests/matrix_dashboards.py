"""The URL x role matrix of the compliance dashboards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from governance.models import Finding
from tests.governance import scenes
from tests.matrix_row import CBP, DEPARTMENT, Row


def deadlines(cast: Any) -> dict[str, Any]:
    """A case with a finding due soon, a waiver to tell OMB of, and a record that runs out."""
    soon = timezone.localdate() + timedelta(days=10)
    scenes.catalogue()
    row = scenes.deployed(owner=cast.officer, **scenes.OPEN)
    scenes.evidence(row, "monitoring", until=soon)
    scenes.waiver(row, "training")
    scenes.run()
    Finding.objects.filter(use_case=row).update(due_on=soon)
    return {}


ROWS: dict[str, Row] = {
    "compliance-calendar": Row(("auditor", *CBP, "other_officer", *DEPARTMENT), deadlines),
}
