"""What belongs to one case of a chunk, gathered before its snapshot is made."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from governance.compliance.contract import (
    DecisionFact,
    ExtensionFact,
    HoldFact,
    PilotFact,
    Record,
    ReviewFact,
    StopFact,
    WaiverFact,
)  # fmt: skip


class Signed(NamedTuple):
    """The newest signed determination."""

    impact: str
    categories: list[str]


@dataclass
class Dated:
    """What belongs to one case of a chunk."""

    records: list[Record] = field(default_factory=list)
    waivers: list[WaiverFact] = field(default_factory=list)
    extensions: list[ExtensionFact] = field(default_factory=list)
    pilots: list[PilotFact] = field(default_factory=list)
    stops: list[StopFact] = field(default_factory=list)
    holds: list[HoldFact] = field(default_factory=list)
    withholding_reviews: list[ReviewFact] = field(default_factory=list)
    changed_on: date | None = None
    decision: DecisionFact | None = None
    determination: Signed | None = None
    cycle: int | None = None
    is_late: bool = False
