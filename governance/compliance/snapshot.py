"""From rows to snapshots: the only place that queries for checks."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from governance.compliance.contract import DecisionFact, Namesake, Record, Snapshot, WaiverFact
from governance.models import Decision, Determination, PracticeRecord, Waiver
from registry import questionnaire, tasklist
from registry.models import Filing, Revision, UseCase
from registry.models.use_case import Status
from registry.quality import name_key

# Out of the inventory: withdrawn cases, and drafts that were never filed (design section 3, inventory membership).
OUTSIDE = (Status.WITHDRAWN, Status.DRAFT)
CHUNK = 500


@dataclass(frozen=True)
class Clocks:
    """Select facts that were true by the end of `as_of`; `known_at` also leaves out what was recorded later."""

    as_of: date
    known_at: datetime | None = None

    def known(self, rows: QuerySet[Any], column: str = "recorded_at") -> QuerySet[Any]:
        """Leave out rows recorded after `known_at`."""
        return rows.filter(**{f"{column}__lte": self.known_at}) if self.known_at else rows


@dataclass
class _Dated:
    """What belongs to one case of a chunk."""

    records: list[Record] = field(default_factory=list)
    waivers: list[WaiverFact] = field(default_factory=list)
    decision: DecisionFact | None = None
    determination: Determination | None = None


def snapshots(cases: QuerySet[UseCase], clocks: Clocks) -> Iterator[Snapshot]:
    """A snapshot of each case of `cases` that counts on the day, by Use Case ID; a fixed number of queries a chunk."""
    filings = _filings(clocks)
    twins = _Twins(filings)
    newest_cycle = _newest_cycle(clocks)
    rows = list(cases.exclude(status__in=OUTSIDE).select_related("component").order_by("use_case_id"))
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        dated = _dated([row.pk for row in chunk], clocks)
        cycles = _last_cycles([row.pk for row in chunk], clocks)
        for row in chunk:
            if filing := filings.get(row.pk):
                on_file = (cycles.get(row.pk), newest_cycle)
                yield _snapshot(row, filing, dated[row.pk], twins=twins, clocks=clocks, on_file=on_file)


def _filings(clocks: Clocks) -> dict[int, Filing]:
    """The filing that counts for each case: the latest effective by the day, of those the one filed last."""
    rows = clocks.known(Filing.objects.filter(effective_on__lte=clocks.as_of))
    rows = (
        rows.order_by("use_case_id", "-effective_on", "-id")
        .distinct("use_case_id")
        .select_related("revision", "use_case__component")
    )
    return {row.use_case_id: row for row in rows}


def _newest_cycle(clocks: Clocks) -> date | None:
    rows = clocks.known(Filing.objects.filter(effective_on__lte=clocks.as_of).exclude(batch=None))
    return rows.order_by("-effective_on").values_list("effective_on", flat=True).first()


def _last_cycles(pks: list[int], clocks: Clocks) -> dict[int, date]:
    rows = clocks.known(Filing.objects.filter(use_case__in=pks, effective_on__lte=clocks.as_of).exclude(batch=None))
    return dict(rows.order_by("effective_on").values_list("use_case", "effective_on"))


class _Twins:
    """Other cases with the same name or the same justification, found once for all."""

    def __init__(self, filings: dict[int, Filing]) -> None:
        self._filings = {pk: f for pk, f in filings.items() if f.use_case.status not in OUTSIDE}
        self._by_name = self._group(lambda answers: name_key(answers.get("use_case_name") or ""))
        self._by_text = self._group(lambda answers: (answers.get("hi_justification") or "").strip())

    def _group(self, key: Any) -> dict[str, list[int]]:
        groups: dict[str, list[int]] = defaultdict(list)
        for pk, filing in self._filings.items():
            if word := key(filing.revision.document["answers"]):
                groups[word].append(pk)
        return groups

    def of(self, pk: int, answers: Any) -> Iterable[Namesake]:
        """The namesakes of one case, by Use Case ID."""
        by_name = set(self._by_name.get(name_key(answers.get("use_case_name") or ""), ()))
        by_text = set(self._by_text.get((answers.get("hi_justification") or "").strip(), ()))
        found = [self._filings[other] for other in (by_name | by_text) - {pk}]
        for filing in sorted(found, key=lambda filing: filing.use_case.use_case_id):
            case = filing.use_case
            yield Namesake(
                use_case_id=case.use_case_id,
                component=case.component.code,
                answers=filing.revision.document["answers"],
                has_same_name=case.pk in by_name,
                has_same_justification=case.pk in by_text,
            )


def _snapshot(
    row: UseCase,
    filing: Filing,
    dated: _Dated,
    *,
    twins: _Twins,
    clocks: Clocks,
    on_file: tuple[date | None, date | None],
) -> Snapshot:
    document = filing.revision.document
    signed = dated.determination
    return Snapshot(
        use_case_id=row.use_case_id,
        name=document["answers"].get("use_case_name") or row.use_case_id,
        component=row.component.code,
        status=row.status,
        as_of=clocks.as_of,
        document=document,
        answers=tasklist.visible_answers(questionnaire.default(), document),
        effective_on=filing.effective_on,
        cycle_filed_on=on_file[0],
        latest_cycle_on=on_file[1],
        records=tuple(dated.records),
        waivers=tuple(dated.waivers),
        decision=dated.decision,
        determined_impact=signed.impact if signed else None,
        determined_categories=tuple(signed.categories) if signed else (),
        namesakes=tuple(twins.of(row.pk, document["answers"])),
    )


def _dated(pks: list[int], clocks: Clocks) -> dict[int, _Dated]:
    """Records, waivers, decisions and determinations of a chunk, five queries whatever its size."""
    found: dict[int, _Dated] = defaultdict(_Dated)
    authors = _authors(pks, clocks)
    records = clocks.known(PracticeRecord.objects.filter(use_case__in=pks, effective_on__lte=clocks.as_of))
    for row in records.order_by("effective_on", "id"):
        is_independent = row.recorded_by_id not in authors[row.use_case_id]
        found[row.use_case_id].records.append(
            Record(row.practice, row.kind, row.title, row.effective_on, row.expires_on, is_independent)
        )
    for waiver in clocks.known(Waiver.objects.filter(use_case__in=pks, granted_on__lte=clocks.as_of)).order_by("id"):
        revoked = waiver.revoked_on if waiver.revoked_on and waiver.revoked_on <= clocks.as_of else None
        found[waiver.use_case_id].waivers.append(
            WaiverFact(waiver.practice, waiver.granted_on, waiver.expires_on, revoked)
        )
    by_day = Q(decided_at__date__lte=clocks.as_of)
    for decision in clocks.known(Decision.objects.filter(by_day, use_case__in=pks), "decided_at").order_by(
        "decided_at", "id"
    ):
        found[decision.use_case_id].decision = DecisionFact(
            decision.outcome, decision.covers_stage, decision.decided_at.date()
        )
    signed = Determination.objects.filter(use_case__in=pks, signed_at__date__lte=clocks.as_of)
    for determination in clocks.known(signed, "signed_at").order_by("signed_at", "id"):
        found[determination.use_case_id].determination = determination
    return found


def _authors(pks: list[int], clocks: Clocks) -> dict[int, set[int]]:
    """Who wrote any revision of each case: nobody verifies their own."""
    found: dict[int, set[int]] = defaultdict(set)
    rows = clocks.known(Revision.objects.filter(use_case__in=pks))
    for case, person in rows.values_list("use_case", "written_by").distinct():
        found[case].add(person)
    return found
