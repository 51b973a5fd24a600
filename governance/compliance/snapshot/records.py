"""Dated records behind the practices, and who may verify them."""

from collections import defaultdict
from datetime import date, timedelta

from django.utils import timezone

from governance.compliance.contract import Record
from governance.compliance.snapshot.clocks import Clocks
from governance.compliance.snapshot.dated import Dated
from governance.models import PracticeRecord, Review
from registry.models import Filing, Revision, UseCase


def add_records(found: dict[int, Dated], chunk: list[int], clocks: Clocks) -> None:
    """Practice records; a verification is independent of those who wrote, submitted or brought the evidence."""
    rows = clocks.known(PracticeRecord.objects.filter(use_case__in=chunk, effective_on__lte=clocks.as_of))
    ordered = list(rows.select_related("evidence").order_by("effective_on", "id"))
    authors = authors_of(sorted({row.use_case_id for row in ordered}), clocks)  # of most cases there are none
    brought = {(row.use_case_id, row.practice, row.recorded_by_id) for row in ordered if row.kind == "evidence"}
    for row in ordered:
        wrote = row.recorded_by_id in authors[row.use_case_id]
        is_independent = not wrote and (row.use_case_id, row.practice, row.recorded_by_id) not in brought
        case = found[row.use_case_id]
        case.is_late |= clocks.is_late(row.recorded_at)
        case.records.append(
            Record(row.practice, row.kind, row.title, row.effective_on, _until(row, clocks), is_independent)
        )


def _until(row: PracticeRecord, clocks: Clocks) -> date | None:
    """The last day a record counts: its own, or the day before the file it names was taken off the case."""
    gone = row.evidence.removed_at if row.evidence else None
    if gone is None or (clocks.known_at and gone > clocks.known_at):
        return row.expires_on
    day_before = timezone.localtime(gone).date() - timedelta(days=1)
    return min(row.expires_on, day_before) if row.expires_on else day_before


def authors_of(chunk: list[int], clocks: Clocks) -> dict[int, set[int]]:
    """Who wrote or submitted each case: nobody verifies their own."""
    found: dict[int, set[int]] = defaultdict(set)
    wrote = clocks.known(Revision.objects.filter(use_case__in=chunk)).values_list("use_case", "written_by")
    filed = clocks.known(Filing.objects.filter(use_case__in=chunk)).values_list("use_case", "filed_by")
    sent = clocks.known(Review.objects.filter(use_case__in=chunk), "submitted_at")
    for case, person in wrote.union(filed, sent.values_list("use_case", "submitted_by")):
        found[case].add(person)
    return found


def may_not_verify(use_case: UseCase, practice: str) -> set[int]:
    """People who wrote, submitted or brought evidence for this practice of the case (primary keys)."""
    brought = PracticeRecord.objects.filter(use_case=use_case, practice=practice, kind=PracticeRecord.Kind.EVIDENCE)
    people = authors_of([use_case.pk], Clocks(timezone.localdate()))[use_case.pk]
    return people | set(brought.values_list("recorded_by", flat=True))
