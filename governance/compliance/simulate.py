"""What a draft edition would change: who would newly fail or pass which provision, before it takes effect. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from governance.compliance.checks import CHECKS
from governance.compliance.contract import Check, Snapshot
from governance.compliance.judge import Examiner, Rule, rules_on
from registry.instruments import Edition, Instrument

Place = tuple[str, str]
"""Component and Use Case ID."""


@dataclass
class Changed:
    """What becomes of one provision. Cases by component and ID; `unchanged` counts those that stand as before.

    `not_evaluated` counts those of which nobody knows, because a check raised.
    """

    newly_failing: list[Place] = field(default_factory=list)
    newly_passing: list[Place] = field(default_factory=list)
    unchanged: int = 0
    not_evaluated: int = 0

    def as_json(self) -> dict[str, Any]:
        """With the Use Case IDs only, as the command prints it."""
        found: dict[str, Any] = {
            "newly_failing": [use_case_id for _, use_case_id in self.newly_failing],
            "newly_passing": [use_case_id for _, use_case_id in self.newly_passing],
            "unchanged": self.unchanged,
        }
        return {**found, "not_evaluated": self.not_evaluated} if self.not_evaluated else found


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
    now, then = Examiner(before), Examiner(after)
    for snapshot in snapshots:
        failed, unknown = _failing(snapshot, now)
        would_fail, also_unknown = _failing(snapshot, then)
        for ref, changed in found.items():
            if ref in unknown or ref in also_unknown:
                changed.not_evaluated += 1
            elif (ref in failed) == (ref in would_fail):
                changed.unchanged += 1
            else:
                places = changed.newly_failing if ref in would_fail else changed.newly_passing
                places.append((snapshot.component, snapshot.use_case_id))
    return found


def _failing(snapshot: Snapshot, examiner: Examiner) -> tuple[set[str], set[str]]:
    """(provisions a case fails, those whose check raised)."""
    judged, raised = examiner.examine(snapshot)
    failed = {one.rule.provision.ref for one in judged if not one.is_waived}
    return failed, {one.rule.provision.ref for one in raised}


def by_component(changed: Changed) -> list[tuple[str, int, int]]:
    """Component, newly failing, newly passing; the most newly failing first."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for component, _ in changed.newly_failing:
        counts[component][0] += 1
    for component, _ in changed.newly_passing:
        counts[component][1] += 1
    return sorted(((name, fail, ok) for name, (fail, ok) in counts.items()), key=lambda row: (-row[1], -row[2], row[0]))
