"""Which case an ID of a file means: the one that bears it, or one that bears it in another spelling."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from registry import quality
from registry.inventory.ids import Canonical, canonical
from registry.models import IdMatch

How = Literal["exact", "said", "name", "ask", ""]


@dataclass(frozen=True, slots=True)
class KnownCase:
    """A case of the registry as an import looks for it: components with the owning one first."""

    pk: int
    agency_id: int
    components: tuple[int, ...]
    use_case_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Meant:
    """The case an ID means, and how that is known; to `ask` where only a person can say."""

    how: How
    case: KnownCase | None = None


NOBODY = Meant("")


@dataclass(frozen=True)
class Spellings:
    """The cases by their IDs (capitals do not count, and the reader has made all dashes one kind)."""

    cases: Mapping[str, KnownCase]

    @cached_property
    def _by_pk(self) -> dict[int, KnownCase]:
        return {case.pk: case for case in self.cases.values()}

    @cached_property
    def _alike(self) -> dict[Canonical, list[KnownCase]]:
        found: dict[Canonical, list[KnownCase]] = defaultdict(list)
        for case in self.cases.values():
            if known := canonical(case.use_case_id):
                found[known].append(case)
        return found

    @cached_property
    def _said(self) -> tuple[dict[tuple[str, str], int], set[tuple[str, str, int]]]:
        same: dict[tuple[str, str], int] = {}
        others: set[tuple[str, str, int]] = set()
        for row in IdMatch.objects.order_by("said_at"):
            spelling = row.spelling.casefold()
            if row.state == IdMatch.State.OTHER:
                others.add((row.layout, spelling, row.use_case_id))
            else:
                same[row.layout, spelling] = row.use_case_id
        return same, others

    def meant(self, use_case_id: str | None, *, name: str, layout: str, agency: str) -> Meant:
        """The case that bears this ID; else the only one whose ID is spelled otherwise, if names or people say so."""
        if not use_case_id:
            return NOBODY
        spelling = use_case_id.casefold()
        if spelling in self.cases:
            return Meant("exact", self.cases[spelling])
        same, others = self._said
        if (layout, spelling) in same:
            return Meant("said", self._by_pk.get(same[layout, spelling]))
        alike = [case for case in self._others(use_case_id, agency) if (layout, spelling, case.pk) not in others]
        if not alike:
            return NOBODY
        named = [case for case in alike if name and quality.name_key(case.name) == quality.name_key(name)]
        return Meant("name", named[0]) if len(alike) == len(named) == 1 else Meant("ask", (named or alike)[0])

    def _others(self, use_case_id: str, agency: str) -> list[KnownCase]:
        known = canonical(use_case_id)
        if known is None:
            return []
        return self._alike.get((known[0] or agency.casefold(), *known[1:]), [])
