"""What belongs to one case of a chunk, gathered before its snapshot is made."""

from dataclasses import dataclass, field

from governance.compliance.contract import DecisionFact, Record, WaiverFact
from governance.models import Determination


@dataclass
class Dated:
    """What belongs to one case of a chunk."""

    records: list[Record] = field(default_factory=list)
    waivers: list[WaiverFact] = field(default_factory=list)
    decision: DecisionFact | None = None
    determination: Determination | None = None
    cycle: int | None = None
    is_late: bool = False
