"""Whole columns whose cells answer another question: a header too many, and all that follow stand beside theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from registry.inventory.answers import Flagged, interpret
from registry.inventory.cells import Value, is_blank, key
from registry.inventory.placing import Place
from registry.inventory.schema import Column, Layout

SAMPLE = 1_000  # rows that are looked at
OFFSETS = (1, -1, 2, -2)
FITS, MISFITS = 0.8, 0.2  # shares of a column's cells
FEWEST = 2  # cells a column must have to say anything
_CLOSED = ("choice", "multi", "date", "month")
Verdict = Literal["moved", "misfit", "both", "silent", "stays"]
Samples = Mapping[int, Sequence[Value]]


@dataclass(frozen=True, slots=True)
class Shift:
    """Columns `first` to `last` of a file hold what belongs `by` columns to the left (negative: to the right)."""

    first: int
    last: int
    by: int


def sampled(rows: Sequence[tuple[int, tuple[Value, ...]]]) -> dict[int, list[Value]]:
    """The cells of each column that hold something."""
    found: dict[int, list[Value]] = {}
    for _, values in rows:
        for index, value in enumerate(values):
            if not is_blank(value):
                found.setdefault(index, []).append(value)
    return found


def find(samples: Samples, places: Sequence[Place], layout: Layout) -> tuple[Shift, ...]:
    """The runs of columns that make sense only when each is moved by the same number of places."""
    shares = _Shares(samples, layout)
    for by in OFFSETS:
        verdicts = [_verdict(index, by, places, shares) for index in range(len(places))]
        if found := _runs(verdicts, by, places):
            return tuple(_with_edge(one, verdicts, shares) for one in found)
    return ()


class _Shares:
    """What part of a column's cells a question understands, worked out once for each pair."""

    def __init__(self, samples: Samples, layout: Layout) -> None:
        self._samples, self._layout = samples, layout
        self._known: dict[tuple[int, str], float] = {}

    def count(self, index: int) -> int:
        return len(self._samples.get(index, ()))

    def of(self, index: int, column: Column) -> float:
        known = self._known.get((index, column.field))
        if known is None:
            values = self._samples[index]
            good = sum(not isinstance(interpret(value, column, self._layout), Flagged) for value in values)
            known = self._known[index, column.field] = good / len(values)
        return known


def _verdict(index: int, by: int, places: Sequence[Place], shares: _Shares) -> Verdict:
    """Whether the cells of a column belong `by` to the left: surely, perhaps, or not."""
    if not shares.count(index):
        return "silent"
    own, target = _question(index, places), _question(index - by, places)
    if own is None or target is None or places[index].how == "mapped":
        return "stays"
    own_share = shares.of(index, own) if own.kind in _CLOSED else None
    if target.kind not in _CLOSED:
        return "silent" if own_share is None else "misfit" if own_share <= MISFITS else "stays"
    if shares.of(index, target) < FITS:
        return "stays"
    if own_share is None or own_share <= MISFITS:
        return "moved" if shares.count(index) >= FEWEST else "silent"
    return "both" if own_share >= FITS else "stays"


def _question(index: int, places: Sequence[Place]) -> Column | None:
    return places[index].column if 0 <= index < len(places) else None


def _runs(verdicts: Sequence[Verdict], by: int, places: Sequence[Place]) -> list[Shift]:
    """Neighbouring columns that move together; two of them at least must say so, one of them surely."""
    found = []
    start = 0
    for end in range(len(verdicts) + 1):
        if end < len(verdicts) and verdicts[end] != "stays":
            continue
        run = [index for index in range(start, end) if verdicts[index] in ("moved", "misfit")]
        said = [verdicts[index] for index in run]
        if len(run) >= 2 and "moved" in said:
            last = run[-1]
            if _is_headed_again(last + 1, end, by, places):
                last += 1
            found.append(Shift(run[0], last, by))
        start = end + 1
    return found


def _with_edge(shift: Shift, verdicts: Sequence[Verdict], shares: _Shares) -> Shift:
    """With the neighbours that fit both ways, where the column they would move to stands empty: it is theirs."""
    step = -1 if shift.by > 0 else 1
    index = shift.first if step < 0 else shift.last
    while 0 <= index + step < len(verdicts) and verdicts[index + step] == "both":
        index += step
        if not shares.count(index - shift.by):
            return replace(shift, first=index) if step < 0 else replace(shift, last=index)
    return shift


def _is_headed_again(index: int, end: int, by: int, places: Sequence[Place]) -> bool:
    """A header that stands twice fits both ways: it is the header too many that moved the others."""
    return index < end and key(places[index].header) == key(places[index - by].header)
