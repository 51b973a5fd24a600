"""An inventory file from upload to import: read and previewed, then confirmed in one transaction or discarded."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import Agency, User
from audit.log import record
from audit.workflow import Refused, Stale
from registry.actions.inventory import write
from registry.actions.inventory.places import places
from registry.actions.inventory.plan import Import, Outcome, match_by_name, outcomes
from registry.inventory import records
from registry.inventory.inspection import inspect
from registry.inventory.read import read
from registry.inventory.records import NOTICE, Inventory, Issue, Row
from registry.inventory.schema import Layout, layouts
from registry.models import ImportBatch
from registry.permissions import can_confirm, can_import

CHUNK = 1000
COUNTS = ("created", "updated", "unchanged", "rejected", "proposed")
CELLS = ("cells_total", "cells_stored", "cells_flagged")
ISSUE = ("row", "use_case_id", "column", "code", "severity", "value", "message")


class FileRefused(Refused):
    """The file as a whole is refused, and nothing of it was taken over; `code` and `where` are for programs."""

    def __init__(self, code: str, message: str, where: str = "") -> None:
        self.code, self.where = code, where
        super().__init__(message)


@dataclass(frozen=True)
class Looked:
    """A file that was read and held against the registry; nothing is written."""

    task: Import
    cycle: int
    content: bytes
    file_name: str
    issues: list[dict[str, Any]]
    summary: dict[str, Any]


@lru_cache(maxsize=4)
def known_layouts(folder: Path) -> Mapping[str, Layout]:
    """The column tables of a folder, read once a process."""
    return layouts(folder)


def all_layouts() -> Mapping[str, Layout]:
    """The portal's own column tables."""
    return known_layouts(settings.FIXTURES_DIR / "inventory")


def look(
    content: bytes,
    file_name: str,
    *,
    actor: User,
    agency: Agency | None = None,
    cycle: int | None = None,
    effective_on: date | None = None,
) -> Looked:
    """Read a file and say what importing it would do. Refused to those who may not import, and for unreadable files.

    Without a cycle it is the layout's reporting year; without a date what the file says counts from the day its
    cycle was published (OMB, Guidance on 2025 Agency AI Reporting: 28 January 2026).
    """
    if not can_import(actor):
        raise Refused("Inventory files are imported by the inventory manager, and by component leads for their rows.")
    if effective_on and effective_on > timezone.localdate():
        raise FileRefused("future_date", "The day from which the file counts lies in the future.", "effective")
    file_name = _plain(file_name)
    inventory, task = _read(content, file_name, actor=actor, agency=agency, effective_on=effective_on, cycle=cycle)
    counts: Counter[str] = Counter()
    changes: list[dict[str, Any]] = []
    for chunk in _decided(task):
        counts.update(one.kind for one in chunk)
        changes += _changes(chunk)
    return Looked(
        task=task,
        cycle=cycle or task.layout.year,
        content=content,
        file_name=file_name,
        issues=_issues(inventory, task, content),
        summary=_summary(inventory, counts) | {"agency": agency.code if agency else "", "changes": changes},
    )


def _plain(file_name: str) -> str:
    """A name PostgreSQL and a page can show: no path, no control characters."""
    return "".join(letter for letter in file_name.replace("\\", "/").rsplit("/", 1)[-1] if letter.isprintable())[:255]


def _read(
    content: bytes,
    file_name: str,
    *,
    actor: User,
    agency: Agency | None,
    effective_on: date | None,
    cycle: int | None,
) -> tuple[Inventory, Import]:
    known = places(actor, agency)
    try:
        inventory = read(content, name=file_name, layouts=all_layouts(), admit=known.admit)
    except records.Refused as refused:
        raise FileRefused(refused.code, refused.message, refused.where) from refused
    layout = all_layouts()[inventory.layout]
    counts_from = effective_on or _published_on(cycle or layout.year, layout)
    return inventory, Import(inventory, layout, known, counts_from)


def _published_on(cycle: int, layout: Layout) -> date:
    """The day a cycle's inventory was published; today for a cycle that no column table knows."""
    days = [one.published_on for one in (layout, *all_layouts().values()) if one.year == cycle]
    return days[0] if days else timezone.localdate()


def _decided(task: Import, *, lock: bool = False) -> Iterator[list[Outcome]]:
    """What becomes of the rows, a chunk at a time, so that the memory a large file needs stays small."""
    matched, rows = match_by_name(task), task.inventory.rows
    for start in range(0, len(rows), CHUNK):
        yield outcomes(rows[start : start + CHUNK], task, matched, lock=lock)


def _summary(inventory: Inventory, counts: Mapping[str, int]) -> dict[str, Any]:
    cells = {name: getattr(inventory, name) for name in CELLS}
    sheet = {"sheet": inventory.sheet, "columns": len(inventory.headers)}
    return {"rows": len(inventory.rows), **{kind: counts.get(kind, 0) for kind in COUNTS}, **cells, **sheet}


def _changes(chunk: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Which answers of which known cases would change, for the preview."""
    return [
        {"row": one.row.number, "use_case_id": one.case.use_case_id, "kind": one.kind, "fields": sorted(one.changed)}
        for one in chunk
        if one.case is not None and one.kind in ("updated", "proposed")
    ]


def _issues(inventory: Inventory, task: Import, content: bytes) -> list[dict[str, Any]]:
    rejected = {row.number: row for row in inventory.rows if row.rejected}
    found = [*_about_the_file(task, content), *inspect(inventory, all_layouts(), task.effective_on)]
    listed = [_issue(issue) for issue in found]
    listed += [_issue(_without_id(row)) for row in inventory.rows if not row.rejected and not row.use_case_id]
    for issue in listed:
        row = rejected.get(issue["row"])
        if row and issue["code"] != "row_held":  # the reason carries the whole row; every cell is kept for a person
            issue["cells"] = dict(rejected.pop(row.number).source)
    return listed


def _issue(issue: Issue) -> dict[str, Any]:
    shown: dict[str, Any] = {name: getattr(issue, name) for name in ISSUE}
    if issue.sheet:
        shown["sheet"] = issue.sheet
    return shown | {"flagged": issue.flagged}


def _without_id(row: Row) -> Issue:
    message = "The file gives no ID. A case of the same name and component is updated, else it gets the next ID."
    return Issue(row.number, None, None, "no_id", NOTICE, row.document["answers"].get("use_case_name", ""), message)


def _about_the_file(task: Import, content: bytes) -> Iterator[Issue]:
    before = ImportBatch.objects.filter(sha256=_sha256(content), state=ImportBatch.State.CONFIRMED).first()
    if before and before.confirmed_at:
        day = timezone.localdate(before.confirmed_at)
        message = (
            f"This very file was imported on {day:%B} {day.day}, {day.year} by {before.uploaded_by}. "
            "Rows that still say what counts here stay unchanged."
        )
        yield Issue(None, None, None, "same_file", NOTICE, "", message)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@transaction.atomic
def preview(
    content: bytes,
    file_name: str,
    *,
    actor: User,
    agency: Agency | None = None,
    cycle: int | None = None,
    effective_on: date | None = None,
) -> ImportBatch:
    """Keep a file with what importing it would do; no use case is touched before it is confirmed."""
    looked = look(content, file_name, actor=actor, agency=agency, cycle=cycle, effective_on=effective_on)
    return _keep(looked, actor)


def _keep(looked: Looked, actor: User) -> ImportBatch:
    batch = ImportBatch.objects.create(
        agency=_agency_of(looked.task),
        file_name=looked.file_name,
        sha256=_sha256(looked.content),
        content=looked.content,
        layout=looked.task.layout.name,
        cycle=looked.cycle,
        effective_on=looked.task.effective_on,
        summary=looked.summary,
        issues=looked.issues,
        uploaded_by=actor,
    )
    record("inventory.previewed", batch, actor=actor, data={"sha256": batch.sha256})
    return batch


def _agency_of(task: Import) -> Agency:
    """The agency of the import: the one given, else the one most rows name, else the portal's own."""
    if task.places.given:
        return task.places.given
    named = Counter(row.agency for row in task.inventory.rows if row.agency and not row.rejected)
    found = [agency for word, _ in named.most_common() if (agency := task.places.agency(word))]
    return found[0] if found else task.places.default


@transaction.atomic
def confirm(batch: ImportBatch, *, actor: User) -> ImportBatch:
    """Import a previewed file in one transaction: all of it, or nothing. Stale for whoever comes second.

    The file is read again and held against the registry as it is now, so the record says what happened.
    """
    batch = _still_open(batch, actor)
    agency = Agency.objects.filter(code=batch.summary.get("agency")).first()
    content = bytes(batch.content)
    _lock_numbers()
    inventory, task = _read(
        content,
        batch.file_name,
        actor=batch.uploaded_by,
        agency=agency,
        effective_on=batch.effective_on,
        cycle=batch.cycle,
    )
    return _import(batch, inventory, task, actor)


@transaction.atomic
def import_file(
    content: bytes,
    file_name: str,
    *,
    actor: User,
    agency: Agency | None = None,
    cycle: int | None = None,
    effective_on: date | None = None,
) -> ImportBatch:
    """Preview and confirm in one step, the file read once: what the command does."""
    _lock_numbers()
    looked = look(content, file_name, actor=actor, agency=agency, cycle=cycle, effective_on=effective_on)
    return _import(_keep(looked, actor), looked.task.inventory, looked.task, actor)


@transaction.atomic
def discard(batch: ImportBatch, *, actor: User) -> None:
    """Put a previewed file aside; it stays in the list, with what it would have done."""
    batch = _still_open(batch, actor)
    batch.state = ImportBatch.State.DISCARDED
    batch.save(update_fields=["state"])
    record("inventory.discarded", batch, actor=actor)


def _still_open(batch: ImportBatch, actor: User) -> ImportBatch:
    """The locked row of a file that still waits. Refused to others, Stale once it was confirmed or discarded."""
    if not can_confirm(actor, batch):
        raise Refused("Only whoever read the file, or the inventory manager, can confirm or discard it.")
    rows = ImportBatch.objects.select_for_update(of=("self",)).select_related("uploaded_by")
    batch = rows.get(pk=batch.pk)
    if batch.state != ImportBatch.State.PREVIEW:
        raise Stale(f"Somebody else was first: this file is “{batch.get_state_display()}” already.")
    return batch


def _lock_numbers() -> None:
    """Nobody gives an ID while a file brings its own: both wait for the agencies' rows (`next_use_case_id`)."""
    list(Agency.objects.select_for_update().order_by("pk"))


def _import(batch: ImportBatch, inventory: Inventory, task: Import, actor: User) -> ImportBatch:
    act = write.Act(batch, actor, task.effective_on, f"Imported from {batch.file_name}", batch.layout)
    write.mark_all_seen(((row.use_case_id, row.agency) for row in inventory.rows if row.use_case_id), task.places)
    counts: Counter[str] = Counter()
    changes: list[dict[str, Any]] = []
    for chunk in _decided(task, lock=True):
        counts.update(one.kind for one in chunk)
        changes += _changes(chunk)
        _write(chunk, act)
    _close(batch, inventory, task, _summary(inventory, counts) | {"changes": changes}, act)
    return batch


def _write(chunk: Sequence[Outcome], act: write.Act) -> None:
    by_kind = {kind: [one for one in chunk if one.kind == kind] for kind in COUNTS}
    for kind, writer in (("created", write.create), ("updated", write.update), ("proposed", write.propose)):
        if by_kind[kind]:
            writer(by_kind[kind], act)


def _close(batch: ImportBatch, inventory: Inventory, task: Import, summary: dict[str, Any], act: write.Act) -> None:
    """The batch becomes the record of what happened; its issues are found anew where the rows fared differently."""
    told = [batch.summary[name] for name in ("rejected", "cells_flagged")]
    if told != [summary["rejected"], summary["cells_flagged"]]:
        batch.issues = _issues(inventory, task, bytes(batch.content))
    batch.summary = batch.summary | summary
    batch.state, batch.confirmed_at = ImportBatch.State.CONFIRMED, act.now
    batch.save(update_fields=["summary", "issues", "state", "confirmed_at"])
    counts = {name: summary[name] for name in ("rows", *COUNTS, *CELLS)}
    record("inventory.imported", batch, actor=act.actor, data=counts | {"sha256": batch.sha256}, act=act.uuid)


def as_json(summary: Mapping[str, Any], issues: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The command's JSON (design section 7)."""
    counts = {name: summary[name] for name in ("rows", *COUNTS, *CELLS)}
    return counts | {"issues": [{name: issue[name] for name in ISSUE} for issue in issues]}
