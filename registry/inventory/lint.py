"""What OMB would have to repair in a file before it leaves: the file itself read back, and its text looked through.

OMB, "2025 Agency AI Reporting: standardization of agency submissions" (a summary) lists what was repaired by hand in
the last round: choices in other spellings, answers in a neighbour's column, IDs without shape or twice, blanks in
required cells, dates as prose. A file this portal writes is read with the same reader every other file gets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from registry.inventory.cells import shorten
from registry.inventory.inspection import inspect
from registry.inventory.read import read
from registry.inventory.records import ERROR, NOTICE, WARNING, Issue, Refused
from registry.inventory.schema import Column, Layout
from registry.inventory.write import cell

_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w.-])(?:\+?1[ .-]?)?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?![\w-])")
_GIVEN_BY_THE_PORTAL = frozenset({"same_file", "missing_column", "sheet_not_read"})  # true of every public file


def lint(
    content: bytes,
    name: str,
    rows: Sequence[Mapping[str, Any]],
    layout: Layout,
    *,
    layouts: Mapping[str, Layout],
    audience: str,
    mailbox: str,
    as_of: date,
) -> tuple[Issue, ...]:
    """Everything somebody would have to repair or should look at in a written file, worst first.

    `rows` are the use cases in it, in its order; `content` is the file as CSV or XLSX, empty where it cannot be made.
    """
    columns = [column for column in layout.columns if audience == "omb" or column.public]
    found = list(_read_back(content, name, layouts, as_of)) if content else []
    for number, row in enumerate(rows, start=1):
        found += _texts(row, number, columns, audience, mailbox)
    rank = {ERROR: 0, WARNING: 1, NOTICE: 2}
    return tuple(sorted(found, key=lambda issue: (rank[issue.severity], issue.row or 0)))


def _read_back(content: bytes, name: str, layouts: Mapping[str, Layout], as_of: date) -> Iterator[Issue]:
    try:
        inventory = read(content, name=name, layouts=layouts)
    except Refused as refused:
        if refused.code != "empty":
            yield Issue(None, None, None, refused.code, ERROR, "", refused.message)
        return
    for issue in inspect(inventory, layouts, as_of):
        if issue.code not in _GIVEN_BY_THE_PORTAL:
            yield issue


def _texts(
    row: Mapping[str, Any], number: int, columns: Iterable[Column], audience: str, mailbox: str
) -> Iterator[Issue]:
    answers = row["document"].get("answers", {})
    for column in columns:
        if column.field not in answers:
            continue
        place = _Place(row, number, column)
        if column.kind in ("choice", "multi"):
            yield from _without_label(place, answers[column.field])
            continue
        if audience == "public" and column.kind == "text" and column.field != "contact_email":
            yield from _private(place, str(cell(row, column)), mailbox)


class _Place(NamedTuple):
    """One cell of the file."""

    row: Mapping[str, Any]
    number: int
    column: Column

    def issue(self, code: str, severity: str, value: str, message: str) -> Issue:
        """Something to repair in this cell."""
        header = self.column.header.split("\n")[0]
        return Issue(
            self.number, self.row["id"], header, code, severity, shorten(value), message, field=self.column.field
        )


def _without_label(place: _Place, value: Any) -> Iterator[Issue]:
    codes = value if isinstance(value, list) else [value]
    if unknown := [code for code in codes if code not in place.column.labels]:
        message = "This layout has no words for the answer, so the file cannot be made. Correct the answer first."
        yield place.issue("no_label", ERROR, ", ".join(map(str, unknown)), message)


def _private(place: _Place, text: str, mailbox: str) -> Iterator[Issue]:
    """The public file names an address for inquiries and no person (OMB, 2025 reporting guidance)."""
    addresses = [one for one in _ADDRESS.findall(text) if one.casefold() != mailbox.casefold()]
    for code, found, what in (
        ("private_address", addresses, "An e-mail address"),
        ("private_number", _PHONE.findall(text), "A telephone number"),
    ):
        if found:
            message = f"{what} stands in text the public will read. Take it out of the answer, or withhold the detail."
            yield place.issue(code, WARNING, ", ".join(found), message)
