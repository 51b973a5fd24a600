"""What lets a use run without a practice, and its clocks: dated data. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from registry.rule_files import RuleFiles
from registry.yaml_source import Node, read

NUMBERS = (
    "report_within_days", "tell_report_days", "certify_opens_days_before", "tell_certify_days",
    "tell_certify_again_days", "pilot_longest_days", "tell_end_days", "stop_report_within_days",
)  # fmt: skip
EXTENSION_KEYS = {"instrument", "name", "exist", "counted_from", "longest_days", "renewable", "because"}


@dataclass(frozen=True, slots=True)
class ExtensionRule:
    """Whether an instrument knows extensions, and how long one may last, counted from when the practices were due."""

    instrument: str
    name: str
    exist: bool
    counted_from: date
    longest_days: int
    renewable: bool
    because: str

    @property
    def last_day(self) -> date:
        """The latest day an extension under it can reach."""
        return self.counted_from + timedelta(days=self.longest_days)


@dataclass(frozen=True, slots=True)
class Edition:
    """`tell_…`: how many days before its day something is told."""

    key: str
    source: str
    report_within_days: int
    tell_report_days: int
    certify_opens_days_before: int
    tell_certify_days: int
    tell_certify_again_days: int
    pilot_longest_days: int
    tell_end_days: int
    stop_report_within_days: int
    extensions: tuple[ExtensionRule, ...]

    def report_due(self, since: date) -> date:
        """Until when OMB has the report of a grant or a revocation (M-25-21 section 4(a))."""
        return since + timedelta(days=self.report_within_days)

    def extension(self, instrument: str) -> ExtensionRule | None:
        """What is known of extensions under an instrument."""
        return next((one for one in self.extensions if one.instrument == instrument), None)


def load(path: Path) -> Edition:
    """Read one edition; a wrong, missing or unknown key is refused with its place."""
    root = Node(read(path), path)
    root.only({"rules", "edition", "source", "extensions", *NUMBERS})
    numbers = {name: root.number(name) for name in NUMBERS}
    if wrong := [name for name, value in numbers.items() if value <= 0]:
        raise root.error(wrong[0], "must be more than 0")
    rules = tuple(_extension(node) for node in root.nodes("extensions"))
    if len({one.instrument for one in rules}) != len(rules):
        raise root.error("extensions", "the same instrument stands twice")
    return Edition(
        key=root.day("edition").isoformat(), source=root.text("source"), extensions=rules, **numbers,
    )  # fmt: skip


def _extension(node: Node) -> ExtensionRule:
    node.only(EXTENSION_KEYS)
    return ExtensionRule(
        node.text("instrument"), node.text("name"), node.flag("exist"), node.day("counted_from"),
        node.number("longest_days"), node.flag("renewable"), node.text("because"),
    )  # fmt: skip


_FILES = RuleFiles("exceptions", load)
editions, in_force = _FILES.editions, _FILES.in_force
