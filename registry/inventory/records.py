"""What reading an inventory file yields: rows, issues, counts, or a refusal of the whole file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ERROR, WARNING, NOTICE = "error", "warning", "notice"


class Refused(Exception):
    """The whole file is refused: nothing of it was taken over. The message says what to do."""

    def __init__(self, code: str, message: str, where: str = "") -> None:
        self.code, self.message, self.where = code, message, where
        super().__init__(f"{where}: {message}" if where else message)


@dataclass(frozen=True, slots=True)
class Issue:
    """Something about the file, a row or a cell that a person should know."""

    row: int | None
    use_case_id: str | None
    column: str | None
    code: str
    severity: str
    value: str
    message: str
    flagged: bool = False  # this issue is the reason why its cell is flagged: one for each flagged cell
    field: str | None = None
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One use case of the file. `document` has the shape every revision has."""

    number: int
    use_case_id: str | None
    component: str | None
    agency: str | None
    document: dict[str, dict[str, Any]]
    cells: int
    stored: int
    flagged: int
    issues: tuple[Issue, ...]
    rejected: bool = False  # not to be imported as it stands; `source` keeps every cell for a person
    reason: str = ""  # the code of the issue that holds a rejected row
    source: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class ColumnFound:
    """A column that was not simply placed by its header: what was made of it, and what it may be."""

    sheet: str
    index: int
    header: str
    field: str  # the field of its question, if one was found
    how: str  # mapped, kept, reworded, exact; blank where nothing is known
    belongs: str  # the field its cells belong to, where the whole column slipped
    samples: tuple[str, ...]
    guesses: tuple[str, ...]
    slipped: bool = False  # all its cells look like answers to another question


@dataclass(frozen=True, slots=True)
class Inventory:
    """A file that was read. `issues` are those of the file itself and of stray rows."""

    layout: str
    sheet: str
    rows: tuple[Row, ...]
    issues: tuple[Issue, ...]
    cells_total: int
    cells_stored: int
    cells_flagged: int
    headers: Mapping[str, str]  # field -> the file's own header
    columns: tuple[ColumnFound, ...] = ()  # those a person may have something to say about

    def all_issues(self) -> tuple[Issue, ...]:
        found = [*self.issues, *(issue for row in self.rows for issue in row.issues)]
        return tuple(sorted(found, key=lambda issue: issue.row or 0))
