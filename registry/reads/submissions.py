"""The public log of revisions: what was corrected in a published inventory, and nothing anybody may not know."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registry import document as documents
from registry.document import MARKER, WITHHELD_FIELDS
from registry.inventory.schema import Layout
from registry.inventory.write import is_withheld
from registry.models import Amendment, Revision, Submission, UseCase
from registry.models.use_case import Handling


@dataclass(frozen=True)
class PublicLine:
    """One correction as the public reads it: which use case, what kind, which questions."""

    use_case_id: str
    name: str
    kind: str
    questions: list[str]
    reason: str
    recorded_at: datetime


def public_lines(submission: Submission, layout: Layout) -> list[PublicLine]:
    """The corrections of a published inventory, the newest first.

    OMB 2025 reporting guidance, withholding: a case that is withheld, then or now, is not in the public file and so not
    in its log; of a withheld or restricted answer nothing is said, not even that it changed.
    """
    rows = list(submission.amendments.select_related("use_case"))
    wanted = {number for row in rows for number in (row.from_number, row.to_number) if number}
    found = Revision.objects.filter(use_case__in=[row.use_case_id for row in rows], number__in=wanted)
    told = {(case, number): side for case, number, side in found.values_list("use_case__pk", "number", "document")}
    lines = (_line(row, row.use_case, told, layout) for row in rows)
    return [line for line in lines if line]


def _line(row: Amendment, use_case: UseCase, told: Mapping[tuple[int, int], Any], layout: Layout) -> PublicLine | None:
    sides = [told.get((use_case.pk, number)) for number in (row.from_number, row.to_number) if number]
    known = [side for side in sides if side is not None]
    if use_case.handling == Handling.RESTRICTED or not known or any(is_withheld(side) for side in known):
        return None
    if is_withheld(use_case.filed_document or documents.empty()):
        return None
    hidden = use_case.restricted | _withheld(known)
    questions = [
        " ".join(column.header.split("\n\n")[0].split())
        for column in layout.columns
        if column.public and column.field in row.fields and column.field not in hidden
    ]
    if row.kind == Amendment.Kind.CHANGED and not questions:
        return None
    name = MARKER if "use_case_name" in hidden else documents.answers(known[-1]).get("use_case_name", "")
    return PublicLine(use_case.use_case_id, name, row.get_kind_display(), questions, row.reason, row.recorded_at)


def _withheld(sides: list[Mapping[str, Any]]) -> set[str]:
    """Fields withheld in either revision, one by one."""
    rows = [one for side in sides for one in documents.answers(side).get(WITHHELD_FIELDS) or ()]
    return {one["field"] for one in rows} | {name for side in sides for name in documents.withheld(side)}
