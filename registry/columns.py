"""The columns of the list of use cases: a fixed few, and every question of the edition in force.

`cell()` is the one way an answer gets into a list, a download or a mail of one: what a reader may know of a single
answer is decided there and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from registry import asking, diff, editions, questionnaire
from registry.document import Document
from registry.filters import may_filter_handling
from registry.models import UseCase
from registry.questions import Question
from registry.reads import day_in_words, label, worded
from registry.reads.signed import whose_word

# These answers have a column of their own, with the same words in every list.
OWN = {"use_case_name", "development_stage", "is_high_impact", "topic_area", "classification"}


@dataclass(frozen=True)
class Column:
    """One column. `order` is what the database sorts by: an answer has none, its order would tell what it withholds."""

    code: str
    heading: str
    words: Callable[[UseCase, Any], str]
    order: tuple[str, ...] = ()
    question: Question | None = None
    may_see: Callable[[Any], bool] = lambda user: True


def _day(value: Any) -> str:
    return day_in_words(value) if value else ""


def _tags(case: UseCase, user: Any) -> str:
    return ", ".join(one.tag.name for one in case.tagged.all())


def _edition(case: UseCase, user: Any) -> str:
    known = questionnaire.named(case.edition)
    return known.edition if known else ""


_FIXED = (
    Column("component", "Component", lambda case, user: case.component.code, ("component__code", "name")),
    Column("stage", "Stage", lambda case, user: label("stage", case.stage), ("stage",)),
    Column("impact", "Impact", lambda case, user: label("impact", case.impact), ("impact",)),
    Column("impact_basis", "Whose word the impact is", lambda case, user: whose_word(case.impact, case.signed_impact),
           ("signed_impact",)),
    Column("status", "Status", lambda case, user: case.get_status_display(), ("status",)),
    Column("owner", "Owner", lambda case, user: str(case.owner or ""), ("owner__name",)),
    Column("backup_owner", "Backup owner", lambda case, user: str(case.backup_owner or ""), ("backup_owner__name",)),
    Column("topic_area", "Topic", lambda case, user: label("topic_area", case.topic_area), ("topic_area",)),
    Column("classification", "Kind of AI", lambda case, user: label("classification", case.classification),
           ("classification",)),
    Column("tags", "Tags", _tags),
    Column("status_since", "Status since", lambda case, user: _day(case.status_changed_at), ("status_changed_at",)),
    Column("filed_on", "Filed for", lambda case, user: _day(case.filed_effective_on), ("filed_effective_on",)),
    Column("revision", "Revision", lambda case, user: str(case.revision_number), ("revision_number",)),
    Column("edition", "Questionnaire", _edition, ("edition",)),
    Column("handling", "Handling", lambda case, user: case.get_handling_display(), ("handling",),
           may_see=may_filter_handling),
)  # fmt: skip
DEFAULT = ("component", "stage", "impact", "status", "owner")


def fixed(user: Any) -> list[Column]:
    """The columns about the case itself that this person may see."""
    return [column for column in _FIXED if column.may_see(user)]


def answers() -> list[tuple[str, list[Column]]]:
    """The questions of the edition in force as columns, by section."""
    return [
        (section.title, found)
        for section in editions.today().sections
        if (found := [_answer(question) for question in section.questions if question.field not in OWN])
    ]


def _answer(question: Question) -> Column:
    def words(case: UseCase, user: Any) -> str:
        return _worded(case, question)

    return Column(question.field, question.title, words, question=question)


def named(codes: Iterable[str], user: Any) -> list[Column]:
    """The columns of these codes this person may see, in the order of the choices; without any the usual ones."""
    wanted = set(codes)
    every = [*fixed(user), *(column for _, columns in answers() for column in columns)]
    return [column for column in every if column.code in wanted] or [c for c in every if c.code in DEFAULT]


def cell(case: UseCase, column: Column, user: Any) -> str:
    """What a list shows this person of a case in one column.

    An answer is read from the filed document, before the first filing from the draft, and only where its question is
    asked of the case. A withheld answer shows its marker only (OMB 2025 reporting guidance, withholding).
    """
    return column.words(case, user)


def read_from(case: UseCase) -> Document:
    """The document a list reads answers from: the filed one, before the first filing the draft."""
    return case.document if case.filed_document is None else case.filed_document


def _worded(case: UseCase, question: Question) -> str:
    given = read_from(case)
    side = diff.side(given, question.field)
    form = questionnaire.of(case, timezone.localdate())
    if side.state == "answered" and question.field not in asking.visible_answers(form, given):
        return ""
    return worded(side, question)
