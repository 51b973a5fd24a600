"""What changed between two editions of the compliance status report. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

OPEN = frozenset({"not_answered", "in_progress"})
SHOWN = {
    "cases": "Cases in the inventory",
    "high_impact": "High-impact cases",
    "deployed_high_impact": "Deployed high-impact cases",
    "not_met": "Cases with a practice not met",
    "on_word": "Cases resting on the component’s word",
    "met": "Cases meeting all seven",
    "overdue": "Actions overdue",
    "waivers": "Waivers in force",
    "serious": "Serious findings",
}


@dataclass(frozen=True)
class Delta:
    """A figure then and now."""

    label: str
    before: int
    now: int

    @property
    def words(self) -> str:
        """The difference in words."""
        change = self.now - self.before
        return "no change" if not change else f"{abs(change)} {'more' if change > 0 else 'fewer'}"


@dataclass(frozen=True)
class Changes:
    """Since the earlier edition: figures, and the cases that moved."""

    since: date
    figures: tuple[Delta, ...]
    now_not_met: tuple[str, ...]
    no_longer_not_met: tuple[str, ...]

    @property
    def moved(self) -> tuple[Delta, ...]:
        """The figures that differ."""
        return tuple(delta for delta in self.figures if delta.now != delta.before)


def between(
    since: date,
    before: Mapping[str, Any],
    now: Mapping[str, int],
    levels: Mapping[str, Mapping[str, str]],
    names: Mapping[str, str],
) -> Changes:
    """Compare an earlier edition's facts with today's. Restricted cases are not in the earlier lists by ID."""
    figures = tuple(Delta(label, int(before.get(key, 0)), now[key]) for key, label in SHOWN.items())
    was = {key for key, found in before.get("levels", {}).items() if OPEN & set(found.values())}
    known = set(before.get("levels", {}))
    now_open = {key for key, found in levels.items() if OPEN & set(found.values())}
    named = {key for key, name in names.items() if name.endswith(f"({key})")}
    worse = sorted(now_open & named - was)
    better = sorted((was & known) - now_open)
    return Changes(
        since,
        figures,
        tuple(names[key] for key in worse),
        tuple(names.get(key, key) for key in better),
    )
