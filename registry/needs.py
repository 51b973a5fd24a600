"""Which answers and which evidence a case still lacks, for its present stage and for the next one. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

from registry import document as documents
from registry.asking import facts, stage_of
from registry.document import Document
from registry.questionnaire import Question, Questionnaire, Section
from registry.tasklist import NEXT_STAGE


@dataclass(frozen=True, slots=True)
class Need:
    """One answer or one piece of evidence that is missing, and where it is given."""

    kind: Literal["answer", "evidence"]
    section: Section
    question: Question

    @property
    def field(self) -> str:
        """The question's field."""
        return self.question.field


@dataclass(frozen=True, slots=True)
class Needs:
    """What a stage lacks: how many answers it asks for, and the answers and evidence that are missing."""

    stage: str
    asked: int
    missing: tuple[Need, ...]

    @property
    def answers(self) -> tuple[Need, ...]:
        """Missing answers, in the order of the form."""
        return tuple(need for need in self.missing if need.kind == "answer")

    @property
    def evidence(self) -> tuple[Need, ...]:
        """Answers that want a file or link behind them and have none that counts today."""
        return tuple(need for need in self.missing if need.kind == "evidence")


def now(questionnaire: Questionnaire, document: Document, proven: Collection[str]) -> Needs:
    """What the present stage needs; `proven` are the fields with evidence that counts today."""
    return _at(questionnaire, document, proven, stage_of(document), besides=frozenset())


def next_up(questionnaire: Questionnaire, document: Document, proven: Collection[str]) -> Needs | None:
    """What the next stage needs besides; None for a deployed or retired case."""
    stage = NEXT_STAGE.get(stage_of(document))
    if stage is None:
        return None
    already = _wanted(questionnaire, facts(questionnaire, document, stage_of(document)))
    return _at(questionnaire, document, proven, stage, besides=frozenset((n.kind, n.field) for n in already))


def _at(
    questionnaire: Questionnaire,
    document: Document,
    proven: Collection[str],
    stage: str,
    *,
    besides: frozenset[tuple[str, str]],
) -> Needs:
    wanted = _wanted(questionnaire, facts(questionnaire, document, stage))
    wanted = [need for need in wanted if (need.kind, need.field) not in besides]
    there = [
        documents.is_answered(document, need.field) if need.kind == "answer" else need.field in proven
        for need in wanted
    ]
    missing = tuple(need for need, is_there in zip(wanted, there, strict=True) if not is_there)
    return Needs(stage, sum(need.kind == "answer" for need in wanted), missing)


def _wanted(questionnaire: Questionnaire, known: Any) -> list[Need]:
    """Everything one stage wants, in the order of the form, an answer before its evidence."""
    found: list[Need] = []
    for section in questionnaire.sections:
        for question in section.questions:
            if not question.show_if.holds(known):
                continue
            if question.required_when.holds(known):
                found.append(Need("answer", section, question))
            if question.evidence_when is not None and question.evidence_when.holds(known):
                found.append(Need("evidence", section, question))
    return found
