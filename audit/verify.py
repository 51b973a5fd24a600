"""Verifying: is the history as it was recorded, and if not, where not?

Walked seal by seal, in checkpoints of some ten thousand events, without a size cap and without a switch to turn it
off. After something that does not fit it goes on from what is stored, so that each place is named and not only the
first. What a verification cannot see by itself is a history rewritten as a whole, all seals included: for that it is
held against seals that were printed on reports.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, QuerySet

from audit.log import CANONICAL, canonical_of
from audit.models import Event, Seal, SealedEvent
from audit.seal import GENESIS

EVENTS_A_CHECKPOINT = 20_000
# How much older than the seal before the one that took it an event may be: an act that ran longer than that
# between recording and committing would be told, too.
LATE = timedelta(hours=1)
MOST_TOLD = 100
_HEAD = ("seal_id", "position", "link", "event__canonical")
_COLUMNS = (*_HEAD, *(f"event__{name}" for name in CANONICAL))
_UUID, _RECORDED = CANONICAL.index("uuid"), CANONICAL.index("recorded_at")


@dataclass
class Verified:
    """The outcome: counts, whether all fits, and every place that does not (at most 100 are told).

    `late` events were recorded, as they say, more than an hour before a seal that should have taken them already:
    an act that took so long, or an event put in and dated back. `unsealed` ones wait for the next seal.
    """

    events: int = 0
    sealed: int = 0
    seals: int = 0
    ok: bool = True
    first_bad: str | None = None
    bad: list[str] = field(default_factory=list)
    late: int = 0
    late_events: list[str] = field(default_factory=list)
    unsealed: int = 0
    unsealed_since: datetime | None = None

    def tell(self, place: str) -> None:
        """Note something that does not fit."""
        self.ok, self.first_bad = False, self.first_bad or place
        if len(self.bad) < MOST_TOLD:
            self.bad.append(place)

    def tell_late(self, place: str) -> None:
        """Note an event that an earlier seal should have taken."""
        self.late += 1
        if len(self.late_events) < MOST_TOLD:
            self.late_events.append(place)


def verify_audit(
    printed: Mapping[int, str] | None = None, *, since: int = 0, progress: Callable[[Verified], None] | None = None
) -> Verified:
    """Walk the chain, from its beginning or after seal `since`, and hold it against seals known from elsewhere.

    `printed` are hashes by number of seal, as they stand on reports. Beginning after a seal takes its hash from
    there, so that one must be among them: ValueError otherwise. `progress` hears of each checkpoint.
    """
    printed = {number: said.strip().lower() for number, said in (printed or {}).items()}
    if since and since not in printed:
        raise ValueError(f"To begin after seal {since}, give its hash as it was printed.")
    found = Verified()
    agreed = _compare_printed(found, printed)
    previous, number, before = printed.get(since, GENESIS), since, None
    if since in agreed:
        before = Seal.objects.get(number=since).sealed_at
    for seals in _checkpoints(since):
        rows = _rows(seals)
        for seal in seals:
            number = _follows(found, seal, previous, number)
            _walk(found, seal, rows.get(seal.pk, ()), before)
            previous, before = seal.sha256, seal.sealed_at
        if progress:
            progress(found)
    _count(found)
    return found


def _compare_printed(found: Verified, printed: Mapping[int, str]) -> set[int]:
    """Tell of each printed seal the log does not have, or has otherwise; returns the numbers that agree."""
    kept = dict(Seal.objects.filter(number__in=printed).values_list("number", "sha256"))
    agreed = {number for number, said in printed.items() if kept.get(number) == said}
    for number in sorted(set(printed) - agreed):
        last = max((one for one in agreed if one < number), default=0)
        since = f"after seal {last}, which agrees" if last else "from the beginning"
        if number not in kept:
            found.tell(f"seal {number} was printed and is gone: what was sealed {since}, may have been removed")
        else:
            found.tell(f"seal {number} is not the one that was printed: what was sealed {since}, was rewritten")
    return agreed


def _checkpoints(since: int) -> Iterator[list[Seal]]:
    """The seals in order, some at a time."""
    some: list[Seal] = []
    events = 0
    for seal in Seal.objects.filter(number__gt=since).order_by("number").iterator():
        some.append(seal)
        events += seal.event_count
        if events >= EVENTS_A_CHECKPOINT:
            yield some
            some, events = [], 0
    if some:
        yield some


def _rows(seals: Sequence[Seal]) -> dict[int, list[tuple[Any, ...]]]:
    """{seal: rows of its events in their order}, of one checkpoint in one query."""
    found: dict[int, list[tuple[Any, ...]]] = {seal.pk: [] for seal in seals}
    wanted: QuerySet[Any, Any] = SealedEvent.objects.filter(seal__in=list(found)).order_by("seal_id", "position")
    for row in wanted.values_list(*_COLUMNS):
        found[row[0]].append(row)
    return found


def _follows(found: Verified, seal: Seal, previous: str, number: int) -> int:
    """Whether a seal comes after the one before it; returns its number."""
    if seal.number != number + 1:
        gone = f"seal {number + 1} is" if seal.number == number + 2 else f"seals {number + 1} to {seal.number - 1} are"
        found.tell(f"{gone} gone")
    elif seal.previous_sha256 != previous:
        found.tell(f"seal {seal.number} does not follow from the one before it")
    return seal.number


def _walk(found: Verified, seal: Seal, rows: Sequence[tuple[Any, ...]], before: datetime | None) -> None:
    """Hold the events of one seal against their links, their places and their stored bytes."""
    link, position = bytes.fromhex(seal.previous_sha256), 0
    late = before - LATE if before else None
    for _, place, sealed, stored, *columns in rows:
        if place != position:
            _gap(found, seal, position, place)
        said, kept, recorded_at = bytes(stored), bytes(sealed), columns[_RECORDED]
        if canonical_of(columns) != said:
            what = _difference(said, columns)
            found.tell(f"{_where(seal, place, columns)} was changed after it was recorded: {what}")
        if place >= seal.event_count:
            found.tell(f"{_where(seal, place, columns)} was put in after the seal was made")
        elif place == position and hashlib.sha256(link + said).digest() != kept:
            found.tell(f"{_where(seal, place, columns)} is not what was sealed there")
        if recorded_at > seal.sealed_at:
            found.tell(f"{_where(seal, place, columns)} is dated after its seal")
        if late and recorded_at < late:
            found.tell_late(_where(seal, place, columns))
        link, position = kept, place + 1
    if position < seal.event_count:
        _gap(found, seal, position, seal.event_count)
    elif position == seal.event_count and link.hex() != seal.sha256:
        found.tell(f"seal {seal.number} does not match its events")
    found.sealed, found.seals = found.sealed + len(rows), found.seals + 1


def _where(seal: Seal, place: int, columns: Sequence[Any]) -> str:
    return f"event {columns[_UUID]} (seal {seal.number}, position {place})"


def _gap(found: Verified, seal: Seal, first: int, end: int) -> None:
    places = f"position {first}" if end == first + 1 else f"positions {first} to {end - 1}"
    found.tell(f"seal {seal.number} has lost what stood at {places}")


def _difference(stored: bytes, columns: Sequence[Any]) -> str:
    """Which parts differ between what was stored for the seal and the columns."""
    try:
        was = json.loads(stored)
    except ValueError:
        return "the bytes kept for the seal cannot be read"
    now = json.loads(canonical_of(columns))
    return ", ".join(sorted(name for name in now if was.get(name) != now[name])) or "the bytes kept for the seal"


def _count(found: Verified) -> None:
    found.events = Event.objects.count()
    waiting = Event.objects.filter(sealed=None).aggregate(count=Count("pk"), since=Min("recorded_at"))
    found.unsealed, found.unsealed_since = waiting["count"], waiting["since"]
