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

from registry import columns, filters, list_query, marking
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

    def table(self) -> Iterator[list[str]]:
        """Every row of every page as text: ID, name, the columns, and the line's own marking."""
        rows = self.rows.iterator(chunk_size=CHUNK)
        while chunk := list(islice(rows, CHUNK)):
            for case in self.readable(chunk):
                yield [case.use_case_id, case.title, *self.cells(case), self._marking(case)]

    def readable(self, cases: Iterable[UseCase]) -> list[UseCase]:
        """Rows as this person may read them: restricted answers give way to their marker before a column reads them."""
        found = list(cases)
        if any(column.question for column in self.columns):
            for_reader(self.user, *found)
        return found

    @property
    def heads(self) -> list[str]:
        """The heads of `table()`."""
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

    def _marking(self, case: UseCase) -> str:
        """A cut line (`hidden`) carries no restricted answer any more, only its marker."""
        fields = {column.question.field for column in self.columns if column.question}
        return marking.of_line(case, shows_answers=bool(fields & case.restricted - case.hidden))

    def restricted(self) -> list[str]:
        """The IDs of the rows that are restricted cases."""
        rows = self.found.rows.order_by("use_case_id").filter(handling=Handling.RESTRICTED)
        return list(rows.values_list("use_case_id", flat=True))


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
