"""What a use case still needs: the task list, and what stands in the way of submitting.

The gates are OMB's stage x impact rules (Guidance on 2025 Agency AI Reporting, section 5) as the
questionnaire holds them; they are judged anew on every call, so a changed stage or impact changes the list
at once. A question that is hidden does not count, whatever was answered to it before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from registry import document as documents
from registry.asking import asked, facts, stage_of, visible_answers
from registry.conditions import Clause
from registry.document import Document
from registry.questions import Question, Questionnaire, Section

Status = Literal["cannot_start", "not_started", "in_progress", "completed"]
Group = Literal["now", "next", "later", "optional"]

NEXT_STAGE = {"pre_deployment": "pilot", "pilot": "deployed"}


class Missing(NamedTuple):
    section: str
    field: str
    label: str
    why: str


@dataclass(frozen=True, slots=True)
class Need:
    """How many answers a section needs at one point, and how many of them are there."""

    needed: int
    answered: int

    @property
    def left(self) -> int:
        return self.needed - self.answered


@dataclass(frozen=True, slots=True)
class SectionState:
    section: Section
    group: Group
    status: Status
    now: Need
    next: Need
    later: Need
    given: int
    waiting_for_correction: int

    @property
    def slug(self) -> str:
        return self.section.slug

    @property
    def next_status(self) -> Status:
        """How far the section is with what only the next stage asks."""
        if not self.next.left:
            return "completed"
        return "in_progress" if self.next.answered else "not_started"


@dataclass(frozen=True, slots=True)
class TaskList:
    stage: str
    next_stage: str | None
    sections: tuple[SectionState, ...]
    missing: tuple[Missing, ...]

    def group(self, name: Group) -> tuple[SectionState, ...]:
        return tuple(state for state in self.sections if state.group == name)

    @property
    def now_sections(self) -> tuple[SectionState, ...]:
        """What the present stage asks for."""
        return self.group("now")

    @property
    def next_sections(self) -> tuple[SectionState, ...]:
        """What the next stage will ask for in addition, also in sections the present one asks for."""
        return tuple(state for state in self.sections if state.next.needed)

    @property
    def later_sections(self) -> tuple[SectionState, ...]:
        """What opens by an answer, or is asked only once the case is deployed and high-impact."""
        return self.group("later")

    @property
    def optional_sections(self) -> tuple[SectionState, ...]:
        """What nobody asks for at this stage."""
        return self.group("optional")

    @property
    def now(self) -> Need:
        return _sum(state.now for state in self.sections)

    @property
    def next(self) -> Need:
        return _sum(state.next for state in self.sections)

    @property
    def is_ready(self) -> bool:
        """Whether the check-and-submit step is open."""
        return not self.missing

    @property
    def continue_with(self) -> SectionState | None:
        """The next section that needs the person, in the order of the form."""
        return next((state for state in self.group("now") if state.status != "completed"), None)


def build(questionnaire: Questionnaire, document: Document) -> TaskList:
    """The task list of a document."""
    stage = stage_of(document)
    next_stage = NEXT_STAGE.get(stage)
    scenes = _scenes(questionnaire, document, stage, next_stage)
    visible = asked(questionnaire, document)
    return TaskList(
        stage=stage,
        next_stage=next_stage,
        sections=tuple(_section_state(section, document, scenes, visible) for section in questionnaire.sections),
        missing=tuple(missing(questionnaire, document)),
    )


def missing(questionnaire: Questionnaire, document: Document) -> list[Missing]:
    """What must still be answered before the case may be submitted, in the order of the form."""
    known = facts(questionnaire, document)
    return [
        Missing(section.slug, question.field, question.label, _why(questionnaire, question, document, known))
        for section in questionnaire.sections
        for question in section.questions
        if _required(question, known) and not documents.is_answered(document, question.field)
    ]


def required(questionnaire: Questionnaire, some: Iterable[Question], document: Document) -> set[str]:
    """Which of some questions the case's stage requires, answered or not."""
    known = facts(questionnaire, document)
    return {question.field for question in some if _required(question, known)}


def unanswered(questionnaire: Questionnaire, some: Iterable[Question], document: Document) -> list[Question]:
    """Which of some questions the case's stage requires and nobody has answered."""
    known = facts(questionnaire, document)
    left = (question for question in some if not documents.is_answered(document, question.field))
    return [question for question in left if _required(question, known)]


# -- the facts at three points in time --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Scenes:
    now: Mapping[str, Any]
    next: Mapping[str, Any] | None
    later: Mapping[str, Any] | None


def _scenes(questionnaire: Questionnaire, document: Document, stage: str, next_stage: str | None) -> _Scenes:
    """Now, at the next stage, and if the case were deployed and high-impact."""
    now = facts(questionnaire, document, stage)
    if stage == "retired":
        return _Scenes(now, None, None)
    later = questionnaire.counted(
        {**documents.answers(document), "development_stage": "deployed", "is_high_impact": "high_impact"}
    )
    upcoming = None if next_stage is None else facts(questionnaire, document, next_stage)
    return _Scenes(now, upcoming, later)


# -- one section ------------------------------------------------------------------------------------


def _section_state(section: Section, document: Document, scenes: _Scenes, shown: frozenset[str]) -> SectionState:
    now = _need(section, document, scenes.now)
    upcoming = _need(section, document, scenes.next, already=scenes.now)
    later = _need(section, document, scenes.later)
    visible = [question.field for question in section.questions if question.field in shown]
    is_later = scenes.later is not None and (later.needed or not visible)
    group: Group = "now" if now.needed else "next" if upcoming.needed else "later" if is_later else "optional"
    given = sum(documents.is_answered(document, field) for field in visible)
    flagged = sum(documents.state(document, field) == "flagged" for field in visible)
    counted = {"now": now, "next": upcoming, "later": later, "optional": Need(0, 0)}[group]
    status = _status(bool(visible), given, flagged, counted)
    return SectionState(section, group, status, now, upcoming, later, given, flagged)


def _status(is_visible: bool, given: int, flagged: int, counted: Need) -> Status:
    if not is_visible:
        return "cannot_start"
    if not given and not flagged:
        return "not_started"
    return "in_progress" if counted.left or flagged else "completed"


def _need(
    section: Section,
    document: Document,
    known: Mapping[str, Any] | None,
    already: Mapping[str, Any] | None = None,
) -> Need:
    if known is None:
        return Need(0, 0)
    needed = [
        question
        for question in section.questions
        if _required(question, known) and not (already is not None and _required(question, already))
    ]
    answered = sum(documents.is_answered(document, question.field) for question in needed)
    return Need(len(needed), answered)


def _required(question: Question, known: Mapping[str, Any]) -> bool:
    return question.show_if.holds(known) and question.required_when.holds(known)


def _sum(needs: Any) -> Need:
    listed = list(needs)
    return Need(sum(need.needed for need in listed), sum(need.answered for need in listed))


# -- why an answer is asked -------------------------------------------------------------------------


def _why(questionnaire: Questionnaire, question: Question, document: Document, known: Mapping[str, Any]) -> str:
    if documents.state(document, question.field) == "flagged":
        message = documents.flagged(document)[question.field].get("message", "")
        return f"Waiting for correction: {message}" if message else "Waiting for correction"
    clauses = [clause for clause in question.required_when.matched(known) if not clause.negated]
    reasons = list(dict.fromkeys(_reason(questionnaire, clause, known) for clause in clauses))
    return f"Asked because {' and '.join(reasons)}" if reasons else "Asked of every use case"


def _reason(questionnaire: Questionnaire, clause: Clause, known: Mapping[str, Any]) -> str:
    cause = questionnaire.by_field[clause.field]
    if clause.operator == "known":
        return f"{cause.short} is answered"
    if cause.type == "date":
        return f"{cause.short} is {known.get(clause.field)}"
    return f"{cause.short} is {cause.words(known.get(clause.field)).lower()}"


__all__ = [
    "Missing", "Need", "SectionState", "TaskList", "build", "missing", "required", "unanswered", "visible_answers",
]  # fmt: skip
