"""How the deployed high-impact cases stand, counted by component while a run judges them. Pure.

Restricted cases are counted apart: who may not know of them must not learn from a total that they exist.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from governance.compliance.contract import Snapshot
from governance.compliance.practices import Position, positions

Tally = dict[str, dict[str, dict[str, int]]]  # {component: {open or restricted: {figure: n}}}
Place = tuple[str, str, str]
OPEN, RESTRICTED = "open", "restricted"
FIGURES = ("deployed", "not_met", "on_word", "met", "serious", "overdue", "waivers")


def standing(found: Iterable[Position]) -> str:
    """Not met, resting on word, or met: each case stands in exactly one."""
    listed = tuple(found)
    if any(one.is_not_met for one in listed):
        return "not_met"
    return "on_word" if any(one.rests_on_word for one in listed) else "met"


def place(snapshot: Snapshot) -> Place | None:
    """Where a case is counted: component, side, standing; None when it owes no practices."""
    found = snapshot.once(positions)
    if not found:
        return None
    return snapshot.component, RESTRICTED if snapshot.is_restricted else OPEN, standing(found)


def counted(places: Iterable[Sequence[str] | None]) -> Tally:
    """The cases of these places, counted."""
    found: Tally = {}
    for one in places:
        if one:
            component, side, name = one
            add(found, component, side, "deployed", 1)
            add(found, component, side, name, 1)
    return found


def add(tally: Tally, component: str, side: str, figure: str, n: int) -> None:
    """More of one figure of one component."""
    figures = tally.setdefault(component, {}).setdefault(side, {})
    figures[figure] = figures.get(figure, 0) + n


def merged(tallies: Iterable[Mapping[str, Any]]) -> Tally:
    """Those of all parts of a run together."""
    found: Tally = {}
    for one in tallies:
        for component, sides in one.items():
            for side, figures in sides.items():
                for name, n in figures.items():
                    add(found, component, side, name, n)
    return found


def summed(tally: Mapping[str, Any], *, components: Iterable[str] | None, with_restricted: bool) -> dict[str, int]:
    """Every figure over these components (None: all of them); 0 where nothing was counted."""
    wanted = None if components is None else set(components)
    sides = (OPEN, RESTRICTED) if with_restricted else (OPEN,)
    parts = [
        by_side.get(side, {}) for component, by_side in tally.items() for side in sides
        if wanted is None or component in wanted
    ]  # fmt: skip
    return {name: sum(part.get(name, 0) for part in parts) for name in FIGURES}
