"""The change log of a cycle against the year before, from the filings of both; counted once a day for the overview."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from registry.actions.inventory.export import inventory_on
from registry.inventory.change_log import ChangeLog, Entry, compare
from registry.models import Cycle, Revision, Submission, UseCase
from registry.models.use_case import Status
from registry.reads.cycles import called, known


def change_log(cycle: Cycle, user: Any = None) -> ChangeLog:
    """What became of the inventory since the year before, of the cases `user` may know of; of all without one."""
    before, now = _before(cycle), _now(cycle)
    if user is not None:
        wanted = set(known(user, UseCase.objects.all()).values_list("use_case_id", flat=True))
        before = [entry for entry in before if entry.id in wanted]
        now = [entry for entry in now if entry.id in wanted]
    return compare(before, now)


def _before(cycle: Cycle) -> list[Entry]:
    """The last submission before this year, revision by revision; without one the inventory as it counted then."""
    frozen = Submission.objects.filter(cycle__agency=cycle.agency, cycle__year__lt=cycle.year)
    newest = frozen.order_by("-cycle__year", "-number").defer("content", "changes").first()
    if newest is None:
        return [_entry(row) for row in inventory_on(cycle.before_on, cycle.agency)]
    rows = Revision.objects.filter(
        use_case__use_case_id__in=list(newest.revisions), number__in=set(newest.revisions.values())
    )
    rows = rows.select_related("use_case__component").defer("use_case__document", "use_case__filed_document")
    return [
        _entry({"id": row.use_case.use_case_id, "agency_bureau": row.use_case.component.code, "document": row.document})
        for row in rows
        if newest.revisions[row.use_case.use_case_id] == row.number
    ]


def _now(cycle: Cycle) -> list[Entry]:
    wanted = set(called(cycle).values_list("use_case_id", flat=True))
    ended = Q(status=Status.RETIRED) | Q(document__answers__development_stage="retired")
    retired = set(UseCase.objects.filter(ended, agency=cycle.agency).values_list("use_case_id", flat=True))
    rows = inventory_on(timezone.localdate(), cycle.agency)
    return [_entry(row, row["id"] in retired) for row in rows if row["id"] in wanted]


def _entry(row: dict[str, Any], is_retired: bool = False) -> Entry:
    answers = row["document"].get("answers") or {}
    stage = answers.get("development_stage", "")
    return Entry(
        row["id"], answers.get("use_case_name", ""), row["document"], stage, answers.get("is_high_impact", ""),
        is_retired or stage == "retired", row["agency_bureau"].split(",")[0],
    )  # fmt: skip


@transaction.atomic
def count_changes(cycle: Cycle) -> None:
    """Count the changes for the overview, which would not bear reading every document at each look."""
    cycle.change_counts, cycle.changes_counted_at = dict(change_log(cycle).counts), timezone.now()
    cycle.save(update_fields=["change_counts", "changes_counted_at"])


def count_open_cycles() -> int:
    """The daily count of every cycle that is not frozen; returns how many."""
    cycles = list(Cycle.objects.filter(agency__code=settings.PORTAL_AGENCY).exclude(status=Cycle.Status.FROZEN))
    for cycle in cycles:
        count_changes(cycle)
    return len(cycles)
