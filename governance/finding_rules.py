"""How findings are kept moving: dated data. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from registry.rule_files import RuleFiles
from registry.yaml_source import Node, read

DAYS = ("accept_at_most_days", "due_soon_days", "unattended_lead_days", "unattended_board_days")


@dataclass(frozen=True, slots=True)
class Edition:
    """`unattended_*_days`: when a finding nobody has looked after is taken to the component lead, then to the Board."""

    key: str
    source: str
    accept_at_most_days: int
    due_soon_days: int
    unattended_lead_days: int
    unattended_board_days: int


def load(path: Path) -> Edition:
    """Read one edition; a wrong or unknown key is refused with its place."""
    root = Node(read(path), path)
    root.only({"rules", "edition", "source", *DAYS})
    found = Edition(root.day("edition").isoformat(), root.text("source"), *(root.number(name) for name in DAYS))
    if not 0 < found.unattended_lead_days < found.unattended_board_days:
        raise root.error("unattended_board_days", "must be later than the day the component lead is told")
    return found


_FILES = RuleFiles("findings", load)
editions, in_force = _FILES.editions, _FILES.in_force
