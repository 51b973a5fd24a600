"""The judgements: reviews, decisions, the Board, compliance, records, reports and notices."""

from governance.models.board import AgendaItem, Board, Meeting, Vote
from governance.models.compliance import (
    CheckChunk,
    CheckMark,
    CheckResult,
    CheckRun,
    Finding,
    FindingNote,
    NameKey,
)
from governance.models.conditions import Condition, ConditionEscalation
from governance.models.determinations import AiDetermination, Determination, DeterminingOfficial
from governance.models.exceptions import (
    Extension,
    PilotCertificate,
    Waiver,
    WaiverCertification,
    WaiverLook,
    WaiverReport,
    WaiverRequest,
)
from governance.models.gates import (
    Recertification,
    Reconsideration,
    StageRequest,
    Suspension,
    Wave,
    WaveCase,
)
from governance.models.holds import Hold, HoldWord, StopOrder
from governance.models.material import MaterialChange
from governance.models.notices import Digest, How, NoticeChoice, NoticeDispatch
from governance.models.questions import LaneQuestion
from governance.models.records import DatedRecord
from governance.models.reports import Report
from governance.models.reviews import Decision, Lane, Review
from governance.models.seals import Verification
from governance.models.simulations import Simulation
from governance.models.standing_in import ActingSigner, ConflictStatement, Recusal

__all__ = [
    "ActingSigner",
    "AgendaItem",
    "AiDetermination",
    "Board",
    "CheckChunk",
    "CheckMark",
    "CheckResult",
    "CheckRun",
    "Condition",
    "ConditionEscalation",
    "ConflictStatement",
    "DatedRecord",
    "Decision",
    "Determination",
    "DeterminingOfficial",
    "Extension",
    "Finding",
    "FindingNote",
    "NameKey",
    "Hold",
    "HoldWord",
    "Lane",
    "LaneQuestion",
    "Meeting",
    "Digest",
    "How",
    "NoticeChoice",
    "MaterialChange",
    "NoticeDispatch",
    "PilotCertificate",
    "Recertification",
    "Reconsideration",
    "Recusal",
    "Report",
    "Review",
    "Verification",
    "Simulation",
    "StopOrder",
    "StageRequest",
    "Suspension",
    "Vote",
    "Waiver",
    "WaiverCertification",
    "WaiverLook",
    "WaiverReport",
    "WaiverRequest",
    "Wave",
    "WaveCase",
]
