"""Who lets changes to a case that was never reviewed count in the inventory."""

from typing import Any

from registry.models import UseCase
from registry.models.use_case import Status
from registry.permissions import edit_refusals, is_responsible


def count_refusals(user: Any, use_case: UseCase) -> list[str]:
    """Why the person cannot file what is newer than what counts; empty when they can.

    What was reviewed here counts by its review (DHS Directive 139-08); what only an inventory file reported counts when
    whoever answers for it says so. In a retired case the inventory manager corrects errors.
    """
    if use_case.status == Status.RETIRED:
        return edit_refusals(user, use_case) or _nothing_newer(use_case) or _is_still_retired(use_case)
    if not is_responsible(user, use_case):
        return [f"Only who answers for the case lets its changes count: {use_case.whom}."]
    if use_case.status != Status.RECORDED:
        return ["Changes to a case that is or was reviewed count when it is sent."]
    return _nothing_newer(use_case)


def _nothing_newer(use_case: UseCase) -> list[str]:
    return [] if use_case.has_unfiled_changes else ["Nothing is newer than what counts."]


def _is_still_retired(use_case: UseCase) -> list[str]:
    """An ID that was retired is not used again (OMB, Guidance on 2025 Agency AI Reporting)."""
    if use_case.document.get("answers", {}).get("development_stage") == "retired":
        return []
    return ["A retired case stays retired; its ID is never used again. Register what is used now as a new case."]
