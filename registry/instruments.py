"""Policy as dated data: instruments, their editions and provisions, and which of them holds on a day. Pure.

Policy changes faster than code: two instruments were rescinded within 24 months. So every rule is data with
its instrument, section, effective dates and status, and a judgement names the edition it was made under.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from registry.conditions import Condition


@dataclass(frozen=True, slots=True)
class Provision:
    """One thing an edition asks, forbids or defines.

    `owner`: to whom a finding falls at first; `due_within_days`: how long it may stand, 0 for no day of its own.
    """

    ref: str
    kind: str
    title: str
    section: str
    summary: str
    is_summary_only: bool
    applies_when: Condition
    check: str | None
    params: Mapping[str, Any]
    evidence: str
    remedy: str
    owner: str = "owner"
    due_within_days: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Edition:
    """The text of an instrument from a day on, as the portal reads it.

    `reading` 1 is the first; a later one corrects summaries or checks of the same text, is known since `recorded_on`,
    and says `why`. A text that changed is another edition.
    """

    instrument: str
    key: str
    title: str
    effective_from: date
    is_summary_only: bool
    note: str
    sources: tuple[Source, ...]
    provisions: tuple[Provision, ...]
    sha256: str
    reading: int = 1
    recorded_on: date | None = None
    why: str = ""

    @property
    def day(self) -> str:
        """Its effective date as status entries name it, whichever the reading."""
        return self.effective_from.isoformat()

    def provision(self, ref: str) -> Provision:
        for provision in self.provisions:
            if provision.ref == ref:
                return provision
        raise KeyError(ref)


@dataclass(frozen=True, slots=True)
class StatusEntry:
    edition: str
    status: str
    effective_on: date
    source: str
    recorded_on: date
    note: str
    signed_by: str = ""


@dataclass(frozen=True, slots=True)
class Instrument:
    slug: str
    title: str
    short: str
    issuer: str
    editions: tuple[Edition, ...]
    statuses: tuple[StatusEntry, ...]

    def status_of(self, edition: Edition, day: date, known_on: date | None = None) -> StatusEntry | None:
        """The newest entry in effect on a day; `known_on` leaves out what was recorded later."""
        entries = [
            entry
            for entry in self.statuses
            if entry.edition == edition.day
            and entry.effective_on <= day
            and (known_on is None or entry.recorded_on <= known_on)
        ]
        # sorted() is stable: of two entries for one day the one written later counts
        return sorted(entries, key=lambda entry: entry.effective_on)[-1] if entries else None


def readings(instrument: Instrument, known_on: date | None = None) -> tuple[Edition, ...]:
    """Each edition once, by its newest reading known on a day; the earliest edition first."""
    newest: dict[date, Edition] = {}
    for edition in instrument.editions:  # by effective date and reading
        if edition.recorded_on is None or known_on is None or edition.recorded_on <= known_on:
            newest[edition.effective_from] = edition
    return tuple(newest.values())


class InForce(NamedTuple):
    edition: Edition
    is_advisory: bool


def edition_for(instrument: Instrument, day: date, known_on: date | None = None) -> InForce | None:
    """The edition whose provisions hold on a day: the latest effective one that is in force then.

    Where none is in force but one is disputed, its provisions are advisory. None: nothing applies. Of several
    readings of an edition the newest counts that was known on `known_on`.
    """
    disputed: Edition | None = None
    for edition in reversed(readings(instrument, known_on)):
        entry = instrument.status_of(edition, day, known_on) if edition.effective_from <= day else None
        if entry is not None and entry.status == "in_force":
            return InForce(edition, is_advisory=False)
        if entry is not None and entry.status == "disputed":
            disputed = disputed or edition
    return None if disputed is None else InForce(disputed, is_advisory=True)
