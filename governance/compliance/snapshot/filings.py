"""Which filing of a case counts on a day, and whether the case stands in the inventory then."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Count, F, Func, Max, QuerySet, TextField, Value, Window
from django.db.models.expressions import RawSQL
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast

from governance.compliance.snapshot.clocks import Clocks
from registry import questionnaire
from registry.inventory.comparable import of_document
from registry.inventory.known import all_layouts
from registry.models import Filing, ImportBatch, Revision, UseCase
from registry.models.use_case import Status
from registry.questions import Questionnaire

IN_USE = frozenset({"pilot", "deployed", "retired"})


@dataclass(slots=True)
class Filed:
    """The filing that counts for a case, and what of the case's own row a snapshot needs. No instances: speed."""

    pk: int
    use_case_id: str
    agency: int
    component: str
    status: str
    is_status_late: bool  # it changed after the day was over
    handling: str
    restricted_fields: str
    effective_on: date
    is_recorded_late: bool  # the portal learned of it after the day was over
    edition: str
    revision: int
    hashed: str  # of the document, where it was asked for
    text: str  # of the document, as the database gives it; empty until it is read
    filings: int  # how many of the case count by the day, where it was asked for
    last_filing: int  # the one recorded last of these
    _document: Mapping[str, Any] | None = field(default=None, init=False, repr=False)

    @property
    def document(self) -> Mapping[str, Any]:
        """Decoded when somebody asks for it."""
        if self._document is None:
            self._document = json.loads(self.text)
        return self._document

    def told(self) -> str:
        """Everything of it that a judgement of the present rests on, as one text.

        The hash stands for the document, and how many there are and the last for the filings before it, which never
        change.
        """
        about = (
            self.use_case_id, str(self.agency), self.component, self.status, self.handling, self.restricted_fields,
            self.effective_on.isoformat(), self.edition, self.hashed, str(self.filings), str(self.last_filing),
        )  # fmt: skip
        return "\x1f".join(about)


# As text, which is "[]" of nearly every case and needs no decoding then.
RESTRICTED = Cast("use_case__restricted_fields", TextField())
OF_THE_CASE = ("use_case", "use_case__use_case_id", "use_case__agency", "use_case__component__code", "use_case__status")
TEXT = Cast("revision__document", TextField())
# Worked out where the document lies, so that one that is as it was need not come here. Not a cryptographic one: it
# tells changes, not forgeries (those the seals tell), and the database's MD5 is not to be had under FIPS 140.
HASH = Cast(Func(TEXT, Value(0), function="hashtextextended", output_field=BigIntegerField()), TextField())
MANY = Window(Count("pk"), partition_by=F("use_case"))
LAST = Window(Max("pk"), partition_by=F("use_case"))
NOT_ASKED = Value("", output_field=TextField())


class Forms:
    """The questionnaire editions of a day, by the name a revision gives; a file's rows answer that of the day."""

    def __init__(self, as_of: date) -> None:
        self._in_force = questionnaire.in_force(as_of)
        self._known = {one.name: one for one in questionnaire.editions()}

    def of(self, edition: str) -> Questionnaire:
        """The edition a revision answered."""
        return self._known.get(edition, self._in_force)


def among(chunk: Iterable[int]) -> RawSQL:
    """The cases of a chunk as one parameter: for `use_case__in`, instead of a parameter each.

    As text, which the driver hands on as it is; it looks at each number of a list.
    """
    return RawSQL("SELECT unnest(%s::bigint[])", [f"{{{','.join(map(str, chunk))}}}"])


def filings_of(chunk: Iterable[int], clocks: Clocks, *, hashed: bool = False, opened: bool = True) -> list[Filed]:
    """The filing that counts for each case: the latest effective by the day, of those the one filed last.

    `hashed` asks for a hash of each document, `opened` for its text.
    """
    rows = counting(clocks).filter(use_case__in=among(chunk)).values_list(
        *OF_THE_CASE, clocks.late("use_case__status_changed_at"), "use_case__handling", RESTRICTED,
        "effective_on", clocks.late("recorded_at"), "revision__edition", "revision",
        HASH if hashed else NOT_ASKED, TEXT if opened else NOT_ASKED,
        MANY if hashed else Value(0), LAST if hashed else Value(0),
    )  # fmt: skip
    return [Filed(*row) for row in rows]


def open_documents(filings: Sequence[Filed]) -> None:
    """Read the documents that were not asked for with their filings."""
    closed = [filed for filed in filings if not filed.text]
    if closed:
        rows = Revision.objects.filter(pk__in=among(filed.revision for filed in closed))
        texts = dict(rows.order_by().values_list("pk", Cast("document", TextField())))
        for filed in closed:
            filed.text = texts[filed.revision]


def counting(clocks: Clocks) -> QuerySet[Filing]:
    """The filing that counts, a row a case."""
    rows = clocks.known(Filing.objects.counting(clocks.known_at).filter(effective_on__lte=clocks.as_of))
    return rows.order_by("use_case_id", "-effective_on", "-id").distinct("use_case_id")


def newest_cycles(clocks: Clocks) -> dict[int, int]:
    """Agency -> the newest reporting year it has an inventory file of.

    Asked a year and agency at a time, so that no sweep, however small, reads every filing for it.
    """
    rows = clocks.known(Filing.objects.counting(clocks.known_at).filter(effective_on__lte=clocks.as_of))
    found: dict[int, int] = {}
    years = ImportBatch.objects.order_by("-cycle").values_list("agency", "cycle").distinct()
    for agency, year in years:
        if agency not in found and rows.filter(batch__agency=agency, batch__cycle=year).exists():
            found[agency] = year
    return found


def standing_cases(cases: QuerySet[UseCase], clocks: Clocks) -> Iterator[tuple[int, str]]:
    """(primary key, filed answer on high-impact) of each of the cases that stands in the inventory on the day.

    For counts that need no snapshot: two answers of each document are read. They are given also where the questionnaire
    no longer asks for them.
    """
    answers = KeyTransform("answers", "revision__document")
    stage, impact = KeyTextTransform("development_stage", answers), KeyTextTransform("is_high_impact", answers)
    rows = counting(clocks).filter(use_case__in=cases.order_by().values("pk")).values_list(
        "use_case", "use_case__status", clocks.late("use_case__status_changed_at"), stage, impact
    )  # fmt: skip
    found = list(rows)
    unsaid = filings_of([pk for pk, status, _, at, _ in found if not at and status != Status.DRAFT], clocks)
    retired = {filed.pk for filed in unsaid if _was_retired(filed.document)}
    for pk, status, is_late, at, said in found:
        if not _is_outside(status, is_late, at, pk in retired):
            yield pk, said or ""


def counts_outside(filed: Filed) -> bool:
    """Whether a case does not stand in the inventory on the day of its filing's clocks."""
    if filed.status == Status.DRAFT:
        return True
    stage = filed.document["answers"].get("development_stage")
    is_retired = not stage and _was_retired(filed.document)
    return _is_outside(filed.status, filed.is_status_late, stage, is_retired)


def _was_retired(document: Mapping[str, Any]) -> bool:
    """What an older instrument reported as retired was reported for the last time: nothing is asked of it."""
    return bool(of_document("", document, all_layouts()).retired)


def _is_outside(status: str, is_status_late: bool, stage: str | None, is_retired: bool) -> bool:
    """Out of the inventory: drafts, withdrawn cases, and those rejected before any use (design section 3).

    The end of a case counts from its day: a run for an earlier one still finds it.
    """
    if status == Status.DRAFT or is_retired:
        return True
    if status not in {Status.WITHDRAWN, Status.REJECTED} or is_status_late:
        return False
    return status == Status.WITHDRAWN or stage not in IN_USE
