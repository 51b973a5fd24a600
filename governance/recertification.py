"""How often an approved use of AI is confirmed: dated data. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from registry.rule_files import RuleFiles
from registry.yaml_source import Node, read

KEYS = {"rules", "edition", "source", "every_days", "opens_days_before", "escalate_after_days"}


@dataclass(frozen=True, slots=True)
class Edition:
    """`opens_days_before`: how early it can be confirmed; `escalate_after_days`: when it is taken to the CAIO."""

    key: str
    source: str
    every_days: int
    opens_days_before: int
    escalate_after_days: int

    def due_on(self, since: date) -> date:
        """A year after the decision or the last certification."""
        return since + timedelta(days=self.every_days)

    def opens_on(self, due_on: date) -> date:
        """From when it can be confirmed."""
        return due_on - timedelta(days=self.opens_days_before)


def load(path: Path) -> Edition:
    """Read one edition; a wrong or unknown key is refused with its place."""
    root = Node(read(path), path)
    root.only(KEYS)
    found = Edition(
        root.day("edition").isoformat(), root.text("source"), root.number("every_days"),
        root.number("opens_days_before"), root.number("escalate_after_days"),
    )  # fmt: skip
    if not 0 < found.opens_days_before < found.every_days:
        raise root.error("opens_days_before", "must be shorter than the year it ends")
    return found


_FILES = RuleFiles("recertification", load)
editions, in_force = _FILES.editions, _FILES.in_force
