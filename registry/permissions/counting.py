"""Who lets changes to a case that was never reviewed count in the inventory."""

from typing import Any

from registry.models import UseCase
from registry.models.use_case import Status
from registry.permissions import is_responsible


def count_refusals(user: Any, use_case: UseCase) -> list[str]:
    """Why the person cannot file what is newer than what counts; empty when they can.

    What was reviewed here counts by its review (DHS Directive 139-08); what only an inventory file reported counts when
    whoever answers for it says so.
    """
    if not is_responsible(user, use_case):
        return [f"Only who answers for the case lets its changes count: {use_case.whom}."]
    if use_case.status != Status.RECORDED:
        return ["Changes to a case that is or was reviewed count when it is sent."]
    return [] if use_case.has_unfiled_changes else ["Nothing is newer than what counts."]
