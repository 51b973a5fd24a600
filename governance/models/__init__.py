"""The judgements: reviews, decisions, the Board, compliance, records, reports and notices."""

from governance.models.board import AgendaItem, Board, Meeting, Vote
from governance.models.compliance import CheckChunk, CheckMark, CheckResult, CheckRun, Finding, NameKey
from governance.models.conditions import Condition, ConditionEscalation
from governance.models.determinations import AiDetermination, Determination, DeterminingOfficial
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
from governance.models.records import PracticeRecord, Waiver
from governance.models.reports import Report
from governance.models.reviews import Decision, Lane, Review
from governance.models.seals import Verification
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
    "Decision",
    "Determination",
    "DeterminingOfficial",
    "Finding",
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
    "PracticeRecord",
    "Recertification",
    "Reconsideration",
    "Recusal",
    "Report",
    "Review",
    "Verification",
    "StopOrder",
    "StageRequest",
    "Suspension",
    "Vote",
    "Waiver",
    "Wave",
    "WaveCase",
]
