"""The change log of a cycle against the year before, from the filings of both; counted once a day for the overview."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from accounts.models import Agency
from accounts.permissions import standing
from registry.actions.inventory.export import inventory_on, reported_in
from registry.actions.inventory.few_answers import Answers
from registry.actions.inventory.looking import all_layouts
from registry.inventory.change_log import ChangeLog, Entry, compare
from registry.inventory.comparable import of_document
from registry.inventory.told import compared, stage_in_its_words
from registry.models import Cycle, Filing, ImportBatch, Revision, Submission, UseCase
from registry.models.use_case import Status
from registry.permissions import KNOWS_ALL, visible_to
from registry.reads.cycles import called, known
from registry.reads.parting import parting_in


def change_log(cycle: Cycle, user: Any = None) -> ChangeLog:
    """What became of the inventory since the year before, of the cases `user` may know of; of all without one."""
    before, now = _before(cycle), _now(cycle)
    earlier = _reported_before(cycle.before_on, {entry.id for entry in now} - {entry.id for entry in before})
    return compare(_told(before, user), _told(now, user), earlier=earlier)


def _told(entries: list[Entry], user: Any) -> list[Entry]:
    if user is None:
        return entries
    wanted = set(known(user, UseCase.objects.all()).values_list("use_case_id", flat=True))
    return [entry for entry in entries if entry.id in wanted]


def _reported_before(day: date, ids: set[str]) -> set[str]:
    """Which of the cases an inventory before that day had: they are not new."""
    rows = Filing.objects.counting().filter(effective_on__lt=day, use_case__use_case_id__in=ids)
    return set(rows.values_list("use_case__use_case_id", flat=True))


def years(agency: Agency, user: Any = None) -> list[int]:
    """The reporting years whose inventory is on record, newest first: brought in by a file, or frozen here.

    A file in which somebody may know of no case is none for that person.
    """
    files = ImportBatch.objects.filter(agency=agency, state=ImportBatch.State.CONFIRMED)
    if user is not None and not standing(user).has(*KNOWS_ALL):
        files = files.filter(filings__use_case__in=visible_to(user).values("pk"))
    frozen = Submission.objects.filter(cycle__agency=agency)
    found = {*files.values_list("cycle", flat=True), *frozen.values_list("cycle__year", flat=True)}
    return sorted(found, reverse=True)


def between(agency: Agency, before: int, now: int, user: Any = None) -> ChangeLog:
    """What became of the inventory of one reporting year in that of another, as both were reported."""
    return compare(_told(of_year(agency, before), user), _told(of_year(agency, now), user))


def of_year(agency: Agency, year: int) -> list[Entry]:
    """The inventory of a reporting year: its last submission, else what its files brought in."""
    frozen = Submission.objects.filter(cycle__agency=agency, cycle__year=year)
    newest = frozen.order_by("-number").defer("content", "changes").first()
    if newest:
        return _of_submission(newest)
    files = ImportBatch.objects.filter(agency=agency, state=ImportBatch.State.CONFIRMED, cycle=year)
    day = files.aggregate(day=Max("effective_on"))["day"]
    return _as_published(agency, year, day) if day else []


def _before(cycle: Cycle) -> list[Entry]:
    """The last submission before this year, revision by revision; without one the inventory as it counted then."""
    frozen = Submission.objects.filter(cycle__agency=cycle.agency, cycle__year__lt=cycle.year)
    newest = frozen.order_by("-cycle__year", "-number").defer("content", "changes").first()
    if newest:
        return _of_submission(newest)
    year = next((year for year in years(cycle.agency) if year < cycle.year), cycle.year - 1)
    return _as_published(cycle.agency, year, cycle.before_on)


def _as_published(agency: Agency, year: int, day: date) -> list[Entry]:
    """What counted on the day; a case that only an earlier year's file had is not in the year's inventory."""
    files = ImportBatch.objects.filter(agency=agency, state=ImportBatch.State.CONFIRMED, cycle=year)
    stood = {name for told in files.values_list("summary", flat=True) for name in told.get("stood", ())}
    rows = inventory_on(day, agency, year, only=compared())
    return [_entry(row) for row in rows if row["cycle"] is None or row["cycle"] >= year or row["id"] in stood]


def _of_submission(newest: Submission) -> list[Entry]:
    rows = Revision.objects.filter(
        use_case__use_case_id__in=list(newest.revisions), number__in=set(newest.revisions.values())
    )
    told = rows.values_list(
        "use_case__use_case_id", "use_case__component__code", "number", Answers("document", compared())
    )
    return [
        _entry({"id": name, "agency_bureau": component, "document": document})
        for name, component, number, document in told.iterator()
        if newest.revisions[name] == number
    ]


def _now(cycle: Cycle) -> list[Entry]:
    wanted = set(called(cycle).values_list("use_case_id", flat=True))
    ended = Q(status=Status.RETIRED) | Q(document__answers__development_stage="retired")
    retired = set(UseCase.objects.filter(ended, agency=cycle.agency).values_list("use_case_id", flat=True))
    rows = inventory_on(timezone.localdate(), cycle.agency, only=compared())
    leaving = parting_in(cycle.agency, cycle.year)
    last = (row for row in reported_in(timezone.localdate(), cycle.agency, cycle.year) if row["id"] in leaving)
    found = [_entry(row, row["id"] in retired) for row in rows if row["id"] in wanted]
    return found + [_entry(row) for row in last] if leaving else found


def _entry(row: dict[str, Any], is_retired: bool = False) -> Entry:
    """A case as it is compared. Older answers tell that it ended, and never an impact or a stage nobody reported."""
    answers = row["document"].get("answers") or {}
    stage = answers.get("development_stage", "")
    words = "" if stage else stage_in_its_words(row["document"])
    if not stage and of_document(row["id"], row["document"], all_layouts()).retired:
        stage = "retired"
    return Entry(
        row["id"], answers.get("use_case_name", ""), row["document"], stage, answers.get("is_high_impact", ""),
        is_retired or stage == "retired", row["agency_bureau"].split(",")[0], words,
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
