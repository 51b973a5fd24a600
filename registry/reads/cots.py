"""Common commercial uses as pages and files need them: a component's list, the department's, and what is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.models import Agency, Component
from registry import cots
from registry.cots import Band, CommonUse, Part, Total
from registry.models import CotsUse


@dataclass(frozen=True)
class Line:
    """One fixed use of one component, with last year's answer where this year has none."""

    use: CommonUse
    row: CotsUse | None
    before: CotsUse | None


@dataclass(frozen=True)
class RollUp:
    """One fixed use of the department: components' answers, what they come to, and what is reported."""

    use: CommonUse
    rows: tuple[CotsUse, ...]  # of components that use it
    unused: int  # how many said no
    total: Total | None
    settled: CotsUse | None

    @property
    def is_used(self) -> bool | None:
        """Reported: what was settled or imported, else used where any component uses it."""
        if self.settled:
            return self.settled.is_used
        return True if self.rows else False if self.unused else None

    @property
    def band(self) -> Band | None:
        """The reported band; None where a person has still to settle it."""
        if self.settled:
            return self.settled.reported_band
        return self.total.band if self.total else None

    @property
    def products(self) -> str:
        """The reported products: each once, in the order of components."""
        if self.settled and self.settled.products:
            return self.settled.products
        return ", ".join(dict.fromkeys(one for row in self.rows for one in named(row.products)))

    @property
    def needs_settling(self) -> bool:
        """Used, and no band follows from what the components say."""
        return bool(self.is_used and self.band is None)


def named(products: str) -> list[str]:
    """The products of a cell: lists are written with commas, semicolons or lines."""
    return [one.strip() for one in products.replace(";", ",").replace("\n", ",").split(",") if one.strip()]


def lines(component: Component, year: int) -> list[Line]:
    """A component's list of a year."""
    rows: dict[int, dict[str, CotsUse]] = defaultdict(dict)
    for row in CotsUse.objects.filter(component=component, year__in=(year, year - 1)).select_related("changed_by"):
        rows[row.year][row.code] = row
    return [Line(use, rows[year].get(use.code), rows[year - 1].get(use.code)) for use in cots.of_year(year).uses]


def unattested(component: Component, year: int) -> int:
    """How many fixed uses of a component are not wholly answered: no answer, no products or number, not attested."""
    rows = {row.code: row for row in CotsUse.objects.filter(component=component, year=year)}
    return sum(1 for use in cots.of_year(year).uses if use.code not in rows or not rows[use.code].is_complete)


def missing(agency: Agency, year: int) -> list[tuple[Component, int]]:
    """The agency's components with the number of uses each has still to answer, those with most first."""
    done: dict[int | None, int] = defaultdict(int)
    for row in CotsUse.objects.filter(agency=agency, year=year).exclude(component=None):
        done[row.component_id] += row.is_complete
    total = len(cots.of_year(year).uses)
    found = [(one, total - done[one.pk]) for one in agency.components.order_by("code")]
    return sorted(found, key=lambda pair: -pair[1])


def roll_up(agency: Agency, year: int) -> list[RollUp]:
    """The department's list of a year."""
    layout = cots.of_year(year)
    rows: dict[str, list[CotsUse]] = defaultdict(list)
    settled = {}
    of_year = CotsUse.objects.filter(agency=agency, year=year).select_related("component", "agency", "changed_by")
    for row in of_year.order_by("component__code"):
        if row.component_id is None:
            settled[row.code] = row
        else:
            rows[row.code].append(row)
    return [_rolled(use, rows[use.code], settled.get(use.code), layout) for use in layout.uses]


def _rolled(use: CommonUse, rows: Iterable[CotsUse], settled: CotsUse | None, layout: cots.CotsLayout) -> RollUp:
    every = list(rows)
    used = tuple(row for row in every if row.is_used)
    parts = [
        Part(row.component.code if row.component else "", row.users, layout.band(row.band) if row.band else None)
        for row in used
    ]
    unused = sum(1 for row in every if row.is_used is False)
    return RollUp(use, used, unused, cots.total(parts, layout) if used else None, settled)


def reported(agency: Agency, year: int) -> dict[str, dict[str, Any]]:
    """The department's list as it is reported, by letter."""
    return {
        one.use.code: {"is_used": one.is_used, "products": one.products if one.is_used else "",
                       "band": one.band if one.is_used else None}
        for one in roll_up(agency, year)
    }  # fmt: skip


def years() -> list[int]:
    """This year, those somebody has answered for and those of the known lists, newest first."""
    told = CotsUse.objects.values_list("year", flat=True).distinct()
    return sorted({timezone.localdate().year, *told, *(one.year for one in cots.layouts())}, reverse=True)
