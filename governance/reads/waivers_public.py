"""What the public will read of waivers: a summary a waiver, and of withheld cases counts only.

M-25-21 section 4(a) and OMB's 2025 reporting guidance (summaries): summaries are public; of withheld use cases how many
have a practice waived, and how many each.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils import timezone

from governance.compliance.practices import NAMES
from governance.models import Waiver
from registry.inventory.write import is_withheld
from registry.models import UseCase
from registry.models.use_case import Handling


@dataclass(frozen=True)
class Summary:
    """One waiver as the public reads it: nothing of the risk assessment or of who was consulted."""

    use_case_id: str
    name: str
    component: str
    practice: str
    ground: str
    text: str
    granted_on: date
    until: date


@dataclass(frozen=True)
class Public:
    """`withheld`: (practices waived, how many withheld cases) in that order."""

    summaries: list[Summary]
    withheld: list[tuple[int, int]]
    missing: list[Waiver]  # granted before a summary was asked for

    @property
    def withheld_cases(self) -> int:
        """Withheld cases with at least one practice waived."""
        return sum(cases for _, cases in self.withheld)

    @property
    def is_empty(self) -> bool:
        """An agency without waivers says so."""
        return not self.summaries and not self.withheld and not self.missing


def public_waivers(day: date | None = None) -> Public:
    """The waivers in force on a day, for the public side."""
    today = day or timezone.localdate()
    active = Q(granted_on__lte=today, expires_on__gte=today) & (Q(revoked_on=None) | Q(revoked_on__gt=today))
    rows = (
        Waiver.objects.filter(active)
        .select_related("use_case__component")
        .order_by("use_case__use_case_id", "practice")
    )
    summaries, missing, kept = [], [], Counter[int]()
    for row in rows:
        if is_kept_back(row.use_case):
            kept[row.use_case_id] += 1
        elif row.public_summary:
            summaries.append(_summary(row))
        else:
            missing.append(row)
    return Public(summaries, sorted(Counter(kept.values()).items()), missing)


def is_kept_back(use_case: UseCase) -> bool:
    """Whether the public reads nothing of a case but that it is counted; a case never filed is no part of the file."""
    return (
        use_case.handling == Handling.RESTRICTED or not use_case.filed_document or is_withheld(use_case.filed_document)
    )


def _summary(row: Waiver) -> Summary:
    return Summary(
        row.use_case.use_case_id, row.use_case.title, row.use_case.component.code, NAMES[row.practice], row.ground,
        row.public_summary, row.granted_on, row.expires_on,
    )  # fmt: skip
