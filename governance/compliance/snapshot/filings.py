"""Which filing of a case counts on a day, and whether the case stands in the inventory then."""

from datetime import date
from typing import Any

from django.db.models import QuerySet

from governance.compliance.snapshot.clocks import Clocks
from registry import asking, questionnaire
from registry.inventory.comparable import of_document
from registry.inventory.known import all_layouts
from registry.models import Filing, UseCase
from registry.models.use_case import Status

IN_USE = frozenset({"pilot", "deployed", "retired"})


def filings_of(chunk: list[int], clocks: Clocks) -> dict[int, Filing]:
    """The filing that counts for each case: the latest effective by the day, of those the one filed last."""
    rows = counting(clocks).filter(use_case__in=chunk).select_related("revision")
    return {row.use_case_id: row for row in rows}


def counting(clocks: Clocks) -> QuerySet[Filing]:
    rows = clocks.known(Filing.objects.counting(clocks.known_at).filter(effective_on__lte=clocks.as_of))
    return rows.order_by("use_case_id", "-effective_on", "-id").distinct("use_case_id")


def newest_cycles(clocks: Clocks) -> dict[int, int]:
    """Agency -> the newest reporting year it has an inventory file of."""
    counting = Filing.objects.counting(clocks.known_at)
    rows = clocks.known(counting.filter(effective_on__lte=clocks.as_of).exclude(batch=None))
    return dict(rows.order_by("batch__cycle").values_list("use_case__agency", "batch__cycle").distinct())


def is_outside(row: UseCase, filing: Filing, clocks: Clocks) -> bool:
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


def counting_answers(filing: Filing, as_of: date) -> dict[str, Any]:
    """The answers that count, under the edition the filed revision answered; a file's under that of the day."""
    return asking.visible_answers(questionnaire.of(filing.revision, as_of), filing.revision.document)
