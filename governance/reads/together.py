"""Who takes part in a case, and what was said of cases like it, as far as the reader may know of them."""

from dataclasses import dataclass
from typing import Any

from accounts.permissions import standing
from registry.models import SimilarAnswer, UseCase, UseCaseComponent
from registry.permissions import joins_to_answer
from registry.similar import Match, learnable, match_of


@dataclass(frozen=True)
class Said:
    """What the registering person said of one like case."""

    label: str
    why: str
    other: Match


@dataclass(frozen=True)
class Together:
    """Participants, answers about like cases, the reader's own part, and how many requests wait for the reader."""

    parts: list[UseCaseComponent]
    said: list[Said]
    my_part: UseCaseComponent | None
    requests: int


def together(user: Any, use_case: UseCase) -> Together:
    """What stands beside a case; like cases the reader may not learn of are left out without a trace."""
    rows = UseCaseComponent.objects.filter(use_case=use_case, is_owner=False)
    parts = list(rows.select_related("component", "confirmed_by").order_by("component__code"))
    mine = standing(user).components
    return Together(
        parts=parts,
        said=_said(user, use_case),
        my_part=next((part for part in parts if part.component_id in mine), None),
        requests=joins_to_answer(user).filter(use_case=use_case).count(),
    )


def _said(user: Any, use_case: UseCase) -> list[Said]:
    rows = {row.other_id: row for row in SimilarAnswer.objects.filter(use_case=use_case)}
    known = learnable(user).filter(pk__in=rows).select_related("component", "agency")
    labels = {"new": "Another than", "reuse": "Reuses"}
    return [Said(labels[rows[one.pk].answer], rows[one.pk].why, match_of(one)) for one in known.order_by("use_case_id")]
