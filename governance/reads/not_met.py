"""Deployed high-impact cases with a practice not met: how late, whose, and what was begun to end that.

M-25-21, appendix section 4(b): such a use is discontinued unless its practices are met, waived or extended.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from accounts.models import Role
from accounts.permissions import standing
from governance.compliance import matrix, reads
from governance.compliance.matrix import Cell, Row
from governance.models import Finding, StopOrder, WaiverRequest
from governance.permissions.exceptions import discontinue_refusals
from governance.reads.waivers import stopping
from registry.models import UseCase
from registry.permissions import is_responsible


@dataclass(frozen=True)
class NotMet:
    """One case. `requests`: waivers asked for and not answered; `accepted`: findings whose risk is accepted."""

    row: Row
    use_case: UseCase
    requests: list[WaiverRequest]
    order: StopOrder | None
    accepted: int
    may_ask: bool
    may_grant: bool
    may_stop: bool

    @property
    def open_cells(self) -> list[Cell]:
        """The practices not met for which nobody has asked a waiver yet."""
        asked = {one.practice for one in self.requests}
        return [cell for cell in self.row.not_met if cell.practice not in asked]

    @property
    def whose(self) -> str:
        """Who answers for it."""
        return self.use_case.whom

    @property
    def started(self) -> str:
        """What was begun, in words, for a file."""
        said = [f"Waiver asked for: {one.get_practice_display()}" for one in self.requests]
        said += [f"Order to stop: {self.order.get_state_display()}"] if self.order else []
        return "; ".join([*said, f"{self.accepted} risks accepted"] if self.accepted else said)


def counted(user: Any) -> int:
    """How many such cases the person sees."""
    return reads.practice_matrix(user).whole.not_met


def listed(user: Any, component: str = "") -> list[NotMet]:
    """These cases, the latest first; a few queries whatever their number."""
    found = [row for group in _groups(user, component) for row in group.rows if row.not_met]
    ids = [row.use_case_id for row in found]
    joined = UseCase.objects.filter(use_case_id__in=ids).select_related("component", "owner", "backup_owner")
    cases = {one.use_case_id: one for one in joined.defer("document", "filed_document")}
    requests: dict[int, list[WaiverRequest]] = defaultdict(list)
    for one in WaiverRequest.objects.filter(use_case__in=cases.values(), state="open").order_by("pk"):
        requests[one.use_case_id].append(one)
    accepted: dict[int, int] = defaultdict(int)
    taken = Finding.objects.filter(use_case__in=cases.values(), state=Finding.State.ACCEPTED)
    for pk in taken.values_list("use_case_id", flat=True):
        accepted[pk] += 1
    orders, may_stop = stopping(user), not discontinue_refusals(user)
    may_grant = standing(user).has(Role.CAIO)  # of a single case the act asks again
    lines = [
        NotMet(
            row, case, requests[case.pk], orders.get(row.use_case_id), accepted[case.pk], is_responsible(user, case),
            may_grant, may_stop and row.use_case_id not in orders,
        )
        for row in found
        if (case := cases.get(row.use_case_id))
    ]  # fmt: skip
    return sorted(lines, key=lambda line: (-line.row.days_past_due, -len(line.row.not_met), line.row.use_case_id))


def _groups(user: Any, component: str) -> tuple[matrix.Group, ...]:
    found = reads.practice_matrix(user)
    return matrix.only(found, component=component).groups if component else found.groups
