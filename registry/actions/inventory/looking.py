"""Reading an inventory file and saying what importing it would do; nothing is written here."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.models import Agency, User
from audit.workflow import Refused
from registry.actions.inventory.components import with_components
from registry.actions.inventory.places import places
from registry.actions.inventory.plan import Import, Outcome, outcomes
from registry.inventory import known, records
from registry.inventory.inspection import inspect
from registry.inventory.placing import Said
from registry.inventory.read import read
from registry.inventory.records import NOTICE, Inventory, Issue, Row
from registry.inventory.schema import Layout
from registry.models import ColumnMapping, ImportBatch
from registry.permissions import can_import

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
class Source:
    """A file, and what was said about it when it was brought in."""

    content: bytes
    file_name: str
    actor: User
    agency: Agency | None = None
    cycle: int | None = None
    effective_on: date | None = None
    columns: Mapping[str, Mapping[str, str]] | None = None  # sheet -> column -> field, said for this file alone


@dataclass(frozen=True)
class Looked:
    """A file that was read and held against the registry; nothing is written."""

    task: Import
    cycle: int
    content: bytes
    file_name: str
    issues: list[dict[str, Any]]
    summary: dict[str, Any]


def all_layouts() -> Mapping[str, Layout]:
    """The portal's own column tables."""
    return known.all_layouts(settings.FIXTURES_DIR / "inventory")


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
    return look_at(Source(content, plain(file_name), actor, agency, cycle, effective_on))


def look_at(source: Source) -> Looked:
    """The same, of a file that something was said about."""
    if not can_import(source.actor):
        raise Refused("Inventory files are imported by the inventory manager, and by component leads for their rows.")
    if source.effective_on and source.effective_on > timezone.localdate():
        raise FileRefused("future_date", "The day from which the file counts lies in the future.", "effective")
    task = read_task(source)
    counts: Counter[str] = Counter()
    changes: list[dict[str, Any]] = []
    for chunk in decided(task):
        counts.update(one.kind for one in chunk)
        changes += changes_of(chunk)
    told = summary_of(task.inventory, counts) | said_of(task)
    agency = source.agency.code if source.agency else ""
    return Looked(
        task=task,
        cycle=task.cycle,
        content=source.content,
        file_name=source.file_name,
        issues=issues_of(task, sha256(source.content)),
        summary=told | {"agency": agency, "changes": changes},
    )


def plain(file_name: str) -> str:
    """A name PostgreSQL and a page can show: no path, no control characters."""
    return "".join(letter for letter in file_name.replace("\\", "/").rsplit("/", 1)[-1] if letter.isprintable())[:255]


def read_task(source: Source) -> Import:
    """The file as it is read now, with what people said about its columns."""
    there = places(source.actor, source.agency)
    kept: dict[str, dict[str, str]] = {}
    for layout, spelling, name in ColumnMapping.objects.filter(agency=there.default).values_list(
        "layout", "header_key", "field"
    ):
        kept.setdefault(layout, {})[spelling] = name
    here = {sheet: {int(index): name for index, name in one.items()} for sheet, one in (source.columns or {}).items()}
    try:
        inventory = read(
            source.content,
            name=source.file_name,
            layouts=all_layouts(),
            admit=there.admit,
            said=Said(kept, here),
        )
    except records.Refused as refused:
        raise FileRefused(refused.code, refused.message, refused.where) from refused
    layout_read = all_layouts()[inventory.layout]
    cycle = source.cycle or layout_read.year
    counts_from = source.effective_on or _published_on(cycle, layout_read)
    return with_components(Import(inventory, layout_read, there, counts_from, cycle))


def _published_on(cycle: int, layout: Layout) -> date:
    """The day a cycle's inventory was published; today for a cycle that no column table knows."""
    days = [one.published_on for one in (layout, *all_layouts().values()) if one.year == cycle]
    return days[0] if days else timezone.localdate()


def decided(task: Import, *, lock: bool = False) -> Iterator[list[Outcome]]:
    """What becomes of the rows, a chunk at a time, so that the memory a large file needs stays small."""
    rows = task.inventory.rows
    for start in range(0, len(rows), CHUNK):
        yield outcomes(rows[start : start + CHUNK], task, lock=lock)


def summary_of(inventory: Inventory, counts: Mapping[str, int]) -> dict[str, Any]:
    """The counts of the command's JSON, and what was recognised."""
    cells = {name: getattr(inventory, name) for name in CELLS}
    sheet = {"sheet": inventory.sheet, "columns": len(inventory.headers)}
    return {"rows": len(inventory.rows), **{kind: counts.get(kind, 0) for kind in COUNTS}, **cells, **sheet}


def said_of(task: Import) -> dict[str, Any]:
    """What a person may say about the file: columns no header placed, and IDs in another spelling."""
    asked = [
        asdict(one) | {"samples": list(one.samples), "guesses": list(one.guesses)} for one in task.inventory.columns
    ]
    return {"asked": asked, "ids": list(_spelled_otherwise(task))}


def _spelled_otherwise(task: Import) -> Iterator[dict[str, Any]]:
    for row in task.inventory.rows:
        if row.rejected and row.reason != "id_to_confirm":
            continue
        meant = task.meant(row)
        if meant.case and meant.how != "exact":
            name = row.document["answers"].get("use_case_name", "")
            yield {"row": row.number, "spelling": row.use_case_id, "name": name, "how": meant.how,
                   "use_case_id": meant.case.use_case_id, "here": meant.case.name}  # fmt: skip


def changes_of(chunk: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Which answers of which known cases would change, for the preview."""
    return [
        {"row": one.row.number, "use_case_id": one.case.use_case_id, "kind": one.kind, "fields": sorted(one.changed)}
        | ({"because": str(one.because)} if one.kind == "proposed" else {})
        for one in chunk
        if one.case is not None and one.kind in ("updated", "proposed")
    ]


def issues_of(task: Import, digest: str) -> list[dict[str, Any]]:
    """All a person should look at, as it is kept with the file."""
    inventory = task.inventory
    found = [*_about_the_file(digest), *inspect(inventory, all_layouts(), task.effective_on)]
    found += [_without_id(row) for row in inventory.rows if not row.rejected and not row.use_case_id]
    found += [_named(one) for one in _spelled_otherwise(task) if one["how"] == "name"]
    rejected = {_where(row, inventory): row for row in inventory.rows if row.rejected}
    listed = []
    for issue in found:
        shown = _issue(issue)
        row = rejected.get((issue.sheet, issue.row))
        if row and issue.code == row.reason:  # the reason carries the whole row: every cell is kept for a person
            shown["cells"] = dict(rejected.pop((issue.sheet, issue.row)).source)
        listed.append(shown)
    return listed


def _where(row: Row, inventory: Inventory) -> tuple[str | None, int | None]:
    """How an issue names a row: the sheet only where there are several."""
    return (row.sheet if row.sheet != inventory.sheet else None), row.number


def _issue(issue: Issue) -> dict[str, Any]:
    shown: dict[str, Any] = {name: getattr(issue, name) for name in ISSUE}
    if issue.sheet:
        shown["sheet"] = issue.sheet
    return shown | {"flagged": issue.flagged}


def _without_id(row: Row) -> Issue:
    message = "The file gives no ID. A case of the same name and component is updated, else it gets the next ID."
    return Issue(row.number, None, None, "no_id", NOTICE, row.document["answers"].get("use_case_name", ""), message)


def _named(one: Mapping[str, Any]) -> Issue:
    message = f"Taken for {one['use_case_id']}: the same ID in another spelling, and the same name."
    return Issue(one["row"], one["spelling"], None, "id_spelled_otherwise", NOTICE, one["spelling"], message)


def _about_the_file(digest: str) -> Iterator[Issue]:
    rows = ImportBatch.objects.filter(sha256=digest, state=ImportBatch.State.CONFIRMED).defer("content", "issues")
    before = rows.first()
    if before and before.confirmed_at:
        day = timezone.localdate(before.confirmed_at)
        message = (
            f"This very file was imported on {day:%B} {day.day}, {day.year} by {before.uploaded_by}. "
            "Rows that still say what counts here stay unchanged."
        )
        yield Issue(None, None, None, "same_file", NOTICE, "", message)


def sha256(content: bytes) -> str:
    """What tells two files apart."""
    return hashlib.sha256(content).hexdigest()


def as_json(summary: Mapping[str, Any], issues: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The command's JSON (design section 7)."""
    counts = {name: summary[name] for name in ("rows", *COUNTS, *CELLS)}
    return counts | {"issues": [{name: issue[name] for name in ISSUE} for issue in issues]}
