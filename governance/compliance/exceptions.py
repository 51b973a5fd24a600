"""What excuses a practice on a day: a waiver, an extension, a pilot certificate. Pure.

Design section 3: "not met" is not answered or in progress without an active waiver, extension or pilot certificate.
"""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from governance.compliance.contract import Snapshot

ALL = ("testing", "impact_assessment", "monitoring", "training", "human_oversight", "appeals", "consultation")


@dataclass(frozen=True, slots=True)
class Cover:
    """An exception that covers one practice: which kind, its last day, and whether a change puts it in doubt."""

    kind: str  # waiver, extension, pilot
    until: date
    is_doubted: bool = False

    @property
    def words(self) -> str:
        """What a page says beside the level: waiver to 3 April 2027."""
        name = {"pilot": "pilot certificate"}.get(self.kind, self.kind)
        doubt = ", to be looked at again" if self.is_doubted else ""
        return f"{name} to {self.until.day} {self.until:%B %Y}{doubt}"


def cover(snapshot: Snapshot, practice: str) -> Cover | None:
    """The exception in force for a practice on the snapshot's day; the one that lasts longest, a waiver first."""
    found = list(_covers(snapshot, practice))
    waivers = [one for one in found if one.kind == "waiver"]
    return max(waivers or found, key=lambda one: one.until, default=None)


def _covers(snapshot: Snapshot, practice: str) -> Iterator[Cover]:
    """A pilot excuses only what its certificate does not say is applied all the same."""
    day = snapshot.as_of
    for waiver in snapshot.waivers:
        if waiver.practice == practice and waiver.is_active(day):
            yield Cover("waiver", waiver.expires_on, waiver.reassess_since is not None)
    for extension in snapshot.extensions:
        if extension.covers(practice) and extension.is_active(day):
            yield Cover("extension", extension.until)
    for pilot in snapshot.pilots:
        if practice not in pilot.applied and pilot.is_active(day):
            yield Cover("pilot", pilot.ends_on)


def extended_to(snapshot: Snapshot, practice: str) -> list[date]:
    """To which days extensions in force put off when a practice is due."""
    return [one.until for one in snapshot.extensions if one.covers(practice) and one.is_active(snapshot.as_of)]


def covered(snapshot: Snapshot) -> frozenset[str]:
    """The practices an exception covers on the snapshot's day."""
    if not (snapshot.waivers or snapshot.extensions or snapshot.pilots):
        return frozenset()
    return frozenset(practice for practice in ALL if cover(snapshot, practice))


def bare(snapshot: Snapshot) -> Snapshot:
    """The same case as if nothing excused it, so that what an exception hides stays in sight."""
    return dataclasses.replace(snapshot, waivers=(), extensions=(), pilots=())
