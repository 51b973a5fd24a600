"""What belongs to one case of a chunk, gathered before its snapshot is made."""

from dataclasses import dataclass, field
from typing import NamedTuple

from governance.compliance.contract import DecisionFact, ExtensionFact, PilotFact, Record, StopFact, WaiverFact


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
    decision: DecisionFact | None = None
    determination: Signed | None = None
    cycle: int | None = None
    is_late: bool = False
