"""What a person says about a file before it is imported: which question a column asks, which case an ID means."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.log import Entry, record, record_many
from audit.workflow import Refused
from registry.actions.inventory.files import Outdated, confirm, source_of, still_open
from registry.actions.inventory.looking import all_layouts, look_at
from registry.inventory.cells import key
from registry.inventory.placing import NAMELESS
from registry.models import ColumnMapping, IdMatch, ImportBatch, UseCase
from registry.permissions import visible_to

KEEP = "-"  # what is chosen for a column that asks no question of the layout


@transaction.atomic
def say_columns(batch: ImportBatch, answers: Mapping[str, str], *, actor: User) -> ImportBatch:
    """Say what columns mean: `sheet|index` -> a field, or KEEP. The file is read again with it.

    A header that says something is kept for the next file of the layout; what was said of a slipped, repeated or
    nameless column holds for this file alone.
    """
    batch = still_open(batch, actor)
    layout = all_layouts()[batch.layout]
    asked = {f"{one['sheet']}|{one['index']}": one for one in batch.summary.get("asked", [])}
    said = {place: field for place, field in answers.items() if field and place in asked}
    unknown = {field for field in said.values() if field != KEEP and field not in layout.by_field}
    if unknown:
        raise Refused(f"The layout {layout.name} has no question {', '.join(sorted(unknown))}.")
    _refuse_doubles(said, asked)
    headers = [key(one["header"]) for one in asked.values()]
    for place, field in said.items():
        one = asked[place]
        name = "" if field == KEEP else field
        if (
            one["belongs"]
            or NAMELESS.fullmatch(one["header"])
            or headers.count(key(one["header"])) > 1
            or (key(one["header"]) in layout.by_header)
        ):
            batch.columns.setdefault(one["sheet"], {})[str(one["index"])] = name
        else:
            _keep(batch, one["header"], name, actor)
    batch.save(update_fields=["columns"])
    record("inventory.columns_said", batch, actor=actor, data={"columns": said})
    return _again(batch)


def _refuse_doubles(said: Mapping[str, str], asked: Mapping[str, Mapping[str, Any]]) -> None:
    """Two columns of one sheet cannot ask the same question."""
    taken: dict[tuple[str, str], str] = {}
    for place, field in said.items():
        first = taken.setdefault((asked[place]["sheet"], field), place)
        if field != KEEP and first != place:
            headers = " and ".join(f"“{asked[one]['header'][:60]}”" for one in (first, place))
            raise Refused(f"{headers} cannot both ask the same question. Choose another one for one of them.")


def _keep(batch: ImportBatch, header: str, field: str, actor: User) -> None:
    row, _ = ColumnMapping.objects.update_or_create(
        agency=batch.agency,
        layout=batch.layout,
        header_key=key(header),
        defaults={"header": header, "field": field, "said_by": actor, "said_at": timezone.now()},
    )
    record("column.said", row, actor=actor, data={"layout": batch.layout, "field": field})


@transaction.atomic
def forget_column(mapping: ColumnMapping, *, actor: User) -> None:
    """Take back what was kept of a header: the next file asks again."""
    record("column.said", mapping, actor=actor, data={"layout": mapping.layout, "field": None})
    mapping.delete()


@transaction.atomic
def say_ids(batch: ImportBatch, answers: Mapping[str, bool], *, actor: User) -> ImportBatch:
    """Say of IDs in another spelling whether they mean the case that was found. The file is read again with it."""
    batch = still_open(batch, actor)
    asked = {one["spelling"]: one for one in batch.summary.get("ids", [])}
    found = {spelling: is_same for spelling, is_same in answers.items() if spelling in asked}
    ids = [asked[spelling]["use_case_id"] for spelling in found]
    cases = {case.use_case_id: case for case in visible_to(actor).filter(use_case_id__in=ids)}
    made = [
        _match(batch, spelling, cases[asked[spelling]["use_case_id"]], is_same, actor)
        for spelling, is_same in found.items()
        if asked[spelling]["use_case_id"] in cases
    ]
    event = record("inventory.ids_said", batch, actor=actor, data={"ids": len(made)})
    entries = [Entry("id_match.said", row.event_subject(), data={"state": row.state}) for row in made]
    record_many(entries, actor=actor, act=event.act)
    return _again(batch)


def _match(batch: ImportBatch, spelling: str, case: UseCase, is_same: bool, actor: User) -> IdMatch:
    rows = IdMatch.objects.filter(agency=batch.agency, layout=batch.layout, spelling=spelling)
    if is_same:  # an ID means one case
        rows.exclude(use_case=case).exclude(state=IdMatch.State.OTHER).delete()
    row, _ = rows.update_or_create(
        agency=batch.agency,
        layout=batch.layout,
        spelling=spelling,
        use_case=case,
        defaults={
            "state": IdMatch.State.SAME if is_same else IdMatch.State.OTHER,
            "batch": batch,
            "said_by": actor,
            "said_at": timezone.now(),
        },
    )
    return row


@transaction.atomic
def confirm_as_shown(batch: ImportBatch, *, actor: User) -> ImportBatch:
    """Import the file as its preview says; where it would do something else now it is read again and still waits."""
    try:
        return confirm(batch, as_shown=True, actor=actor)
    except Outdated:
        return _again(still_open(batch, actor))


def _again(batch: ImportBatch) -> ImportBatch:
    """The preview as it is after what was said."""
    looked = look_at(source_of(batch))
    batch.summary, batch.issues = looked.summary, looked.issues
    batch.save(update_fields=["summary", "issues"])
    return batch
