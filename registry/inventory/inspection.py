"""All a person should look at in a file that was read: what the reader says, and what the facts say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date

from registry import quality
from registry.inventory.cells import shorten
from registry.inventory.records import Inventory, Issue, Row
from registry.inventory.schema import Layout
from registry.inventory.write import cell


def inspect(inventory: Inventory, layouts: Mapping[str, Layout], as_of: date) -> tuple[Issue, ...]:
    """The issues of reading and those of quality in the order of the rows, in the file's own headers."""
    layout = layouts[inventory.layout]
    names = _bearers(inventory, "use_case_name", quality.name_key)
    texts = _bearers(inventory, "hi_justification", quality.text_key)
    found = list(inventory.all_issues())
    for row in inventory.rows:
        if row.rejected:
            continue  # what is wrong with the row as a whole comes first
        context = quality.Context(
            as_of=as_of,
            columns=layout.columns,
            asked=frozenset(inventory.headers),
            use_case_id=_name(row),
            same_name=names,
            same_text=texts,
        )
        found += [_issue(concern, row, inventory, layout) for concern in quality.concerns(row.document, context)]
    return tuple(sorted(found, key=lambda issue: issue.row or 0))


def _bearers(inventory: Inventory, field: str, key: Callable[[str], str]) -> dict[str, tuple[str, ...]]:
    """Which rows say the same in a field, by what their answers are compared by."""
    bearers: dict[str, list[str]] = defaultdict(list)
    for row in inventory.rows:
        if said := key(row.document["answers"].get(field) or ""):
            bearers[said].append(_name(row))
    return {said: tuple(rows) for said, rows in bearers.items() if len(rows) > 1}


def _name(row: Row) -> str:
    """A public file may leave the IDs out; then the row number tells two cases apart."""
    return row.use_case_id or f"row {row.number}"


def _issue(concern: quality.Concern, row: Row, inventory: Inventory, layout: Layout) -> Issue:
    column = layout.by_field[concern.field]
    value = cell({"document": row.document}, column)
    return Issue(
        row=row.number,
        use_case_id=row.use_case_id,
        column=inventory.headers.get(concern.field, column.header),
        code=concern.code,
        severity=concern.severity,
        value=shorten(str(value)),
        message=f"{concern.message} {concern.remedy}",
        field=concern.field,
        sheet=row.sheet if row.sheet != inventory.sheet else None,
    )
