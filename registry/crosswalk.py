"""Which outcomes of a framework a provision serves, as dated data: `fixtures/rules/crosswalk-*.yaml`. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from registry.rule_files import RuleFiles
from registry.yaml_source import Node, SourceError, line_of, read


@dataclass(frozen=True)
class Crosswalk:
    """One edition: provision -> outcomes of the framework, by ref."""

    key: str
    path: Path
    framework: str
    source: str
    serves: Mapping[str, tuple[str, ...]]

    def of(self, ref: str) -> tuple[str, ...]:
        """Outcomes a provision serves, or provisions that serve an outcome; both directions, in order."""
        if ref in self.serves:
            return self.serves[ref]
        return tuple(provision for provision, outcomes in self.serves.items() if ref in outcomes)


PREFIX = "AI-RMF/"


def load(path: Path) -> Crosswalk:
    """One file. Raises SourceError with file, line and reason."""
    root = Node(read(path), path)
    root.only({"rules", "edition", "source", "framework", "serves"})
    serves = Node(root.tree.get("serves"), path, "serves")
    return Crosswalk(
        key=root.day("edition").isoformat(),
        path=path,
        framework=root.text("framework"),
        source=root.text("source"),
        serves={ref: tuple(PREFIX + name for name in serves.texts(ref)) for ref in serves.tree},
    )


def check(found: Crosswalk, refs: Collection[str]) -> None:
    """Refuse a provision or outcome that the catalogue does not have."""
    tree = read(found.path).get("serves", {})
    for provision, outcomes in found.serves.items():
        for ref in (provision, *outcomes):
            if ref not in refs:
                raise SourceError(
                    found.path, f"serves.{provision}", f"the catalogue has no {ref}", line_of(tree, provision)
                )


_FILES = RuleFiles("crosswalk-nist-ai-rmf", load)
editions, in_force = _FILES.editions, _FILES.in_force


def served(ref: str, day: date) -> tuple[str, ...]:
    """What a provision or outcome corresponds to, under the crosswalk in force on a day."""
    return in_force(day).of(ref)
