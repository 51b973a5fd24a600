"""From rows to snapshots: the only place that queries for checks."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from governance.compliance.contract import Snapshot
from governance.compliance.snapshot.ahead import days_ahead
from governance.compliance.snapshot.clocks import Clocks
from governance.compliance.snapshot.dated import Dated
from governance.compliance.snapshot.facts import dated_facts
from governance.compliance.snapshot.filings import (
    Filed,
    Forms,
    counts_outside,
    filings_of,
    newest_cycles,
    open_documents,
    standing_cases,
)
from governance.compliance.snapshot.namesakes import IndexedTwins, Namesakes, NoTwins, Twins
from governance.compliance.snapshot.records import may_not_verify
from governance.compliance.snapshot.settled import reported_before
from governance.compliance.snapshot.told import told_of
from registry import asking, questionnaire
from registry.handling import restricted
from registry.models import UseCase
from registry.models.use_case import Handling

__all__ = [
    "CHUNK", "Clocks", "Gathered", "IndexedTwins", "NoTwins", "Reader", "Twins", "as_written", "days_ahead",
    "may_not_verify", "newest_cycles", "scope", "snapshots", "standing_cases",
]  # fmt: skip

CHUNK = 500
NOTHING = Dated()  # of a case without anything dated
NONE_BEFORE: Mapping[str, date] = {}


@dataclass(slots=True)
class Gathered:
    """What was read of a case at first; its snapshot is made when it is asked for."""

    filed: Filed
    rows: str  # a hash over everything dated of it, where it was asked for
    reader: "Reader"

    @property
    def pk(self) -> int:
        """The case's primary key."""
        return self.filed.pk

    def told(self) -> str:
        """Everything a judgement of the present rests on, as one text: what reads alike is judged alike."""
        return "\x1e".join((self.filed.told(), self.rows, self.reader.twins.told(self.filed.pk)))

    def snapshot(self) -> Snapshot | None:
        """None when the case does not stand in the inventory on the day. After `Reader.open`."""
        return None if counts_outside(self.filed) else self.reader.snapshot(self.filed)


class Reader:
    """Reads chunks of cases as they stood by both clocks: a fixed number of queries a chunk, no rows kept between."""

    def __init__(self, clocks: Clocks, twins: Namesakes) -> None:
        self.clocks, self.twins = clocks, twins
        self._forms = Forms(clocks.as_of)
        self._newest = newest_cycles(clocks)
        self._always = restricted(())
        self._dated: Mapping[int, Dated] = {}
        self._before: Mapping[int, Mapping[str, date]] = {}

    def gather(self, chunk: Sequence[int], *, to_compare: bool = False) -> list[Gathered]:
        """What is filed of each case of the chunk, by Use Case ID; until the next chunk is gathered.

        `to_compare`: with hashes of the documents and of everything dated, which are read when a case is opened.
        """
        filings = filings_of(chunk, self.clocks, hashed=to_compare, opened=not to_compare)
        rows = told_of(chunk) if to_compare else {}
        self.twins.read(chunk, self._forms, opened=not to_compare)
        filings.sort(key=lambda one: one.use_case_id)
        return [Gathered(one, rows.get(one.pk, ""), self) for one in filings]

    def open(self, gathered: Sequence[Gathered]) -> None:
        """Read what the snapshots of these need besides."""
        filings = [one.filed for one in gathered]
        open_documents(filings)
        self.twins.open(one.pk for one in filings)
        self._dated = dated_facts([one.pk for one in filings], self.clocks) if filings else {}
        self._before = reported_before(filings, self.clocks)

    def read(self, chunk: Sequence[int]) -> Iterator[tuple[int, Snapshot]]:
        """(primary key, snapshot) of each case of the chunk that counts on the day, by Use Case ID."""
        gathered = self.gather(chunk)
        self.open(gathered)
        for one in gathered:
            if snapshot := one.snapshot():
                yield one.pk, snapshot

    def _restricted(self, text: str) -> frozenset[str]:
        return self._always if text == "[]" else restricted(json.loads(text))

    def snapshot(self, filed: Filed) -> Snapshot:
        """Of what was read of one case of the chunk."""
        dated = self._dated.get(filed.pk, NOTHING)
        document, clocks, signed = filed.document, self.clocks, dated.determination
        form = self._forms.of(filed.edition)
        return Snapshot(
            use_case_id=filed.use_case_id,
            name=document["answers"].get("use_case_name") or filed.use_case_id,
            component=filed.component,
            status="" if filed.is_status_late else filed.status,
            as_of=clocks.as_of,
            document=document,
            answers=asking.visible_answers(form, document),
            effective_on=filed.effective_on,
            form=form,
            cycle=dated.cycle,
            latest_cycle=self._newest.get(filed.agency),
            records=tuple(dated.records),
            waivers=tuple(dated.waivers),
            extensions=tuple(dated.extensions),
            pilots=tuple(dated.pilots),
            stops=tuple(dated.stops),
            holds=tuple(dated.holds),
            withholding_reviews=tuple(dated.withholding_reviews),
            reported_before=self._before.get(filed.pk, NONE_BEFORE),
            changed_on=dated.changed_on,
            decision=dated.decision,
            determined_impact=signed.impact if signed else None,
            determined_categories=tuple(signed.categories) if signed else (),
            namesakes=tuple(self.twins.of(filed.pk)),
            is_restricted=filed.handling == Handling.RESTRICTED,
            restricted_fields=self._restricted(filed.restricted_fields),
            is_recorded_late=dated.is_late or filed.is_recorded_late,
        )


def snapshots(cases: QuerySet[UseCase], clocks: Clocks, *, with_namesakes: bool = True) -> Iterator[Snapshot]:
    """A snapshot of each case of `cases` that counts on the day, by Use Case ID; a fixed number of queries a chunk.

    `with_namesakes=False` leaves out what needs a look at every other case, for pages that show practices only.
    """
    reader = Reader(clocks, Twins(clocks) if with_namesakes else NoTwins(clocks))
    keys = list(cases.order_by("use_case_id").values_list("pk", flat=True))
    for start in range(0, len(keys), CHUNK):
        for _, snapshot in reader.read(keys[start : start + CHUNK]):
            yield snapshot


def as_written(row: UseCase, clocks: Clocks) -> Snapshot:
    """The newest answers of one case, filed or not, with its records and waivers: for what it still needs.

    No check judges this: checks read what counts (design section 3).
    """
    dated = dated_facts([row.pk], clocks)[row.pk]
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
        extensions=tuple(dated.extensions),
        pilots=tuple(dated.pilots),
        stops=tuple(dated.stops),
        decision=dated.decision,
    )


def scope(component_code: str = "", use_case: Any = None) -> QuerySet[UseCase]:
    """The cases a run or report is about: one, a component's, or all."""
    if use_case is not None:
        return UseCase.objects.filter(pk=use_case.pk)
    return UseCase.objects.filter(component__code=component_code) if component_code else UseCase.objects.all()
