"""Dated records of every kind, and who may verify those behind a practice."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from django.utils import timezone

from governance import record_kinds
from governance.compliance.contract import NOTHING, Record
from governance.compliance.record_lives import Life, Lives
from governance.compliance.snapshot.clocks import Clocks
from governance.compliance.snapshot.dated import Dated
from governance.compliance.snapshot.filings import among
from governance.models import DatedRecord, Decision, Review
from registry.models import Filing, Revision, UseCase


class Row(NamedTuple):
    """A dated record by its columns, and of what it names only what a snapshot needs: no instances, for speed."""

    pk: int
    use_case_id: int
    uuid: UUID
    practice: str
    kind: str
    edition: str
    title: str
    details: dict[str, Any]
    about_id: int | None
    supersedes_id: int | None
    effective_on: date
    expires_on: date | None
    recorded_at: datetime
    recorded_by_id: int
    office_id: int | None
    ties: list[str]
    withdrawn_at: datetime | None
    office: str | None
    file_removed_at: datetime | None

    @property
    def kind_words(self) -> record_kinds.Kind:
        """Its kind as the edition has it under which it was recorded."""
        return record_kinds.kind_of(self.kind, self.edition)


COLUMNS = (*Row._fields[:-2], "office__code", "evidence__removed_at")


def add_records(found: dict[int, Dated], chunk: list[int], clocks: Clocks) -> None:
    """Records as they stood by both clocks; nobody verifies independently what they wrote or brought."""
    rows = clocks.known(DatedRecord.objects.filter(use_case__in=among(chunk), effective_on__lte=clocks.as_of))
    by_case: dict[int, list[Row]] = defaultdict(list)
    for row in map(Row._make, rows.order_by("effective_on", "id").values_list(*COLUMNS)):
        by_case[row.use_case_id].append(row)
    authors, deciders = authors_of(list(by_case), clocks), deciders_of(list(by_case), clocks)
    for pk, listed in by_case.items():
        lives, case = Lives(listed, clocks.as_of, clocks.known_at), found[pk]
        brought = {(row.practice, row.recorded_by_id) for row in listed if row.kind_words.is_brought}
        for row in listed:
            case.is_late |= clocks.is_late(row.recorded_at)
            ties = ties_of(row, deciders[pk])
            is_free = not ties and is_independent(row, authors[pk], brought)
            about = lives.rows.get(row.about_id or 0)
            case.records.append(_record(row, lives.of(row), is_free, ties, str(about.uuid) if about else ""))


def is_independent(row: Row, authors: Collection[int], brought: Collection[tuple[str, int]]) -> bool:
    """By somebody who neither wrote, submitted nor brought it; who has ties to the case is not asked for here.

    What an office records of work it did not do is independent by itself; anything else is only as a verification.
    """
    if row.kind == record_kinds.REVIEW:
        return True  # it is about who reviewed, whoever put it on record
    if row.recorded_by_id in authors:
        return False
    return bool(row.office_id) or (row.practice, row.recorded_by_id) not in brought


def ties_of(row: Row | DatedRecord, deciders: Collection[int]) -> tuple[str, ...]:
    """What tied whoever did it when it was recorded, and that a reviewer has decided on the case since."""
    named = (row.details.get("reviewer") or {}).get("id") if row.kind == record_kinds.REVIEW else None
    since = ("decides",) if named in deciders and "decides" not in row.ties else ()
    return (*row.ties, *since)


def deciders_of(chunk: list[int], clocks: Clocks) -> dict[int, set[int]]:
    """Who has decided on each case by the day (primary keys)."""
    found: dict[int, set[int]] = defaultdict(set)
    rows = Decision.objects.filter(use_case__in=among(chunk), decided_at__date__lte=clocks.as_of)
    for case, person in clocks.known(rows, "decided_at").order_by().values_list("use_case_id", "decided_by_id"):
        found[case].add(person)
    return found


def _record(row: Row, life: Life, is_free: bool, ties: tuple[str, ...], about: str) -> Record:
    return Record(
        row.practice, row.kind, row.title, row.effective_on, life.last_day, is_free,
        details=MappingProxyType(row.details) if row.details else NOTHING,
        is_evidence=row.kind_words.is_evidence, lacks=life.lacks, ended=life.ended, ties=ties,
        office=row.office or "", key=str(row.uuid), about=about,
    )  # fmt: skip


def authors_of(chunk: list[int], clocks: Clocks) -> dict[int, set[int]]:
    """Who wrote or submitted each case: nobody verifies their own."""
    found: dict[int, set[int]] = defaultdict(set)
    wrote = clocks.known(Revision.objects.filter(use_case__in=among(chunk))).values_list("use_case", "written_by")
    filed = clocks.known(Filing.objects.filter(use_case__in=among(chunk))).values_list("use_case", "filed_by")
    sent = clocks.known(Review.objects.filter(use_case__in=among(chunk)), "submitted_at")
    for case, person in wrote.union(filed, sent.values_list("use_case", "submitted_by")):
        found[case].add(person)
    return found


def may_not_verify(use_case: UseCase, practice: str) -> set[int]:
    """People who wrote, submitted or brought evidence for this practice of the case (primary keys)."""
    rows = DatedRecord.objects.filter(use_case=use_case, practice=practice)
    people = authors_of([use_case.pk], Clocks(timezone.localdate()))[use_case.pk]
    return people | {row.recorded_by_id for row in rows if row.kind_words.is_brought}


def evidence_in_effect(use_case: UseCase, practice: str, day: date) -> bool:
    """Whether a complete record lifts the practice on that day, as it is known now."""
    dated: dict[int, Dated] = defaultdict(Dated)
    add_records(dated, [use_case.pk], Clocks(day))
    return any(one.practice == practice and one.lifts and one.is_current(day) for one in dated[use_case.pk].records)
