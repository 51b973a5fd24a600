"""Open serious findings by component and instrument: the second heat map. One grouped query."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from governance.models import Finding

SHADES = ((25, 4), (10, 3), (5, 2), (1, 1))  # from so many on, this shade


@dataclass(frozen=True)
class Cell:
    """The findings of one component under one instrument, and in how many of its cases."""

    instrument: str
    short: str
    findings: int
    cases: int

    @property
    def shade(self) -> int:
        """How dark it is; the number stands in it."""
        return next((shade for least, shade in SHADES if self.findings >= least), 0)


@dataclass(frozen=True)
class Line:
    """One component."""

    component: str
    cells: tuple[Cell, ...]

    @property
    def total(self) -> int:
        """Its open serious findings."""
        return sum(cell.findings for cell in self.cells)


@dataclass(frozen=True)
class Heat:
    """Components by instruments, most findings first in both directions."""

    heads: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]

    @property
    def totals(self) -> tuple[Cell, ...]:
        """All components together; a case stands in one component only."""
        columns = zip(*(line.cells for line in self.lines), strict=True)
        return tuple(
            Cell(cells[0].instrument, cells[0].short, sum(one.findings for one in cells), sum(c.cases for c in cells))
            for cells in columns
        )

    @property
    def total(self) -> int:
        """Every open serious finding."""
        return sum(line.total for line in self.lines)


SERIOUS = Q(state=Finding.State.OPEN, severity="error")


def serious(rows: QuerySet[Finding]) -> QuerySet[Finding]:
    """What the heat map counts."""
    return rows.filter(SERIOUS)


def by_instrument(rows: QuerySet[Finding]) -> Heat:
    """Count the open serious ones of these findings."""
    groups = (
        serious(rows)
        .order_by()
        .values_list(
            "use_case__component__code", "provision__edition__instrument__slug", "provision__edition__instrument__short"
        )
    )
    found: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    heads: dict[str, str] = {}
    for code, slug, short, n, cases in groups.annotate(n=Count("pk"), cases=Count("use_case", distinct=True)):
        found[code][slug] = (n, cases)
        heads[slug] = short
    weight = {slug: sum(by.get(slug, (0, 0))[0] for by in found.values()) for slug in heads}
    order = sorted(heads, key=lambda slug: (-weight[slug], heads[slug]))
    lines = [Line(code, _cells(order, heads, by)) for code, by in found.items()]
    lines.sort(key=lambda line: (-line.total, line.component))
    return Heat(tuple((slug, heads[slug]) for slug in order), tuple(lines))


def _cells(order: list[str], heads: Mapping[str, str], by: Mapping[str, tuple[int, int]]) -> tuple[Cell, ...]:
    return tuple(Cell(slug, heads[slug], *by.get(slug, (0, 0))) for slug in order)
