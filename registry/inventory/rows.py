"""One row of a table as one use case: its identity, its answers, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from registry.inventory.answers import (
    CONTROLS_REMOVED,
    Answer,
    Flagged,
    Remark,
    Withheld,
    flagged,
    interpret,
    wrong_column,
)
from registry.inventory.cells import Broken, Formula, Value, clean, has_controls, key, shorten, source
from registry.inventory.ids import is_placeholder
from registry.inventory.records import ERROR, WARNING, Issue, Row
from registry.inventory.schema import Layout
from registry.inventory.tables import Place, Table

_ID_DASHES = re.compile(r"\s*[\u2010-\u2015\u2212-]\s*")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9&./_-]{0,49}")
_COMPONENTS = re.compile(r"[,;\n]|\s/\s")
_NAMING = ("id", "use_case_name")
_IDENTITY = ("id", "agency_bureau", "agency", "agency_name")
Cells = Sequence[tuple[int, Value]]
UNKNOWN_COMPONENT = Remark(
    "unknown_component", ERROR, "Nobody knows this component here. Correct it, or ask an administrator to add it."
)
UNKNOWN_AGENCY = Remark(
    "unknown_agency", ERROR, "Nobody knows this agency here. Correct it, or ask an administrator to add it."
)


@dataclass(frozen=True, slots=True)
class Identity:
    """What a row says about which case it is, as far as it says so."""

    use_case_id: str | None
    component: str | None
    agency: str | None
    name: str = ""
    layout: str = ""


@dataclass(frozen=True, slots=True)
class Objection:
    """What stands against a row where it is imported: it waits as a whole, or only the cell at fault does."""

    field: str
    reason: Remark
    holds_row: bool = True


Admission = Callable[[Identity], Objection | None]


def use_case_id(text: str) -> str | None:
    """An ID in one spelling (`DHS-12` for `DHS – 12`), or None where the text is no ID."""
    found = _ID_DASHES.sub("-", clean(text))
    return found if _ID.fullmatch(found) else None


def components(text: str) -> tuple[str, ...]:
    """The components a cell names: OMB's question allows several."""
    return tuple(part for part in (clean(piece) for piece in _COMPONENTS.split(text)) if part)


@dataclass(slots=True)
class _Draft:
    """A row while it is read."""

    table: Table
    number: int
    use_case_id: str | None = None
    identity: dict[str, str] = field(default_factory=dict)
    document: dict[str, dict[str, Any]] = field(default_factory=lambda: {"answers": {}, "withheld": {}, "flagged": {}})
    issues: list[Issue] = field(default_factory=list)
    held: tuple[str, Remark] | None = None  # field, reason why the whole row waits for a person

    @property
    def agency(self) -> str | None:
        """The agency the row names, by its abbreviation where it gives one."""
        return self.identity.get("agency") or self.identity.get("agency_name")

    def report(self, place: Place, value: Value, remark: Remark, *, is_flagged: bool = False) -> None:
        self.issues.append(
            Issue(
                row=self.number,
                use_case_id=self.use_case_id,
                column=place.header,
                code=remark.code,
                severity=remark.severity,
                value=shorten(source(value)),
                message=remark.message,
                flagged=is_flagged,
                field=place.column.field if place.column else place.extra or None,
            )
        )


@dataclass(slots=True)
class RowReader:
    """Reads rows one after the other and remembers the IDs that were seen."""

    components: frozenset[str] | None
    agencies: frozenset[str] | None
    single: bool  # one data sheet: its name says nothing
    admit: Admission | None = None  # asked of each row that nothing else holds
    rows: list[Row] = field(default_factory=list)
    stray: list[Issue] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)

    def add(self, table: Table, number: int, cells: Cells) -> None:
        stray = _stray(table, cells)
        if stray:
            self._add_stray(table, number, cells, stray)
            return
        draft = _Draft(table, number)
        # The ID first, wherever its column stands, so that every issue of the row can name it.
        for index, value in sorted(cells, key=lambda cell: not _is_id(table.place(cell[0]))):
            _take(draft, table.place(index), value)
        self._check_identity(draft)
        self._ask_admission(draft, cells)
        self.rows.append(self._finish(draft, cells))

    def _add_stray(self, table: Table, number: int, cells: Cells, why: Remark) -> None:
        draft = _Draft(table, number)
        for index, value in cells:
            draft.report(table.place(index), value, why, is_flagged=True)
        self.stray += self._with_sheet(table, draft.issues)

    def _with_sheet(self, table: Table, issues: list[Issue]) -> list[Issue]:
        return issues if self.single else [replace(issue, sheet=table.sheet.name) for issue in issues]

    def _check_identity(self, draft: _Draft) -> None:
        """What stops a row from being imported as it stands: it would land on the wrong case or nowhere."""
        identity = key(draft.use_case_id or "")
        if draft.held is None and identity:
            first = self.seen.setdefault(identity, draft.number)
            if first != draft.number:
                message = f"The ID stands in row {first} already. Give one of the two rows its own ID."
                draft.held = ("id", Remark("duplicate_id", ERROR, message))
        if draft.held is None and self.components is not None:
            named = draft.identity.get("agency_bureau", "")
            if not named or not _all_known(named, self.components):
                draft.held = ("agency_bureau", UNKNOWN_COMPONENT)
        if draft.held is None and self.agencies is not None:
            agency = draft.agency
            if agency and key(agency) not in self.agencies:
                draft.held = ("agency", UNKNOWN_AGENCY)

    def _ask_admission(self, draft: _Draft, cells: Cells) -> None:
        if draft.held is not None or self.admit is None:
            return
        name = draft.document["answers"].get("use_case_name", "")
        component, layout = draft.identity.get("agency_bureau"), draft.table.layout.name
        objection = self.admit(Identity(draft.use_case_id, component, draft.agency, name, layout))
        if objection is None:
            return
        if objection.holds_row:
            draft.held = (objection.field, objection.reason)
            return
        for index, value in cells:
            place = draft.table.place(index)
            if place.column is not None and place.column.field == objection.field:
                _flag(draft, place, Flagged(source(value), objection.reason), value)

    def _finish(self, draft: _Draft, cells: Cells) -> Row:
        source_cells = _hold(draft, cells) if draft.held else {}
        flags = sum(1 for issue in draft.issues if issue.flagged)
        return Row(
            number=draft.number,
            use_case_id=draft.use_case_id,
            component=draft.identity.get("agency_bureau"),
            agency=draft.agency,
            document=draft.document,
            cells=len(cells),
            stored=len(cells) - flags,
            flagged=flags,
            issues=tuple(self._with_sheet(draft.table, draft.issues)),
            rejected=draft.held is not None,
            reason=draft.held[1].code if draft.held else "",
            source=source_cells,
            sheet=draft.table.sheet.name,
        )


_NO_USE_CASE = Remark(
    "stray_cell",
    WARNING,
    "The row has neither an ID nor a name: it is no use case. Delete the cell, or complete the row.",
)
_COMPUTED = Remark("formula", ERROR, "A formula or an error stands here. Paste it as a value.")
_HEADER_AGAIN = Remark("repeated_header", WARNING, "The header stands here a second time. Delete the row.")


def _stray(table: Table, cells: Cells) -> Remark | None:
    """Why a row is no use case, if it is none."""
    naming = [(table.place(index), value) for index, value in cells]
    naming = [(place, value) for place, value in naming if place.column and place.column.field in _NAMING]
    if not naming or (len(cells) == 1 and _is_id(naming[0][0]) and use_case_id(source(naming[0][1])) is None):
        return _NO_USE_CASE  # a note below the table stands in its first column
    headers = table.layout.by_header
    repeated = all(headers.get(key(source(value))) is place.column for place, value in naming)
    return _HEADER_AGAIN if repeated else None


def _is_id(place: Place) -> bool:
    return place.column is not None and place.column.field == "id"


def _all_known(named: str, known: frozenset[str]) -> bool:
    parts = components(named)
    return key(named) in known or bool(parts) and all(key(part) in known for part in parts)


def _take(draft: _Draft, place: Place, value: Value) -> None:
    """One cell: into the identity of the row, into its document, or flagged."""
    column = place.column
    name = column.field if column else place.extra
    if not name:
        _flag(draft, place, flagged(value, *_unknown_column(place), severity=WARNING), value)
    elif name in _IDENTITY:
        _take_identity(draft, place, name, value)
    elif place.shifted_to is not None:
        _flag(draft, place, flagged(value, "wrong_column", wrong_column(place.shifted_to)), value)
    elif column is not None:
        reading = interpret(value, column, draft.table.layout)
        if isinstance(reading, Flagged):
            _flag(draft, place, reading, value)
        elif isinstance(reading, Withheld):
            draft.document["withheld"][name] = reading.text
        else:
            _answer(draft, place, reading, value)


def _answer(draft: _Draft, place: Place, reading: Answer, value: Value) -> None:
    if reading.value and place.column:
        draft.document["answers"][place.column.field] = reading.value
    for remark in reading.remarks:
        draft.report(place, value, remark)


def _unknown_column(place: Place) -> tuple[str, str]:
    if place.repeated:
        return "repeated_column", "This column stands twice in the file; the first one was read."
    if place.how == "kept":
        return "unknown_column", "This column asks no question of the layout, somebody said. The text is kept."
    return "unknown_column", "The layout has no such column. The text is kept, but it is no answer."


def _flag(draft: _Draft, place: Place, reading: Flagged, value: Value) -> None:
    name = place.column.field if place.column else f"column: {' '.join(place.header.split())}"
    kept = draft.document["flagged"]
    while name in kept:
        name += " (again)"
    kept[name] = {"text": reading.text, "code": reading.reason.code, "message": reading.reason.message}
    draft.report(place, value, reading.reason, is_flagged=True)


def _take_identity(draft: _Draft, place: Place, name: str, value: Value) -> None:
    """ID, component and agency live on the case and not in its document."""
    text = clean(source(value))
    if isinstance(value, str) and has_controls(value):
        draft.report(place, value, CONTROLS_REMOVED)
    if isinstance(value, Formula | Broken):
        draft.held = draft.held or (name, _COMPUTED)
    elif name == "id" and draft.table.layout.is_withheld(text):
        return
    elif name == "id" and is_placeholder(text):
        message = "An ID of zeros stands in place of one. The row is known by its name."
        _flag(draft, place, flagged(value, "placeholder_id", message, severity=WARNING), value)
    elif name == "id":
        draft.use_case_id = use_case_id(text)
        if draft.use_case_id is None:
            message = "This is no use case ID: letters, digits and hyphens, such as DHS-12."
            draft.held = ("id", Remark("bad_id", ERROR, message))
    elif name == "agency_bureau":
        draft.identity[name] = _as_codes(text, draft.table.layout)
    else:
        draft.identity[name] = text


def _as_codes(named: str, layout: Layout) -> str:
    """Components by their codes where the layout has words of its own for them."""
    codes = layout.component_codes
    if not codes or key(named) in codes:
        return codes.get(key(named), named)
    return ", ".join(codes.get(key(part), part) for part in components(named)) or named


def _hold(draft: _Draft, cells: Cells) -> dict[str, str]:
    """Flag every cell of a row that cannot be imported; its source texts are kept for a person."""
    assert draft.held is not None
    culprit, reason = draft.held
    places = [(draft.table.place(index), value) for index, value in cells]
    names = [place.column.field if place.column else place.extra for place, _ in places]
    draft.issues = [issue for issue in draft.issues if not issue.flagged]
    if culprit not in names:  # an empty component cell: the reason still has to be said
        nowhere = next(
            (place for place in draft.table.places if place.column and place.column.field == culprit),
            Place(culprit, draft.table.layout.by_field.get(culprit), culprit),
        )
        draft.report(nowhere, None, reason)
    waits = Remark("row_held", WARNING, f"Kept, but not imported: {reason.message}")
    for (place, value), name in zip(places, names, strict=True):
        draft.report(place, value, reason if name == culprit else waits, is_flagged=True)
    kept: dict[str, str] = {}
    for place, value in places:
        header = place.header
        while header in kept:
            header += " (again)"
        kept[header] = source(value)
    return kept
