"""What became of an inventory since the year before: new, retired, renamed, reclassified, moved, worse, or vanished.

Pure: two lists of entries, from the registry's filings or from two files that were read, so that any two inventories
can be compared.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from registry.inventory.cells import key
from registry.inventory.records import Inventory

RETIRED = "retired"
STAGES = ("pre_deployment", "pilot", "deployed", "retired")
# A practice that was met and is met no more: the answers from the best to the least (M-25-21, appendix section 4(b)).
MET = frozenset({"yes", "other_office", "oversight_board", "caio", "not_applicable", "precluded"})
UNMET = frozenset({"in_progress", "waived"})
PRACTICES = {
    "hi_testing_conducted": "Pre-deployment testing",
    "hi_assessment_completed": "AI impact assessment",
    "hi_independent_review": "Independent review",
    "hi_ongoing_monitoring": "Ongoing monitoring",
    "hi_training_established": "Training of operators",
    "hi_failsafe_presence": "Fail-safe, human oversight",
    "hi_appeal_process": "Appeals",
    "hi_public_consultation": "Consultation",
}
# Every kind of change with its name and what it means, the ones to act on first.
KINDS: dict[str, tuple[str, str]] = {
    "vanished": ("Vanished without a retired row", "In development or use the year before, and not in this inventory. A"
                 " case that ended is reported once more, as retired."),
    "missing": ("Missing the year before", "In an earlier inventory, not in that of the year before, and never reported"
                " as retired. Say what became of it."),
    "owed": ("Retired cases still owed one more report", "Retired here, but this inventory does not say so yet."),
    "regressed": ("Practice fell back", "Reported as met the year before, and not any more."),
    "reclassified": ("Reclassified", "The answer on high impact changed."),
    "stage": ("Stage changed", "The stage of development changed."),
    "renamed": ("Renamed", "The same ID has another name."),
    "retired": ("Retired", "In the inventory the year before, and reported as retired now."),
    "new": ("New", "Not in the inventory of the year before."),
    "done": ("No longer listed", "Reported as retired the year before; one report as retired is enough."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One use case of an inventory. `is_retired`: it is known to have ended, whatever its answers say."""

    id: str
    name: str
    document: Mapping[str, Any]
    stage: str
    impact: str
    is_retired: bool = False
    component: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs. `was` and `now` are names, codes or nothing; `what` is the practice."""

    kind: str
    id: str
    name: str
    component: str = ""
    was: str = ""
    now: str = ""
    what: str = ""
    was_id: str = ""  # the ID the year before, where it was spelled otherwise
    is_spelling: bool = False  # of a new name: capitals, blanks and signs aside it is the old one

    def as_json(self) -> dict[str, Any]:
        """The change as a row of a submission keeps it."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class ChangeLog:
    """Everything that changed, and how many cases are in both years."""

    changes: tuple[Change, ...]
    carried: int
    before: int
    now: int
    counts: Mapping[str, int] = field(default_factory=dict)


def compare(
    before: Iterable[Entry],
    now: Iterable[Entry],
    same: Mapping[str, str] | None = None,
    *,
    earlier: Collection[str] = (),
) -> ChangeLog:
    """Hold one inventory against the one of the year before, ID by ID.

    `same` names IDs that were spelled otherwise then: {ID the year before: ID now}; `earlier` names cases that an
    inventory before that had. OMB, Guidance on 2025 Agency AI
    Reporting: IDs stay the same every year; a retired case is reported once more.
    """
    known = {(same or {}).get(entry.id, entry.id).casefold(): entry for entry in before}
    current = {entry.id.casefold(): entry for entry in now}
    changes = [change for name, entry in current.items() for change in _of_present(known.get(name), entry, earlier)]
    changes += [_of_absent(entry) for name, entry in known.items() if name not in current]
    order = list(KINDS)
    changes.sort(key=lambda one: (order.index(one.kind), one.component, one.id))
    counts = {kind: sum(1 for one in changes if one.kind == kind) for kind in KINDS}
    carried = len(known.keys() & current.keys())
    return ChangeLog(tuple(changes), carried, len(known), len(current), counts)


def _of_present(was: Entry | None, entry: Entry, earlier: Collection[str]) -> Iterator[Change]:
    told: dict[str, Any] = {"id": entry.id, "name": entry.name, "component": entry.component}
    if entry.is_retired and entry.stage != RETIRED and (was is None or was.stage != RETIRED):
        yield Change("owed", **told, now=entry.stage)
    if was is None:
        yield Change("missing" if entry.id in earlier else "new", **told, now=entry.stage)
        return
    if was.id != entry.id:
        told["was_id"] = was.id
    if was.name.strip() != entry.name.strip():
        yield Change("renamed", **told, was=was.name, now=entry.name, is_spelling=key(was.name) == key(entry.name))
    if was.impact and entry.impact and was.impact != entry.impact:
        yield Change("reclassified", **told, was=was.impact, now=entry.impact)
    if entry.stage == RETIRED and was.stage != RETIRED:
        yield Change("retired", **told, was=was.stage)
        return
    if was.stage and entry.stage and was.stage != entry.stage:
        yield Change("stage", **told, was=was.stage, now=entry.stage)
    for practice, label in PRACTICES.items():
        if _level(was, practice) == "met" and _level(entry, practice) in ("unmet", "unsaid"):
            yield Change("regressed", **told, what=label, was=_said(was, practice), now=_said(entry, practice))


def _of_absent(was: Entry) -> Change:
    kind = "done" if was.stage == RETIRED else "vanished"
    return Change(kind, was.id, was.name, was.component, was=was.stage)


def _codes(entry: Entry, practice: str) -> Sequence[str]:
    value = (entry.document.get("answers") or {}).get(practice)
    return value if isinstance(value, list) else [value] if value else []


def _level(entry: Entry, practice: str) -> str:
    """Met, unmet, unsaid, or nothing where it is not asked (OMB asks deployed high-impact cases)."""
    codes = _codes(entry, practice)
    if not codes:
        return "unsaid" if (entry.stage, entry.impact) == ("deployed", "high_impact") else ""
    if practice == "hi_public_consultation":
        return "unmet" if UNMET & set(codes) else "met"
    return "met" if set(codes) <= MET else "unmet"


def _said(entry: Entry, practice: str) -> str:
    return ", ".join(_codes(entry, practice))


def entries(inventory: Inventory) -> list[Entry]:
    """The rows of a file that was read; rows that wait for a person are left out."""
    found = []
    for row in inventory.rows:
        answers = row.document["answers"]
        if row.rejected or not row.use_case_id:
            continue
        stage = answers.get("development_stage", "")
        found.append(
            Entry(row.use_case_id, answers.get("use_case_name", ""), row.document, stage,
                  answers.get("is_high_impact", ""), stage == RETIRED, row.component or "")
        )  # fmt: skip
    return found
