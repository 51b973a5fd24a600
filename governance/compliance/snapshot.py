"""From rows to snapshots: the only place that queries for checks."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.utils import timezone

from governance.compliance.contract import DecisionFact, Namesake, Record, Snapshot, WaiverFact
from governance.models import Decision, Determination, PracticeRecord, Review, Waiver
from registry import asking, questionnaire
from registry import handling as handlings
from registry.inventory.comparable import of_document
from registry.inventory.known import all_layouts
from registry.models import Filing, Revision, UseCase
from registry.models.use_case import Handling, Status
from registry.quality import name_key

CHUNK = 500
IN_USE = frozenset({"pilot", "deployed", "retired"})


@dataclass(frozen=True)
class Clocks:
    """Select facts that were true by the end of `as_of`; `known_at` also leaves out what was recorded later."""

    as_of: date
    known_at: datetime | None = None

    def known(self, rows: QuerySet[Any], column: str = "recorded_at") -> QuerySet[Any]:
        """Leave out rows recorded after `known_at`."""
        return rows.filter(**{f"{column}__lte": self.known_at}) if self.known_at else rows

    def is_late(self, moment: datetime) -> bool:
        """Whether the portal learned it only after the day was over (department time)."""
        return timezone.localtime(moment).date() > self.as_of


@dataclass
class _Dated:
    """What belongs to one case of a chunk."""

    records: list[Record] = field(default_factory=list)
    waivers: list[WaiverFact] = field(default_factory=list)
    decision: DecisionFact | None = None
    determination: Determination | None = None
    cycle: int | None = None
    is_late: bool = False


def snapshots(cases: QuerySet[UseCase], clocks: Clocks, *, with_namesakes: bool = True) -> Iterator[Snapshot]:
    """A snapshot of each case of `cases` that counts on the day, by Use Case ID; a fixed number of queries a chunk.

    `with_namesakes=False` leaves out what needs a look at every other case, for pages that show practices only.
    """
    twins = _Twins(clocks if with_namesakes else None)
    newest = _newest_cycles(clocks)
    keys = list(cases.order_by("use_case_id").values_list("pk", flat=True))
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        rows = UseCase.objects.filter(pk__in=chunk).select_related("component").defer("document", "filed_document")
        filings = _filings(chunk, clocks)
        dated = _dated(chunk, clocks)
        twins.read(chunk)
        for row in rows.order_by("use_case_id"):
            filing = filings.get(row.pk)
            if filing and not _is_outside(row, filing, clocks):
                yield _snapshot(row, filing, dated[row.pk], twins=twins, clocks=clocks, newest=newest)


def _is_outside(row: UseCase, filing: Filing, clocks: Clocks) -> bool:
    """Out of the inventory: drafts, withdrawn cases, and those rejected before any use (design section 3).

    The end of a case counts from its day: a run for an earlier one still finds it. What an older instrument reported
    as retired was reported for the last time: nothing is asked of it.
    """
    if row.status == Status.DRAFT:
        return True
    document = filing.revision.document
    if not document["answers"].get("development_stage") and of_document("", document, all_layouts()).retired:
        return True
    if clocks.is_late(row.status_changed_at):
        return False
    stage = document["answers"].get("development_stage")
    return row.status == Status.WITHDRAWN or (row.status == Status.REJECTED and stage not in IN_USE)


def _filings(chunk: list[int], clocks: Clocks) -> dict[int, Filing]:
    """The filing that counts for each case: the latest effective by the day, of those the one filed last."""
    rows = _counting(clocks).filter(use_case__in=chunk).select_related("revision")
    return {row.use_case_id: row for row in rows}


def _counting(clocks: Clocks) -> QuerySet[Filing]:
    rows = clocks.known(Filing.objects.counting(clocks.known_at).filter(effective_on__lte=clocks.as_of))
    return rows.order_by("use_case_id", "-effective_on", "-id").distinct("use_case_id")


def _newest_cycles(clocks: Clocks) -> dict[int, int]:
    """Agency -> the newest reporting year it has an inventory file of."""
    counting = Filing.objects.counting(clocks.known_at)
    rows = clocks.known(counting.filter(effective_on__lte=clocks.as_of).exclude(batch=None))
    return dict(rows.order_by("batch__cycle").values_list("use_case__agency", "batch__cycle").distinct())


class _Twins:
    """Other cases with the same name or the same justification, found once for all.

    Restricted cases are nobody's namesake, and a restricted justification is nobody's: a message would tell of them
    to people who may not know (section 4).
    """

    def __init__(self, clocks: Clocks | None) -> None:
        self._clocks = clocks
        self._as_of = clocks.as_of if clocks else date.min
        self._keys: dict[int, tuple[str, str]] = {}
        self._by_name: dict[str, set[int]] = defaultdict(set)
        self._by_text: dict[str, set[int]] = defaultdict(set)
        self._filings: dict[int, Filing] = {}
        if clocks:
            self._index(clocks)

    def _index(self, clocks: Clocks) -> None:
        rows = _counting(clocks).exclude(use_case__status__in=[Status.DRAFT, Status.WITHDRAWN])
        answers = KeyTransform("answers", "revision__document")
        name, text = KeyTextTransform("use_case_name", answers), KeyTextTransform("hi_justification", answers)
        columns = ("use_case", "use_case__handling", "use_case__restricted_fields", name, text)
        for pk, handling, fields, called, because in rows.values_list(*columns):
            said = "" if "hi_justification" in handlings.restricted(fields) else (because or "").strip()
            self._keys[pk] = keys = name_key(called or ""), said
            if handling != Handling.RESTRICTED:
                self._by_name[keys[0]].add(pk)
                self._by_text[keys[1]].add(pk)

    def read(self, chunk: list[int]) -> None:
        """Fetch the documents of the namesakes a chunk has, in one query."""
        wanted = {other for pk in chunk for other in self._others(pk)}
        if wanted and self._clocks:
            rows = _counting(self._clocks).filter(use_case__in=wanted)
            found = rows.select_related("revision", "use_case__component")
            self._filings = {row.use_case_id: row for row in found}

    def _others(self, pk: int) -> set[int]:
        name, text = self._keys.get(pk, ("", ""))
        same = self._by_name[name] if name else set()
        alike = self._by_text[text] if text else set()
        return (same | alike) - {pk}

    def of(self, pk: int) -> Iterable[Namesake]:
        """The namesakes of one case, by Use Case ID."""
        name, text = self._keys.get(pk, ("", ""))
        found = [self._filings[other] for other in self._others(pk)]
        for filing in sorted(found, key=lambda filing: filing.use_case.use_case_id):
            keys = self._keys[filing.use_case_id]
            yield Namesake(
                use_case_id=filing.use_case.use_case_id,
                component=filing.use_case.component.code,
                answers=_counting_answers(filing, self._as_of),
                has_same_name=bool(name) and keys[0] == name,
                has_same_justification=bool(text) and keys[1] == text,
            )


def _snapshot(
    row: UseCase, filing: Filing, dated: _Dated, *, twins: _Twins, clocks: Clocks, newest: Mapping[int, int]
) -> Snapshot:
    document = filing.revision.document
    signed = dated.determination
    return Snapshot(
        use_case_id=row.use_case_id,
        name=document["answers"].get("use_case_name") or row.use_case_id,
        component=row.component.code,
        status="" if clocks.is_late(row.status_changed_at) else row.status,
        as_of=clocks.as_of,
        document=document,
        answers=_counting_answers(filing, clocks.as_of),
        effective_on=filing.effective_on,
        form=questionnaire.of(filing.revision, clocks.as_of),
        cycle=dated.cycle,
        latest_cycle=newest.get(row.agency_id),
        records=tuple(dated.records),
        waivers=tuple(dated.waivers),
        decision=dated.decision,
        determined_impact=signed.impact if signed else None,
        determined_categories=tuple(signed.categories) if signed else (),
        namesakes=tuple(twins.of(row.pk)),
        is_restricted=row.handling == Handling.RESTRICTED,
        restricted_fields=row.restricted,
        is_recorded_late=dated.is_late or clocks.is_late(filing.recorded_at),
    )


def as_written(row: UseCase, clocks: Clocks) -> Snapshot:
    """The newest answers of one case, filed or not, with its records and waivers: for what it still needs.

    No check judges this: checks read what counts (design section 3).
    """
    dated = _dated([row.pk], clocks)[row.pk]
    form = questionnaire.of(row, clocks.as_of)
    return Snapshot(
        use_case_id=row.use_case_id,
        name=row.title,
        component=row.component.code,
        status=row.status,
        as_of=clocks.as_of,
        document=row.document,
        answers=asking.visible_answers(form, row.document),
        effective_on=clocks.as_of,
        form=form,
        records=tuple(dated.records),
        waivers=tuple(dated.waivers),
        decision=dated.decision,
    )


def _counting_answers(filing: Filing, as_of: date) -> dict[str, Any]:
    """The answers that count, under the edition the filed revision answered; a file's under that of the day."""
    return asking.visible_answers(questionnaire.of(filing.revision, as_of), filing.revision.document)


def _dated(chunk: list[int], clocks: Clocks) -> dict[int, _Dated]:
    """Records, waivers, decisions and determinations of a chunk: a fixed number of queries whatever its size."""
    found: dict[int, _Dated] = defaultdict(_Dated)
    _add_records(found, chunk, clocks)
    _add_waivers(found, chunk, clocks)
    decisions = Decision.objects.filter(use_case__in=chunk, decided_at__date__lte=clocks.as_of)
    for row in clocks.known(decisions, "decided_at").order_by("decided_at", "id"):
        day = timezone.localtime(row.decided_at).date()
        found[row.use_case_id].decision = DecisionFact(row.outcome, row.covers_stage, day)
    signed = Determination.objects.filter(use_case__in=chunk, signed_at__date__lte=clocks.as_of)
    for row in clocks.known(signed, "signed_at").order_by("signed_at", "id"):
        found[row.use_case_id].determination = row
    counting = Filing.objects.counting(clocks.known_at)
    cycles = counting.filter(use_case__in=chunk, effective_on__lte=clocks.as_of).exclude(batch=None)
    for case, year in clocks.known(cycles).order_by("batch__cycle").values_list("use_case", "batch__cycle"):
        found[case].cycle = year
    return found


def _add_records(found: dict[int, _Dated], chunk: list[int], clocks: Clocks) -> None:
    """Practice records; a verification is independent of those who wrote, submitted or brought the evidence."""
    authors = _authors(chunk, clocks)
    rows = clocks.known(PracticeRecord.objects.filter(use_case__in=chunk, effective_on__lte=clocks.as_of))
    ordered = list(rows.select_related("evidence").order_by("effective_on", "id"))
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


def _add_waivers(found: dict[int, _Dated], chunk: list[int], clocks: Clocks) -> None:
    rows = clocks.known(Waiver.objects.filter(use_case__in=chunk, granted_on__lte=clocks.as_of))
    for row in rows.order_by("id"):
        revoked = row.revoked_on if row.revoked_on and row.revoked_on <= clocks.as_of else None
        case = found[row.use_case_id]
        case.is_late |= clocks.is_late(row.recorded_at)
        case.waivers.append(WaiverFact(row.practice, row.granted_on, row.expires_on, revoked))


def _authors(chunk: list[int], clocks: Clocks) -> dict[int, set[int]]:
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
    people = _authors([use_case.pk], Clocks(timezone.localdate()))[use_case.pk]
    return people | set(brought.values_list("recorded_by", flat=True))


def scope(component_code: str = "", use_case: UseCase | None = None) -> QuerySet[UseCase]:
    """The cases a run or report is about: one, a component's, or all."""
    if use_case is not None:
        return UseCase.objects.filter(pk=use_case.pk)
    return UseCase.objects.filter(component__code=component_code) if component_code else UseCase.objects.all()
