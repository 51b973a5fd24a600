"""A file of the list of common commercial uses: looked at, shown beside what is on record, taken over row by row."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Agency, Component, User
from audit.log import record
from audit.workflow import Refused, Stale
from registry import cots
from registry.actions.cots import Answer, Place, take_over
from registry.inventory import records
from registry.inventory.cots_file import CotsFile, CotsRow, is_cots, read_cots
from registry.models import CotsUse, ImportBatch
from registry.permissions.cots import answer_refusals, settle_refusals


@dataclass(frozen=True)
class Difference:
    """One row of the file beside the record: `kind` is created, updated or unchanged."""

    row: CotsRow
    before: CotsUse | None
    kind: str


@dataclass(frozen=True)
class Looked:
    """A file that was read and held against the record; nothing is written."""

    layout: cots.CotsLayout
    place: Place
    file: CotsFile
    differences: tuple[Difference, ...]

    @property
    def summary(self) -> dict[str, Any]:
        """The counts of `import_inventory` (design section 7)."""
        counts = Counter(one.kind for one in self.differences)
        left_out = len({issue.row for issue in self.file.issues if issue.code == "unknown_use"})
        return {
            "rows": len(self.differences) + left_out, "created": counts["created"], "updated": counts["updated"],
            "unchanged": counts["unchanged"], "rejected": left_out, "proposed": 0,
            "cells_total": self.file.cells_total - self.file.cells_elsewhere,
            "cells_stored": self.file.cells_stored, "cells_flagged": self.file.cells_flagged,
        }  # fmt: skip


def layout_of(content: bytes, name: str) -> cots.CotsLayout | None:
    """The layout of a file of common uses, told by its header; None for every other file."""
    try:
        return is_cots(content, name, cots.layouts())
    except records.Refused:
        return None  # the reader of inventories says what is wrong with the file


def look(
    content: bytes, name: str, *, agency: Agency, actor: User, component: Component | None = None, year: int = 0
) -> Looked:
    """Read a file and say what it would change. Refused to those who may not, and for unreadable files."""
    if refusals := (answer_refusals(actor, component) if component else settle_refusals(actor)):
        raise Refused(*refusals)
    try:
        layout = is_cots(content, name, cots.layouts())
        if layout is None:
            raise records.Refused("unknown_header", "It has no header of the list of common commercial uses.", name)
        names = {agency.code, agency.name, f"U.S. {agency.name}"}
        file = read_cots(content, name, layout, names | ({component.code, component.name} if component else set()))
    except records.Refused as refused:
        raise Refused(str(refused)) from refused
    place = Place(agency, component, year or layout.year)
    known = {row.code: row for row in CotsUse.objects.filter(**place._asdict())}
    return Looked(layout, place, file, tuple(_difference(row, known.get(row.use.code)) for row in file.rows))


def _difference(row: CotsRow, before: CotsUse | None) -> Difference:
    if before is None:
        return Difference(row, None, "created")
    facts = answer_of(row, before).facts
    same = all(getattr(before, name) == value for name, value in facts.items() if name != "users_on")
    return Difference(row, before, "unchanged" if same else "updated")


def answer_of(row: CotsRow, before: CotsUse | None) -> Answer:
    """What a row of a file says; a band stays a band, and says nothing new of the same estimate."""
    band = row.band.code if row.band else ""
    if before and before.users and before.reported_band == row.band:
        return Answer(row.is_used, row.products, before.users, before.users_on, before.version)
    return Answer(row.is_used, row.products, row.users, None, before.version if before else 0, band)


@transaction.atomic
def preview(looked: Looked, content: bytes, name: str, *, actor: User) -> ImportBatch:
    """Keep the file until a person has looked at the differences."""
    component = looked.place.component
    batch = ImportBatch.objects.create(
        agency=looked.place.agency, file_name=name[:255], sha256=hashlib.sha256(content).hexdigest(), content=content,
        layout=looked.layout.name, cycle=looked.place.year, effective_on=timezone.localdate(), uploaded_by=actor,
        summary=looked.summary | {"component": component.code if component else ""},
        issues=[told(issue) for issue in looked.file.issues],
    )  # fmt: skip
    record("inventory.previewed", batch, actor=actor, data=looked.summary)
    return batch


def told(issue: records.Issue) -> dict[str, Any]:
    """An issue as a batch keeps it."""
    names = ("row", "use_case_id", "column", "code", "severity", "value", "message")
    return {name: getattr(issue, name) for name in names}


def again(batch: ImportBatch, *, actor: User) -> Looked:
    """The kept file against the record of now."""
    code = batch.summary.get("component")
    component = Component.objects.get(agency=batch.agency, code=code) if code else None
    return look(
        bytes(batch.content), batch.file_name, agency=batch.agency, actor=actor, component=component, year=batch.cycle
    )


@transaction.atomic
def import_file(
    content: bytes, name: str, *, agency: Agency, actor: User, year: int = 0, dry_run: bool = False
) -> tuple[Looked, ImportBatch | None]:
    """Read and take over every row in one step, for a command; without writing anything when `dry_run`."""
    looked = look(content, name, agency=agency, actor=actor, year=year)
    if dry_run:
        return looked, None
    batch = preview(looked, content, name, actor=actor)
    seen = {one.row.use.code: one.before.version if one.before else 0 for one in looked.differences}
    confirm(batch, seen, actor=actor)
    return looked, batch


@transaction.atomic
def confirm(batch: ImportBatch, seen: Mapping[str, int], *, actor: User) -> dict[str, Any]:
    """Take over the chosen rows of a previewed file, in one transaction. Returns what changed, by letter.

    `seen`: by letter the version of the row on record the person saw beside the file's, 0 where there was none.
    """
    locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if locked.state != ImportBatch.State.PREVIEW:
        raise Stale(f"This file was answered already: {locked.get_state_display().lower()}.")
    looked = again(locked, actor=actor)
    given = _chosen(looked.differences, seen)
    changes = take_over(looked.place, given, file_name=locked.file_name, sha256=locked.sha256, actor=actor)
    locked.state, locked.confirmed_at = ImportBatch.State.CONFIRMED, timezone.now()
    locked.save(update_fields=["state", "confirmed_at"])
    return changes


def _chosen(differences: Iterable[Difference], seen: Mapping[str, int]) -> dict[str, Answer]:
    return {
        one.row.use.code: replace(answer_of(one.row, one.before), version=seen[one.row.use.code])
        for one in differences
        if one.row.use.code in seen
    }
