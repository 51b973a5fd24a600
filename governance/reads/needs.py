"""What a case needs now and for its next stage: answers, evidence and minimum practices, each with its place.

The practices are those of M-25-21, appendix section 4(b): they must be in place before the first day of a
high-impact use, so a case that is high-impact and not deployed yet owes them for its next stage.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from governance.compliance import matrix
from governance.compliance.contract import Snapshot
from governance.compliance.practices import FIELDS, NAMES, Position, positions, standing_words
from governance.compliance.snapshot import Clocks, as_written
from registry import asking, editions
from registry import needs as pure
from registry.models import Evidence, UseCase
from registry.tasklist import NEXT_STAGE


@dataclass(frozen=True)
class Item:
    """One thing that is missing: what, why or how, and the address of the field where it is given."""

    label: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class Stage:
    """What one stage lacks. Answers are counted as the task list counts them; they alone are needed to send a case.

    Evidence and practices stand beside them: `practices` are those not met, `standing` says how all seven stand.
    """

    name: str
    asked: int
    answers: tuple[Item, ...]
    evidence: tuple[Item, ...]
    practices: tuple[Item, ...]
    standing: str

    @property
    def left(self) -> int:
        """How many things are missing."""
        return len(self.answers) + len(self.evidence) + len(self.practices)

    @property
    def given(self) -> int:
        """How many of the answers are there."""
        return self.asked - len(self.answers)


@dataclass(frozen=True)
class CaseNeeds:
    """The present stage and the next one; `impact` as the answers have it."""

    now: Stage
    next: Stage | None
    impact: str


def needs(use_case: UseCase) -> CaseNeeds:
    """What the newest answers of a case lack today."""
    document, today = use_case.document, timezone.localdate()
    form, proven = editions.of(use_case), _proven(use_case, today)
    snapshot = as_written(use_case, Clocks(today))
    stage = asking.stage_of(document)
    following = pure.next_up(form, document, proven)
    return CaseNeeds(
        now=_stage(use_case, pure.now(form, document, proven), _owed(snapshot, stage)),
        next=_stage(use_case, following, _owed(snapshot, NEXT_STAGE[stage])) if following else None,
        impact=str(snapshot.impact or ""),
    )


def _proven(use_case: UseCase, today: date) -> frozenset[str]:
    rows = Evidence.objects.current(today).filter(use_case=use_case).exclude(field="")
    return frozenset(rows.values_list("field", flat=True))


def _owed(snapshot: Snapshot, stage: str) -> tuple[Position, ...]:
    """The seven positions if the case stood at this stage; empty where the practices are not owed."""
    answers: Mapping[str, Any] = {**snapshot.answers, "development_stage": stage}
    return positions(replace(snapshot, answers=answers))


def _stage(use_case: UseCase, found: pure.Needs, owed: tuple[Position, ...]) -> Stage:
    return Stage(
        name=found.stage,
        asked=found.asked,
        answers=tuple(_answer(use_case, need) for need in found.answers),
        evidence=tuple(_evidence(use_case, need) for need in found.evidence),
        practices=tuple(_practice(use_case, position, found.stage) for position in owed if not position.is_met),
        standing=standing_words(owed),
    )


def _answer(use_case: UseCase, need: pure.Need) -> Item:
    page = reverse("use_cases-section", args=[use_case.use_case_id, need.section.slug])
    return Item(need.question.label, f"{page}#id_{need.field}", need.section.title)


def _evidence(use_case: UseCase, need: pure.Need) -> Item:
    page = reverse("evidence-add", args=[use_case.use_case_id])
    kind = str(Evidence.Kind(need.question.evidence_kind).label)
    return Item(need.question.label, f"{page}?field={need.field}", kind)


def _practice(use_case: UseCase, position: Position, stage: str) -> Item:
    """The records of a practice are kept for a filed, deployed case; before that it is reported in its section."""
    note = matrix.what_would_meet(position)
    if use_case.stage == stage and use_case.filed_number:
        page = reverse("compliance-practices", args=[use_case.use_case_id])
        return Item(NAMES[position.practice], f"{page}#{position.practice}", note)
    field = FIELDS[position.practice]
    section = editions.of(use_case).section_of[field].slug
    page = reverse("use_cases-section", args=[use_case.use_case_id, section])
    return Item(NAMES[position.practice], f"{page}#id_{field}", note)
