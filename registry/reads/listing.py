"""The list of use cases as one person asked for it: the same rows, order and columns on the page and in every file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from django.conf import settings
from django.db.models import F, QuerySet
from django.utils import timezone

from registry import columns, filters, handling, list_query, marking
from registry.columns import Column
from registry.list_query import ListQuery
from registry.models import ListDefault, UseCase
from registry.models.use_case import Handling
from registry.permissions import visible_to
from registry.permissions.know import for_reader
from registry.reads import day_in_words
from registry.searching import Found

USUAL = ("use_case_id",)
CHUNK = 500
CASE = "case"  # the first column: always there, sorted by name


@dataclass(frozen=True)
class Chip:
    """A chosen filter in words, and the list without it."""

    heading: str
    words: str
    without: str


@dataclass(frozen=True)
class Heading:
    """A column's head: what it is sorted by now, and the address that sorts by it or turns the order round."""

    code: str
    label: str
    direction: str
    address: str


@dataclass(frozen=True)
class ListFile:
    """The table of a file: ID, name, the columns and the line's own marking."""

    heads: list[str]
    rows: list[list[str]]
    restricted: list[str]  # the IDs of the restricted cases in it
    answers: dict[str, list[str]]  # by ID, the restricted answers that stand open in it


@dataclass(frozen=True)
class Listing:
    """What `user` gets for a question. Nothing is read before it is asked for."""

    user: Any
    query: ListQuery
    columns: list[Column]

    @cached_property
    def found(self) -> Found:
        """The cases that fit, in no order yet."""
        return filters.filtered(visible_to(self.user), self.query.filters, self.user)

    @cached_property
    def rows(self) -> QuerySet[UseCase]:
        """The cases in order, with what the columns need and no more: documents are long."""
        rows = self.found.rows.select_related("component", "owner", "backup_owner").defer("search_vector")
        if not any(column.question for column in self.columns):
            rows = rows.defer("document", "filed_document", "search_vector")
        if any(column.code == "tags" for column in self.columns):
            rows = rows.prefetch_related("tagged__tag")
        return self._sorted(rows)

    def _sorted(self, rows: QuerySet[UseCase]) -> QuerySet[UseCase]:
        by = dict(self._orders).get(self.query.sort.removeprefix("-"))
        if by is None:  # a search without an order has the best first
            return rows if self.query.get("q") else rows.order_by(*USUAL)
        down = self.query.sort.startswith("-")
        ways = [F(name).desc(nulls_last=True) if down else F(name).asc(nulls_last=True) for name in by]
        return rows.order_by(*ways, *USUAL)

    @property
    def _orders(self) -> list[tuple[str, tuple[str, ...]]]:
        own = [(column.code, column.order) for column in columns.fixed(self.user) if column.order]
        return [(CASE, ("name",)), ("name", ("name",)), ("changed", ("status_changed_at",)), *own]

    def cells(self, case: UseCase) -> list[str]:
        """A row's cells behind the case itself."""
        return [columns.cell(case, column, self.user) for column in self.columns]

    def file(self) -> ListFile:
        """Every row of every page as text, and what of it only some may know."""
        made = ListFile(self.heads, [], [], {})
        for case in self._cases():
            open_here = self.restricted_answers(case)
            line = marking.of_line(case, shows_answers=bool(open_here))
            made.rows.append([case.use_case_id, case.title, *self.cells(case), line])
            if open_here:
                made.answers[case.use_case_id] = sorted(open_here)
            if case.handling == Handling.RESTRICTED:
                made.restricted.append(case.use_case_id)
        return made

    def _cases(self) -> Iterator[UseCase]:
        rows = self.rows.iterator(chunk_size=CHUNK)
        while chunk := list(islice(rows, CHUNK)):
            yield from self.readable(chunk)

    def restricted_answers(self, case: UseCase) -> frozenset[str]:
        """The restricted answers a line of this case shows: a cut row (`hidden`) holds markers in their place."""
        fields = {column.question.field for column in self.columns if column.question} & case.restricted - case.hidden
        return handling.present(columns.read_from(case), fields) if fields else frozenset()

    def readable(self, cases: Iterable[UseCase]) -> list[UseCase]:
        """Rows as this person may read them: restricted answers give way to their marker before a column reads them."""
        found = list(cases)
        if any(column.question for column in self.columns):
            for_reader(self.user, *found)
        return found

    @property
    def heads(self) -> list[str]:
        """The heads of a file's table."""
        return ["Use Case ID", "Name", *(column.heading for column in self.columns), marking.COLUMN]

    def headings(self) -> list[Heading]:
        """The heads of the page's table."""
        sortable = dict(self._orders)
        shown = [(CASE, "Case"), *((column.code, column.heading) for column in self.columns)]
        return [self._heading(code, text, code in sortable) for code, text in shown]

    def _heading(self, code: str, text: str, is_sortable: bool) -> Heading:
        if not is_sortable:
            return Heading(code, text, "", "")
        direction = {code: "ascending", f"-{code}": "descending"}.get(self.query.sort, "none")
        turned = ListQuery(self.query.filters, f"-{code}" if direction == "ascending" else code, self.query.cols)
        return Heading(code, text, direction, turned.text())

    def chips(self) -> list[Chip]:
        """The filters that are set."""
        return [
            Chip(filters.HEADINGS[name], filters.chip(name, value, self.user), self.query.text(name))
            for name in filters.names()
            if (value := self.query.get(name))
        ]

    def head(self, number: int) -> list[str]:
        """What stands above a list that leaves the portal: marking, which cases, the day, how many."""
        said = [f"{chip.heading}: {chip.words}" for chip in self.chips()]
        if self.found.instead:
            said.append(f"spelling corrected to {self.found.instead}")
        day = day_in_words(timezone.localdate())
        return [
            str(settings.PORTAL_MARKING),
            f"Use cases on {day}: {number}, as {self.user} may see them",
            "; ".join(said) or "All use cases",
        ]


def listing(user: Any, query: ListQuery) -> Listing:
    """The list for a question; without columns those the person chose for good, or the usual ones."""
    codes: tuple[str, ...] = query.cols
    if not codes:
        kept = ListDefault.objects.filter(person=user).values_list("columns", flat=True).first()
        codes = tuple(filter(None, (kept or "").split(",")))
    return Listing(user, query, columns.named(codes, user))


def of_request(user: Any, given: Any) -> Listing:
    """The list a request's GET or POST asks for."""
    return listing(user, list_query.of_request(given, filters.names()))
