"""Questions of offices: whom one may be put to, what waits for a person's answer, and a lane's conversation."""

from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.permissions import standing
from governance.models import Lane, LaneQuestion
from registry.models import UseCase
from registry.permissions import is_responsible, visible_to


def to_ask(lane: Lane) -> list[User]:
    """The owner, the backup owner and who submitted the case: those of them who can still sign in and see it."""
    use_case = lane.review.use_case
    named = (use_case.owner, use_case.backup_owner, lane.review.submitted_by)
    found = {person.pk: person for person in named if person and person.is_active}
    return [person for person in found.values() if visible_to(person).filter(pk=use_case.pk).exists()]


def of_lane(lane: Lane) -> list[LaneQuestion]:
    """The lane's conversation: its questions, each with its answer, oldest first."""
    return list(lane.questions.select_related("asked_by", "asked_of", "ended_by").order_by("asked_at", "id"))


def _open() -> QuerySet[LaneQuestion]:
    rows = LaneQuestion.objects.filter(ended_at=None)
    return rows.select_related("asked_by", "asked_of", "lane__office", "lane__review__use_case")


def waiting_for(user: Any) -> list[LaneQuestion]:
    """Open questions this person is asked to answer: put to them, or about a case of theirs."""
    mine = Q(asked_of=user) | Q(lane__review__use_case__owner=user) | Q(lane__review__use_case__backup_owner=user)
    seen = Q(lane__review__use_case__in=visible_to(user).values("pk"))
    rows = _open().filter(mine & seen).order_by("asked_at")
    rows = rows.defer("lane__review__use_case__document", "lane__review__use_case__filed_document")
    return list(rows) if standing(user).roles else []


def on_case(user: Any, use_case: UseCase) -> list[tuple[LaneQuestion, bool]]:
    """The open questions about a case, and whether this person may answer each."""
    may = is_responsible(user, use_case)
    rows = _open().filter(lane__review__use_case=use_case).order_by("asked_at")
    return [(row, may or row.asked_of_id == user.pk) for row in rows]
