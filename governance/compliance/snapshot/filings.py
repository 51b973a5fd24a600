"""Which filing of a case counts on a day, and whether the case stands in the inventory then."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet, TextField
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from governance.compliance.snapshot.clocks import Clocks
from registry import questionnaire
from registry.inventory.comparable import of_document
from registry.inventory.known import all_layouts
from registry.models import Filing, ImportBatch
from registry.models.use_case import Status
from registry.questions import Questionnaire

IN_USE = frozenset({"pilot", "deployed", "retired"})


class Filed(NamedTuple):
    """The filing that counts for a case, and what of the case's own row a snapshot needs. No instances: speed."""

    pk: int
    use_case_id: str
    agency: int
    component: str
    status: str
    status_changed_at: datetime
    handling: str
    restricted_fields: str
    effective_on: date
    recorded_at: datetime
    edition: str
    document: Mapping[str, Any]


# As text, which is "[]" of nearly every case and needs no decoding then.
RESTRICTED = Cast("use_case__restricted_fields", TextField())
COLUMNS = (
    "use_case", "use_case__use_case_id", "use_case__agency", "use_case__component__code", "use_case__status",
    "use_case__status_changed_at", "use_case__handling", RESTRICTED, "effective_on", "recorded_at",
    "revision__edition", "revision__document",
)  # fmt: skip


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


def filings_of(chunk: Iterable[int], clocks: Clocks) -> list[Filed]:
    """The filing that counts for each case: the latest effective by the day, of those the one filed last."""
    rows = counting(clocks).filter(use_case__in=among(chunk)).values_list(*COLUMNS)
    return [Filed._make(row) for row in rows]


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


def counts_outside(filed: Filed, clocks: Clocks) -> bool:
    """Out of the inventory: drafts, withdrawn cases, and those rejected before any use (design section 3).

    The end of a case counts from its day: a run for an earlier one still finds it. What an older instrument reported
    as retired was reported for the last time: nothing is asked of it.
    """
    if filed.status == Status.DRAFT:
        return True
    stage = filed.document["answers"].get("development_stage")
    if not stage and of_document("", filed.document, all_layouts()).retired:
        return True
    if filed.status not in {Status.WITHDRAWN, Status.REJECTED} or clocks.is_late(filed.status_changed_at):
        return False
    return filed.status == Status.WITHDRAWN or stage not in IN_USE
