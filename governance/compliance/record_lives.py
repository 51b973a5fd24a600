"""How long each dated record of one case counts, by both clocks: run out, replaced, withdrawn, its file removed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Generic, Protocol, TypeVar

from django.utils import timezone

from governance import record_kinds

SUPERSEDED, WITHDRAWN, REMOVED = "superseded", "withdrawn", "removed"
DAY = timedelta(days=1)


class Lived(Protocol):
    """What of a dated record says how long it counts: an instance, or its columns only."""

    @property
    def pk(self) -> Any: ...
    @property
    def kind(self) -> str: ...
    @property
    def about_id(self) -> int | None: ...
    @property
    def supersedes_id(self) -> int | None: ...
    @property
    def effective_on(self) -> date: ...
    @property
    def expires_on(self) -> date | None: ...
    @property
    def withdrawn_at(self) -> datetime | None: ...
    @property
    def kind_words(self) -> record_kinds.Kind: ...
    @property
    def file_removed_at(self) -> datetime | None: ...


R = TypeVar("R", bound=Lived)


@dataclass(frozen=True, slots=True)
class Life:
    """One record on one day: its last day, what ended it (empty: nothing but time), and the parts it lacks."""

    last_day: date | None
    ended: str
    lacks: tuple[str, ...]

    def counts_on(self, day: date) -> bool:
        """Whether it is in effect; whoever asks has left out what begins later."""
        return self.last_day is None or day <= self.last_day

    def state(self, day: date) -> str:
        """In a word: withdrawn, removed, superseded, expired, incomplete or current."""
        if not self.counts_on(day):
            return self.ended or "expired"
        return "incomplete" if self.lacks else "current"


class Lives(Generic[R]):
    """The records of one case that had begun by `as_of` and were known at `known_at`; `evidence` is joined."""

    def __init__(self, rows: Iterable[R], as_of: date, known_at: datetime | None = None) -> None:
        self.as_of, self.known_at = as_of, known_at
        self.rows = {row.pk: row for row in rows}
        self._lives: dict[int, Life] = {}
        self.parts: dict[int, list[R]] = defaultdict(list)
        for row in self.rows.values():
            if row.about_id:
                self.parts[row.about_id].append(row)

    @cached_property
    def _successors(self) -> dict[int, R]:
        rows = (row for row in self.rows.values() if row.supersedes_id and not self._gone_by_withdrawal(row))
        return {row.supersedes_id: row for row in rows if row.supersedes_id}

    def of(self, row: R) -> Life:
        """The life of one of the records."""
        if row.pk not in self._lives:
            self._lives[row.pk] = self._life(row)
        return self._lives[row.pk]

    def _life(self, row: R) -> Life:
        last, ended = self._without_parts(row)
        kind = row.kind_words
        standing = {name: self._standing(row, name) for name in kind.needs}
        for name, parts in standing.items():
            if not record_kinds.kind_of(name).is_signature or not parts:
                continue
            signed_until = max((self._without_parts(one)[0] or date.max) for one in parts)
            if signed_until < (last or date.max):
                last = signed_until
        return Life(last, ended, tuple(name for name, parts in standing.items() if not parts))

    def _standing(self, row: R, kind: str) -> list[R]:
        """The parts of a kind that stand on the day; one that ran out is kept, its day ends the whole."""
        parts = [one for one in self.parts[row.pk] if one.kind == kind]
        return [one for one in parts if not self._without_parts(one)[1]]

    def _without_parts(self, row: R) -> tuple[date | None, str]:
        """The last day of a record by itself, and what ended it early."""
        ends = [(row.expires_on, "")] if row.expires_on else []
        for moment, how in ((row.withdrawn_at, WITHDRAWN), (row.file_removed_at, REMOVED)):
            if moment and (self.known_at is None or moment <= self.known_at):
                ends.append((timezone.localtime(moment).date() - DAY, how))
        newer = self._successors.get(row.pk)
        begins = self._begins(newer) if newer else None
        if begins:
            ends.append((begins - DAY, SUPERSEDED))
        ends = [(day, how) for day, how in ends if not how or day < self.as_of]  # what ends later did not end it yet
        return min(ends, default=(None, ""), key=lambda one: one[0])

    def _begins(self, row: R) -> date | None:
        """From when a newer record takes the place of the older: once it has its own parts."""
        days = [row.effective_on]
        for name in row.kind_words.needs:
            parts = self._standing(row, name)
            if not parts:
                return None
            days.append(min(one.effective_on for one in parts))
        return max(days)

    def _gone_by_withdrawal(self, row: R) -> bool:
        moment = row.withdrawn_at
        if moment is None or (self.known_at is not None and moment > self.known_at):
            return False
        return timezone.localtime(moment).date() <= self.as_of
