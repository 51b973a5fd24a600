"""Questionnaire editions as of today: which one is in force, which one a case answers, and what the next one asks."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from registry import asking, questionnaire
from registry.asking import Addition
from registry.models import Revision, UseCase
from registry.questionnaire import Answering, Questionnaire


def today() -> Questionnaire:
    """The edition in force today."""
    return questionnaire.in_force(timezone.localdate())


def of(thing: Answering) -> Questionnaire:
    """The edition a case or revision answers; what came from a file answers the one in force today."""
    return questionnaire.of(thing, timezone.localdate())


def filed(use_case: UseCase) -> Questionnaire:
    """The edition of what counts: the newest filing may be older than what is being written."""
    if use_case.filed_number in (None, use_case.revision_number):
        return of(use_case)
    rows = Revision.objects.filter(use_case=use_case, number=use_case.filed_number).only("edition")
    return of(rows.get())


def counting(revision: Revision) -> dict[str, Any]:
    """The revision's document with the answers that count under its edition: hidden ones decide nothing."""
    document = revision.document
    return {**document, "answers": asking.visible_answers(of(revision), document)}


@dataclass(frozen=True)
class Behind:
    """A case on an older edition: what the one in force asks in addition."""

    mine: Questionnaire
    newest: Questionnaire
    additions: tuple[Addition, ...]

    @property
    def needed(self) -> list[Addition]:
        """What the present stage needs of it."""
        return [one for one in self.additions if one.is_needed]


def is_behind(use_case: UseCase) -> bool:
    """Whether the case answers an older edition than the one in force. An imported case never does."""
    mine = questionnaire.named(use_case.edition)
    return mine is not None and mine.effective_on < today().effective_on


def behind(use_case: UseCase) -> Behind | None:
    """What stands between the case and the edition in force; None when it answers that one."""
    if not is_behind(use_case):
        return None
    mine, newest = of(use_case), today()
    return Behind(mine, newest, asking.additions(mine, newest, use_case.document))
