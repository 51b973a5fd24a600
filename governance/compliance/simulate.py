"""What a draft edition would change: who would newly fail or pass which provision, before it takes effect. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from governance.compliance.checks import CHECKS
from governance.compliance.contract import Check, Snapshot
from governance.compliance.judge import Rule, judge, rules_on
from registry.instruments import Edition, Instrument

Place = tuple[str, str]
"""Component and Use Case ID."""


@dataclass
class Changed:
    """What becomes of one provision. Cases by component and ID; `unchanged` counts those that stand as before."""

    newly_failing: list[Place] = field(default_factory=list)
    newly_passing: list[Place] = field(default_factory=list)
    unchanged: int = 0

    def as_json(self) -> dict[str, Any]:
        """With the Use Case IDs only, as the command prints it."""
        return {
            "newly_failing": [use_case_id for _, use_case_id in self.newly_failing],
            "newly_passing": [use_case_id for _, use_case_id in self.newly_passing],
            "unchanged": self.unchanged,
        }


def rules_of(instrument: Instrument, draft: Edition, checks: Mapping[str, Check] = CHECKS) -> tuple[Rule, ...]:
    """The draft's provisions with a check, as if it were in force."""
    return tuple(
        Rule(instrument, draft, provision, checks[provision.check], False)
        for provision in draft.provisions
        if provision.check
    )


def simulate(
    snapshots: Iterable[Snapshot], instruments: Sequence[Instrument], draft: Edition, day: date
) -> dict[str, Changed]:
    """Hold every case against the edition in force and against the draft, provision by provision.

    A case fails a provision while a problem stands that no waiver covers. A provision that only one of the two has
    counts as passed under the other.
    """
    own = next((one for one in instruments if one.slug == draft.instrument), None)
    before = rules_on([own], day) if own else ()
    after = rules_of(own or Instrument(draft.instrument, draft.title, draft.title, "", (draft,), ()), draft)
    found: dict[str, Changed] = {rule.provision.ref: Changed() for rule in (*before, *after)}
    for snapshot in snapshots:
        failed, would_fail = _failing(snapshot, before), _failing(snapshot, after)
        for ref, changed in found.items():
            if (ref in failed) == (ref in would_fail):
                changed.unchanged += 1
            else:
                places = changed.newly_failing if ref in would_fail else changed.newly_passing
                places.append((snapshot.component, snapshot.use_case_id))
    return found


def _failing(snapshot: Snapshot, rules: Iterable[Rule]) -> set[str]:
    return {judged.rule.provision.ref for judged in judge(snapshot, rules) if not judged.is_waived}


def by_component(changed: Changed) -> list[tuple[str, int, int]]:
    """Component, newly failing, newly passing; the most newly failing first."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for component, _ in changed.newly_failing:
        counts[component][0] += 1
    for component, _ in changed.newly_passing:
        counts[component][1] += 1
    return sorted(((name, fail, ok) for name, (fail, ok) in counts.items()), key=lambda row: (-row[1], -row[2], row[0]))
