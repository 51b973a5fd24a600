"""The outcome of trying a draft out, of the cases a person may see."""

from dataclasses import dataclass
from typing import Any

from governance.models import Simulation
from registry.models import UseCase
from registry.permissions import visible_to


@dataclass(frozen=True)
class Line:
    """What becomes of one provision."""

    ref: str
    title: str
    failing: int
    passing: int
    unchanged: int
    components: tuple[tuple[str, int, int], ...]
    not_evaluated: int = 0  # cases of which nobody knows: a check raised

    @property
    def changes(self) -> bool:
        """Whether anything would be different."""
        return bool(self.failing or self.passing)


def lines(user: Any, row: Simulation) -> list[Line]:
    """A line a provision; the most newly failing first, those without a change last."""
    if not row.result:
        return []
    known = set(visible_to(user).values_list("use_case_id", flat=True))
    found = [_line(ref, one, known) for ref, one in row.result.items()]
    return sorted(found, key=lambda line: (-line.failing, -line.passing, not line.changes))


def _line(ref: str, one: dict[str, Any], known: set[str]) -> Line:
    sides = {
        name: [component for component, case in one[name] if case in known]
        for name in ("newly_failing", "newly_passing")
    }
    codes = sorted({*sides["newly_failing"], *sides["newly_passing"]})
    counted = [(code, sides["newly_failing"].count(code), sides["newly_passing"].count(code)) for code in codes]
    counted.sort(key=lambda row: (-row[1], -row[2], row[0]))
    failing, passing = len(sides["newly_failing"]), len(sides["newly_passing"])
    unknown = one.get("not_evaluated", 0)
    return Line(ref, one["title"], failing, passing, one["unchanged"], tuple(counted), unknown)


def cases(user: Any, row: Simulation, ref: str) -> dict[str, list[UseCase]]:
    """The cases that would newly fail and pass one provision."""
    one = row.result[ref]
    wanted = {name: [case for _, case in one[name]] for name in ("newly_failing", "newly_passing")}
    ids = [case for listed in wanted.values() for case in listed]
    rows = visible_to(user).filter(use_case_id__in=ids).select_related("component")
    by_id = {case.use_case_id: case for case in rows.defer("document", "filed_document")}
    return {name: [by_id[case] for case in listed if case in by_id] for name, listed in wanted.items()}
