"""A file looked through before it is made: what OMB would have to repair, and what stays out of it and why."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.models import Agency, User
from audit.workflow import Refused
from registry.actions.inventory.export import NoLabel, is_public, reported_in, rows_for, written
from registry.actions.inventory.files import all_layouts
from registry.document import WITHHELD_FIELDS
from registry.inventory.lint import lint
from registry.inventory.records import ERROR, Issue
from registry.inventory.schema import Layout
from registry.inventory.write import is_withheld
from registry.models.use_case import Handling
from registry.permissions import can_export


@dataclass(frozen=True)
class Looked:
    """What the file would hold and lack."""

    rows: int
    issues: tuple[Issue, ...]
    left_out: tuple[tuple[str, tuple[str, ...]], ...]  # why, and the IDs of the cases; of a public file only
    withheld_details: int

    @property
    def errors(self) -> int:
        """What keeps the file from being taken as it is."""
        return sum(1 for issue in self.issues if issue.severity == ERROR)


def look_through(
    *,
    actor: User,
    layout: Layout,
    cycle: int,
    audience: str,
    as_of: date | None = None,
    format: str = "csv",
    without_ids: bool = False,
) -> Looked:
    """Read the file that would be made. Nothing leaves, so nothing is recorded."""
    if not can_export(actor):
        raise Refused("Whole inventories are exported by the inventory manager, the Chief AI Officer and auditors.")
    agency = Agency.objects.get(code=settings.PORTAL_AGENCY)
    day = as_of or timezone.localdate()
    leave_out = ("id",) if without_ids else ()
    rows = rows_for(audience, day, agency, cycle)
    file_format = "csv" if format == "json" else format
    try:
        content = written(rows, layout, agency, audience, format=file_format, leave_out=leave_out)
    except NoLabel:
        content = b""  # the linter names each answer without a label
    issues = lint(
        content, f"inventory.{file_format}", rows, layout, layouts=all_layouts(), audience=audience,
        mailbox=agency.public_mailbox, as_of=day,
    )  # fmt: skip
    left_out = _left_out(reported_in(day, agency, cycle)) if audience == "public" else ()
    return Looked(len(rows), issues, left_out, _details(rows))


def _left_out(rows: list[dict[str, Any]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    reasons: dict[str, list[str]] = {}
    for row in rows:
        if not is_public(row):
            reasons.setdefault(_why(row), []).append(row["id"])
    return tuple((why, tuple(ids)) for why, ids in sorted(reasons.items(), key=lambda pair: -len(pair[1])))


def _why(row: dict[str, Any]) -> str:
    if row["handling"] == Handling.RESTRICTED:
        return "Restricted: need to know"
    if is_withheld(row["document"]):
        return "Withheld from public reporting"
    return "Nobody has answered whether it is withheld"


def _details(rows: list[dict[str, Any]]) -> int:
    """How many answers give way to a marker."""
    counts: Counter[str] = Counter()
    for row in rows:
        counts["withheld"] += len(row["document"].get("withheld", {}))
        counts["asked"] += len(row["document"].get("answers", {}).get(WITHHELD_FIELDS) or [])
    return counts.total()
