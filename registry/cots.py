"""Common commercial uses: OMB's fixed list, the bands of users, and how components' answers add up.

OMB, Guidance on 2025 Agency AI Reporting (a summary): common commercial uses of ordinary products are reported
together, a row for each of the fixed uses, whether the agency uses it, which products, and about how many licenses
or users in bands. A high-impact use is never reported here but as a use case of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from registry.inventory.cells import key
from registry.yaml_source import FIXTURES, Node, read

FOLDER = FIXTURES / "inventory" / "cots"


@dataclass(frozen=True)
class Band:
    """A band of users; `high` is None where it has no end."""

    code: str
    label: str
    low: int
    high: int | None

    def holds(self, users: int) -> bool:
        """Whether a number falls into the band."""
        return self.low <= users and (self.high is None or users <= self.high)


@dataclass(frozen=True)
class CommonUse:
    """One fixed row: OMB's letter, our short name, OMB's words."""

    code: str
    short: str
    label: str


@dataclass(frozen=True)
class CotsLayout:
    """The list of a reporting year: its rows, its bands, its headers."""

    name: str
    year: int
    instrument: str
    headers: dict[str, str]
    optional: tuple[str, ...]
    bands: tuple[Band, ...]
    uses: tuple[CommonUse, ...]

    def use(self, code: str) -> CommonUse | None:
        """The use of a letter."""
        return next((one for one in self.uses if one.code == code), None)

    def use_named(self, text: str) -> CommonUse | None:
        """The use a cell of a file names, whatever its blanks and dashes; a letter in front does not count."""
        wanted = key(text)
        return next((u for u in self.uses if wanted in (key(u.label), f"{u.code}) {key(u.label)}")), None)

    def band(self, code: str) -> Band | None:
        """The band of a code."""
        return next((one for one in self.bands if one.code == code), None)

    def band_of(self, users: int) -> Band:
        """The band an estimate falls into; raises ValueError below one user."""
        found = next((one for one in self.bands if one.holds(users)), None)
        if found is None:
            raise ValueError(f"no band holds {users} users")
        return found

    def band_named(self, text: str) -> Band | None:
        """The band a cell names: `10,000-50,000` and `10001 - 50000` are the same one."""
        wanted = _digits(text)
        return next((one for one in self.bands if wanted and wanted in (_digits(one.label), _digits(one.code))), None)


def _digits(text: str) -> str:
    return key(text).replace(" ", "").removesuffix("+")


@lru_cache(maxsize=8)
def load(path: Path) -> CotsLayout:
    """The list a file describes; raises SourceError with file, line and key."""
    node = Node(read(path), path.name)
    node.only({"layout", "year", "instrument", "headers", "optional", "bands", "uses"})
    bands = [
        Band(one.text("code"), one.text("label"), one.number("low"), one.number("high", 0) or None)
        for one in node.nodes("bands")
    ]
    for before, after in zip(bands, bands[1:], strict=False):
        if before.high is None or after.low != before.high + 1:
            raise node.error("bands", f"{after.code} must begin where {before.code} ends")
    uses = tuple(CommonUse(one.text("code"), one.text("short"), one.text("label")) for one in node.nodes("uses"))
    if len({use.code for use in uses}) < len(uses):
        raise node.error("uses", "a letter stands twice")
    return CotsLayout(
        node.text("layout"), node.number("year"), node.text("instrument"), dict(node.tree["headers"]),
        node.texts("optional"), tuple(bands), uses,
    )  # fmt: skip


def layouts() -> list[CotsLayout]:
    """Every year's list, oldest first."""
    return sorted((load(path) for path in FOLDER.glob("*.yaml")), key=lambda one: one.year)


def of_year(year: int) -> CotsLayout:
    """The list in force for a reporting year: its own, else the newest before it, else the first."""
    every = layouts()
    return next((one for one in reversed(every) if one.year <= year), every[0])


# -- adding up --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """One component's number for a use: an estimate, a band somebody else reported, or neither."""

    who: str
    users: int | None = None
    band: Band | None = None


@dataclass(frozen=True)
class Total:
    """What components' numbers come to: from `low` to `high` users (None: no upper end)."""

    low: int
    high: int | None
    unknown: tuple[str, ...]  # who uses it and gave no number
    band: Band | None  # the band all of the range falls into; None: a person settles it

    @property
    def is_exact(self) -> bool:
        """Whether the range is one number."""
        return self.low == self.high and not self.unknown


def total(parts: Iterable[Part], layout: CotsLayout) -> Total:
    """Add components' numbers up. Bands give a range; who gave no number leaves the upper end open."""
    low, high, unknown = 0, 0, []
    has_end = True
    for part in parts:
        lowest, highest = _range(part)
        low += lowest
        high += highest or 0
        has_end = has_end and highest is not None
        if part.users is None and part.band is None:
            unknown.append(part.who)
    top = high if has_end else None
    return Total(low, top, tuple(unknown), _settled(low, top, unknown, layout))


def _range(part: Part) -> tuple[int, int | None]:
    if part.users is not None:
        return part.users, part.users
    return (part.band.low, part.band.high) if part.band else (1, None)


def _settled(low: int, high: int | None, unknown: Sequence[str], layout: CotsLayout) -> Band | None:
    if low < 1 or unknown:
        return None
    band = layout.band_of(low)
    return band if band.high is None or (high is not None and band.holds(high)) else None
