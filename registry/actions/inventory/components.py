"""Rows that were found by their names alone, and name another component than the case has here."""

from dataclasses import replace

from registry.actions.inventory.places import COMPONENT_DIFFERS
from registry.actions.inventory.plan import Import, place
from registry.inventory.records import Issue, Row
from registry.models import UseCaseComponent

FIELD = "agency_bureau"


def with_components(task: Import) -> Import:
    """The import with the component cells flagged that contradict the case a name stands for."""
    matched = task.matched
    if not matched:
        return task
    here: dict[int, set[int]] = {}
    for case, component in UseCaseComponent.objects.filter(use_case__in=matched.values()).values_list(
        "use_case__pk", "component__pk"
    ):
        here.setdefault(case, set()).add(component)
    rows = []
    for row in task.inventory.rows:
        found = matched.get(place(row))
        rows.append(_flagged(row, task) if found and _names(row, task) != here.get(found) else row)
    count = sum(new is not old for new, old in zip(rows, task.inventory.rows, strict=True))
    inventory = replace(
        task.inventory,
        rows=tuple(rows),
        cells_stored=task.inventory.cells_stored - count,
        cells_flagged=task.inventory.cells_flagged + count,
    )
    return replace(task, inventory=inventory)


def _names(row: Row, task: Import) -> set[int]:
    agency = task.places.agency(row.agency)
    return {one.pk for one in task.places.components(agency, row.component)} if agency else set()


def _flagged(row: Row, task: Import) -> Row:
    text = row.component or ""
    kept = {"text": text, "code": COMPONENT_DIFFERS.code, "message": COMPONENT_DIFFERS.message}
    issue = Issue(
        row=row.number,
        use_case_id=None,
        column=task.inventory.headers.get(FIELD),
        code=COMPONENT_DIFFERS.code,
        severity=COMPONENT_DIFFERS.severity,
        value=text,
        message=COMPONENT_DIFFERS.message,
        flagged=True,
        field=FIELD,
        sheet=row.sheet if row.sheet != task.inventory.sheet else None,
    )
    document = {**row.document, "flagged": {**row.document["flagged"], FIELD: kept}}
    return replace(row, document=document, issues=(*row.issues, issue), stored=row.stored - 1, flagged=row.flagged + 1)
