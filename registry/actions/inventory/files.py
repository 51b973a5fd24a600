"""An inventory file from upload to import: previewed, then confirmed in one transaction or discarded."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction

from accounts.models import Agency, User
from audit.log import record
from audit.workflow import Refused, Stale
from registry.actions.inventory import write
from registry.actions.inventory.looking import (
    CELLS,
    CHUNK,
    COUNTS,
    FileRefused,
    Looked,
    Source,
    all_layouts,
    as_json,
    changes_of,
    decided,
    issues_of,
    look,
    read_task,
    said_of,
    sha256,
    summary_of,
)
from registry.actions.inventory.plan import Import, Outcome
from registry.models import ImportBatch
from registry.permissions import can_confirm

__all__ = [
    "CHUNK", "FileRefused", "Looked", "Outdated", "all_layouts", "as_json", "confirm", "discard", "import_file",
    "look", "preview", "source_of",
]  # fmt: skip


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
        sha256=sha256(looked.content),
        content=b"",
        layout=looked.task.layout.name,
        cycle=looked.cycle,
        effective_on=looked.task.effective_on,
        summary=looked.summary,
        issues=looked.issues,
        uploaded_by=actor,
    )
    batch.keep_content(looked.content)
    record("inventory.previewed", batch, actor=actor, data={"sha256": batch.sha256})
    return batch


def _agency_of(task: Import) -> Agency:
    """The agency of the import: the one given, else the one most rows name, else the portal's own."""
    if task.places.given:
        return task.places.given
    named = Counter(row.agency for row in task.inventory.rows if row.agency and not row.rejected)
    found = [agency for word, _ in named.most_common() if (agency := task.places.agency(word))]
    return found[0] if found else task.places.default


class Outdated(Stale):
    """The file would do something else now than its preview showed: somebody should look again first."""


@transaction.atomic
def confirm(batch: ImportBatch, *, as_shown: bool = False, actor: User) -> ImportBatch:
    """Import a previewed file in one transaction: all of it, or nothing. Stale for whoever comes second.

    The file is read again and held against the registry as it is now, so the record says what happened. With
    `as_shown` it is Outdated where that is not what the preview says: another file came between.
    """
    batch = still_open(batch, actor)
    _lock_numbers()
    shown = [batch.summary.get(name) for name in (*COUNTS, "changes")]
    done = _import(batch, read_task(source_of(batch)), actor)
    if as_shown and shown != [done.summary[name] for name in (*COUNTS, "changes")]:
        raise Outdated("Nothing was imported: since this file was read, use cases here have changed.")
    return done


def source_of(batch: ImportBatch) -> Source:
    """The file as whoever read it brought it in, with what was said about its columns since."""
    agency = Agency.objects.filter(code=batch.summary.get("agency")).first()
    return Source(
        batch.read_content(), batch.file_name, batch.uploaded_by, agency, batch.cycle, batch.effective_on, batch.columns
    )


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
    return _import(_keep(looked, actor), looked.task, actor)


@transaction.atomic
def discard(batch: ImportBatch, *, actor: User) -> None:
    """Put a previewed file aside; it stays in the list, with what it would have done."""
    batch = still_open(batch, actor)
    batch.state = ImportBatch.State.DISCARDED
    batch.save(update_fields=["state"])
    record("inventory.discarded", batch, actor=actor)


def still_open(batch: ImportBatch, actor: User) -> ImportBatch:
    """The locked row of a file that still waits. Refused to others, Stale once it was confirmed or discarded."""
    if not can_confirm(actor, batch):
        raise Refused("Only whoever read the file, or the inventory manager, can confirm or discard it.")
    rows = ImportBatch.objects.select_for_update(of=("self",)).select_related("uploaded_by").defer("content")
    batch = rows.get(pk=batch.pk)
    if batch.state != ImportBatch.State.PREVIEW:
        raise Stale(f"Somebody else was first: this file is “{batch.get_state_display()}” already.")
    return batch


def _lock_numbers() -> None:
    """Nobody gives an ID while a file brings its own: both wait for the agencies' rows (`next_use_case_id`)."""
    list(Agency.objects.select_for_update().order_by("pk"))


def _import(batch: ImportBatch, task: Import, actor: User) -> ImportBatch:
    act = write.Act(batch, actor, task.effective_on, f"Imported from {batch.file_name}", batch.layout)
    rows = task.inventory.rows
    write.mark_all_seen(((row.use_case_id, row.agency) for row in rows if row.use_case_id), task.places)
    counts: Counter[str] = Counter()
    changes: list[dict[str, Any]] = []
    stood: list[str] = []  # in the file, and nothing is filed for them: who compares years asks
    for chunk in decided(task, lock=True):
        counts.update(one.kind for one in chunk)
        changes += changes_of(chunk)
        stood += [one.case.use_case_id for one in chunk if one.case and one.kind in ("unchanged", "proposed")]
        _write(chunk, act)
    write.keep_spellings(task, act)
    told = summary_of(task.inventory, counts) | said_of(task) | {"changes": changes, "stood": stood}
    _close(batch, task, told, act)
    return batch


def _write(chunk: Sequence[Outcome], act: write.Act) -> None:
    by_kind = {kind: [one for one in chunk if one.kind == kind] for kind in COUNTS}
    for kind, writer in (("created", write.create), ("updated", write.update), ("proposed", write.propose)):
        if by_kind[kind]:
            writer(by_kind[kind], act)


def _close(batch: ImportBatch, task: Import, summary: dict[str, Any], act: write.Act) -> None:
    """The batch becomes the record of what happened; its issues are found anew where the rows fared differently."""
    told = [batch.summary[name] for name in ("rejected", "cells_flagged")]
    if told != [summary["rejected"], summary["cells_flagged"]]:
        batch.issues = issues_of(task, batch.sha256)
    batch.summary = batch.summary | summary
    batch.state, batch.confirmed_at = ImportBatch.State.CONFIRMED, act.now
    batch.save(update_fields=["summary", "issues", "state", "confirmed_at"])
    counts = {name: summary[name] for name in ("rows", *COUNTS, *CELLS)}
    record("inventory.imported", batch, actor=act.actor, data=counts | {"sha256": batch.sha256}, act=act.uuid)
