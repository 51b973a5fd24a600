"""A list from outside: brought in, its columns confirmed, then in use until a newer one takes its answers over."""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Agency, Component, User
from audit.log import Entry, Subject, record, record_many
from audit.workflow import Refused, Stale
from registry import outside
from registry.actions.outside_upkeep import match, waiting_by_component
from registry.inventory import outside_file, records
from registry.inventory.cells import key
from registry.models import OutsideAnswer, OutsideLine, OutsideList
from registry.permissions.outside import bring_refusals

CHUNK = 1000
MOST_GONE = 2000  # lines that are gone are kept by name; beyond this they are counted
State = OutsideList.State


@transaction.atomic
def bring(
    agency: Agency, kind: str, content: bytes, file_name: str, *, name: str, true_on: date, actor: User
) -> OutsideList:
    """Keep a file whose columns somebody confirms next. Refused where no table is found in it."""
    if refusals := bring_refusals(actor):
        raise Refused(*refusals)
    if true_on > timezone.localdate():
        raise Refused("The day on which the list was true is still to come.")
    _not_older(agency, kind, true_on)
    sha256 = hashlib.sha256(content).hexdigest()
    if OutsideList.objects.filter(agency=agency, kind=kind, sha256=sha256, state=State.CURRENT).exists():
        raise Refused("This very file is the list in use already. Nothing was changed.")
    table_of(content, file_name, kind)
    row = OutsideList.objects.create(
        agency=agency, kind=kind, name=name, true_on=true_on, file_name=file_name[:255], sha256=sha256,
        content=content, uploaded_by=actor,
    )  # fmt: skip
    record("outside.brought", row, actor=actor, data={"file": row.file_name, "sha256": sha256})
    return row


def _not_older(agency: Agency, kind: str, true_on: date) -> None:
    newer = OutsideList.objects.filter(agency=agency, kind=kind, state=State.CURRENT, true_on__gt=true_on).first()
    if newer:
        raise Refused(
            f"A newer list is in use: “{newer}” of {newer.true_on.isoformat()}. An older one replaces nothing."
        )


def table_of(content: bytes, file_name: str, kind: str) -> outside_file.Table:
    """Where the list stands in the file; the reader's refusals are a person's to read."""
    try:
        return outside_file.look(content, file_name, kind)
    except records.Refused as refused:
        raise Refused(refused.message) from refused


@transaction.atomic
def take(outside_list: OutsideList, columns: Mapping[str, int], *, actor: User) -> OutsideList:
    """Read the file by these columns. It becomes the list of its kind; answers and assignments go over by key."""
    if refusals := bring_refusals(actor):
        raise Refused(*refusals)
    row = OutsideList.objects.select_for_update().get(pk=outside_list.pk)
    if row.state != State.WAITING:
        raise Stale("Somebody has confirmed this file, or thrown it away, already.")
    _not_older(row.agency, row.kind, row.true_on)
    read = _read(row, columns)
    before = OutsideList.objects.select_for_update().filter(agency=row.agency, kind=row.kind, state=State.CURRENT)
    old = before.first()
    stood = {line.key: line for line in old.lines.all()} if old else {}
    OutsideLine.objects.bulk_create(_lines(row, read, stood), batch_size=CHUNK)
    before.update(state=State.REPLACED)
    known = {line.key for line in read.lines}
    row.state, row.columns, row.rows = State.CURRENT, dict(columns), read.rows
    row.issues = [*([number, text] for number, text in read.issues), *_untold(read.untold)]
    row.gone = sorted(str(line) for missing, line in stood.items() if missing not in known)[:MOST_GONE]
    row.save()
    matched = match(row)
    data = {"rows": read.rows, "lines": len(read.lines), "matched": matched, "gone": len(stood.keys() - known),
            "new": len(known - stood.keys()) if old else 0, "columns": dict(columns)}  # fmt: skip
    record("outside.taken", row, actor=actor, data=data)
    _tell(row, actor)
    return row


def _untold(count: int) -> list[list[Any]]:
    return [[None, f"{count:,} more remarks of the same kinds are not listed."]] if count else []


def _read(row: OutsideList, columns: Mapping[str, int]) -> outside_file.Read:
    if not {outside.NAME, outside.NUMBER} & set(columns):
        raise Refused("Say which column has the name or the number: by one of them a line is known again.")
    if len(set(columns.values())) < len(columns):
        raise Refused("One column was chosen twice. Each column is one thing.")
    content = bytes(row.content)
    try:
        return outside_file.read(content, row.file_name, table_of(content, row.file_name, row.kind), columns)
    except records.Refused as refused:
        raise Refused(refused.message) from refused


def _lines(row: OutsideList, read: outside_file.Read, stood: Mapping[str, OutsideLine]) -> list[OutsideLine]:
    """The lines, each with the answer of its key; a component a person gave counts before the file's."""
    answers = {one.key: one for one in OutsideAnswer.objects.filter(agency=row.agency, kind=row.kind)}
    places = {key(word): one for one in Component.objects.filter(agency=row.agency) for word in (one.code, one.name)}
    made = []
    for line in read.lines:
        earlier = stood.get(line.key)
        given = earlier if earlier and earlier.assigned_by_id else None
        made.append(
            OutsideLine(
                outside_list=row, row=line.row, key=line.key, name=line.name or line.number, number=line.number,
                place=line.component, date=line.date, vendor=line.vendor,
                component=given.component if given else places.get(key(line.component)),
                assigned_by_id=given.assigned_by_id if given else None, is_new=bool(stood) and earlier is None,
                answer=answers.get(line.key),
            )
        )  # fmt: skip
    return made


def _tell(row: OutsideList, actor: User) -> None:
    """One event a component with lines that wait: its leads get one mail for the whole list."""
    told = []
    for component, number in waiting_by_component(row).items():
        words = f"{number} line{'' if number == 1 else 's'} of “{row}” for {component.code}"
        data = {"component": component.code, "lines": number, "kind": row.kind}
        told.append(Entry("outside.waiting", Subject("outside", str(row.uuid), words), data=data))
    record_many(told, actor=actor)


@transaction.atomic
def throw_away(outside_list: OutsideList, *, actor: User) -> None:
    """Throw a file away whose columns nobody confirmed."""
    if refusals := bring_refusals(actor):
        raise Refused(*refusals)
    if not OutsideList.objects.filter(pk=outside_list.pk, state=State.WAITING).update(state=State.DISCARDED):
        raise Stale("The list is in use, or was thrown away already.")
    record("outside.discarded", outside_list, actor=actor)
