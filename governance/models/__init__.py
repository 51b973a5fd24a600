"""The judgements: reviews, decisions, the Board, compliance, records, reports and notices."""

from governance.models.board import AgendaItem, Board, Meeting, Vote
from governance.models.compliance import CheckResult, CheckRun, Finding
from governance.models.material import MaterialChange
from governance.models.notices import NoticeDispatch
from governance.models.questions import LaneQuestion
from governance.models.records import PracticeRecord, Waiver
from governance.models.reports import Report
from governance.models.reviews import Condition, Decision, Determination, Lane, Review

__all__ = [
    "AgendaItem",
    "Board",
    "CheckResult",
    "CheckRun",
    "Condition",
    "Decision",
    "Determination",
    "Finding",
    "Lane",
    "LaneQuestion",
    "Meeting",
    "MaterialChange",
    "NoticeDispatch",
    "PracticeRecord",
    "Report",
    "Review",
    "Vote",
    "Waiver",
]
