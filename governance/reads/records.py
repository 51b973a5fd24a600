"""The dated records of one case: what is there, what its stage asks for and is not there, what runs out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from accounts.models import Office
from governance import record_kinds
from governance.compliance.record_lives import Life, Lives
from governance.compliance.snapshot import Clocks
from governance.compliance.snapshot.records import deciders_of, ties_of
from governance.models import DatedRecord
from governance.permissions import records as permissions
from governance.record_kinds import GROUPS, Kind
from registry import document as documents
from registry.models import Evidence, UseCase
from registry.permissions.talk import evidence_visible_to

SOON = 60  # days
STATES = {
    "current": ("Current", "good", "evidenced"),
    "incomplete": ("Not complete", "wait", "progress"),
    "expired": ("Ran out", "bad", "none"),
    "superseded": ("Replaced by a newer one", "quiet", "na"),
    "withdrawn": ("Withdrawn", "quiet", "na"),
    "removed": ("Its file was taken off the case", "bad", "none"),
}


@dataclass(frozen=True)
class Line:
    """A record with how it stands on the day."""

    row: DatedRecord
    life: Life
    day: date
    deciders: frozenset[int] = frozenset()

    @property
    def kind(self) -> Kind:
        """What kind it is."""
        return self.row.kind_words

    @property
    def state(self) -> str:
        """The code of STATES."""
        return self.life.state(self.day)

    @property
    def word(self) -> str:
        """The state in words."""
        return STATES[self.state][0]

    @property
    def tone(self) -> str:
        """The colour word; symbol and word say the same without colour."""
        return STATES[self.state][1]

    @property
    def symbol(self) -> str:
        """The icon."""
        return STATES[self.state][2]

    @property
    def lacking(self) -> str:
        """The parts it waits for, in words."""
        return " and ".join(record_kinds.kind_of(name).lowered for name in self.life.lacks)

    @property
    def days_left(self) -> int | None:
        """Days to its last day while it counts."""
        last = self.life.last_day
        return (last - self.day).days if last and self.state in ("current", "incomplete") else None

    @property
    def is_soon(self) -> bool:
        """Whether it runs out within 60 days."""
        return self.days_left is not None and self.days_left <= SOON

    @property
    def ties(self) -> list[str]:
        """What ties whoever did it to the case, in words."""
        return [permissions.TIES.get(one, one) for one in ties_of(self.row, self.deciders)]


@dataclass(frozen=True)
class Missing:
    """A record the case is expected to have, and who can add it."""

    kind: Kind
    who: str
    may_add: bool
    begun: Line | None = None  # one is there, but not complete or run out


@dataclass(frozen=True)
class CasePage:
    """Everything the page “Records” of a case says."""

    groups: list[tuple[str, list[Line]]]
    ended: list[Line]
    missing: list[Missing]
    addable: list[tuple[str, list[Kind]]]
    current: int
    soon: int


def case_page(user: Any, use_case: UseCase) -> CasePage:
    """The records of a case for a reader who may see it."""
    today = timezone.localdate()
    lines = lines_of(use_case, today)
    standing = [line for line in lines if not line.life.ended or line.state in ("current", "incomplete")]
    kinds = record_kinds.in_force(today).own_page
    may = {kind.slug for kind in kinds if _may_add(user, use_case, kind, lines)}
    return CasePage(
        groups=[(label, found) for code, label in GROUPS.items()
                if (found := [line for line in standing if line.kind.group == code])],
        ended=[line for line in lines if line not in standing],
        missing=_missing(use_case, standing, may, today),
        addable=[(label, open_to) for code, label in GROUPS.items()
                 if (open_to := [kind for kind in kinds if kind.group == code and kind.slug in may])],
        current=sum(line.state == "current" for line in standing),
        soon=sum(line.is_soon for line in standing),
    )  # fmt: skip


def lines_of(use_case: UseCase, day: date) -> list[Line]:
    """All records of a case with how they stand on the day, newest first."""
    rows = DatedRecord.objects.filter(use_case=use_case).select_related("evidence", "recorded_by", "office")
    lives = Lives(rows.order_by("-effective_on", "-pk"), day)
    deciders = frozenset(deciders_of([use_case.pk], Clocks(day))[use_case.pk])
    return [Line(row, lives.of(row), day, deciders) for row in lives.rows.values()]


def readable_lines(user: Any, use_case: UseCase) -> list[Line]:
    """The same without the names of files behind restricted answers this person may not read."""
    lines = lines_of(use_case, timezone.localdate())
    shown = set(evidence_visible_to(user).filter(use_case=use_case).values_list("pk", flat=True))
    for line in lines:
        if line.row.evidence_id and line.row.evidence_id not in shown:
            line.row.evidence = None
    return lines


def _may_add(user: Any, use_case: UseCase, kind: Kind, lines: list[Line]) -> bool:
    """Whether the person may; a signature also needs something to sign."""
    if permissions.recording(user, use_case, kind).refusals:
        return False
    return not kind.is_signature or any(line.kind.slug in kind.refers_to and not line.life.ended for line in lines)


def _missing(use_case: UseCase, standing: list[Line], may: set[str], today: date) -> list[Missing]:
    answers = documents.answers(use_case.filed_document or use_case.document)
    expected = [kind for kind in record_kinds.in_force(today).kinds if kind.is_expected(answers, today)]
    there = [line for line in standing if line.state == "current"]
    have = {line.kind.slug for line in there}
    covered = {line.row.practice for line in there if line.kind.is_evidence}
    names = dict(Office.objects.filter(agency=use_case.agency_id).values_list("code", "name"))
    found = []
    for kind in expected:
        if kind.slug in have or is_covered(kind, covered):
            continue
        begun = next((line for line in standing if line.kind.slug == kind.slug), None)
        found.append(Missing(kind, permissions.recorder_words(use_case, kind, names), kind.slug in may, begun))
    return found


def is_covered(kind: Kind, practices: Collection[str]) -> bool:
    """Whether other evidence shows the practice, so that this kind is not missed; what has parts is missed always."""
    return kind.is_evidence and not kind.needs and kind.practice in practices


@dataclass(frozen=True)
class RecordPage:
    """Everything the page of one record says."""

    line: Line
    said: list[tuple[str, str, bool]]  # label, words, whether it is a date
    parts: list[Line]
    lacks: list[tuple[Kind, str, bool]]  # part, who can add it, whether the reader may
    older: DatedRecord | None
    newer: DatedRecord | None
    evidence: Evidence | None
    acts: list[str]


def record_page(user: Any, row: DatedRecord) -> RecordPage:
    """One record for a reader who may see its case; a file behind a restricted answer only if they may read that."""
    today, case = timezone.localdate(), row.use_case
    lines = {line.row.pk: line for line in lines_of(case, today)}
    line = lines[row.pk]
    newer = next(
        (one.row for one in lines.values() if one.row.supersedes_id == row.pk and not one.row.withdrawn_at), None
    )
    lacks = [record_kinds.kind_of(name) for name in line.life.lacks]
    may = [not permissions.recording(user, case, kind, row).refusals for kind in lacks]
    is_open = not row.withdrawn_at and newer is None
    acts = []
    if (
        is_open
        and not line.kind.is_by_practice
        and not permissions.recording(user, case, line.kind, row.about).refusals
    ):
        acts.append("supersede")
    if not row.withdrawn_at and not permissions.withdrawal_refusals(user, row):
        acts.append("withdraw")
    shown = row.evidence_id and evidence_visible_to(user).filter(pk=row.evidence_id).exists()
    return RecordPage(
        line=line,
        said=[(field.label, field.words(row.details.get(field.name)), field.type == "date")
              for field in line.kind.fields if row.details.get(field.name) not in (None, "")],
        parts=[one for one in lines.values() if one.row.about_id == row.pk],
        lacks=[(kind, permissions.recorder_words(case, kind), can) for kind, can in zip(lacks, may, strict=True)],
        older=lines[row.supersedes_id].row if row.supersedes_id else None,
        newer=newer,
        evidence=row.evidence if shown else None,
        acts=acts,
    )  # fmt: skip
