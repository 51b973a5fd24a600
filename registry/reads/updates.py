"""Updates that were asked for: of whom, of which case."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from registry.models import Tag, UpdateRequest, UseCase
from registry.models.use_case import Status
from registry.permissions import visible_to
from registry.permissions.listing import can_answer_update, tag_refusals


def asked_of(user: Any) -> QuerySet[UpdateRequest]:
    """What the person is asked to bring up to date, the first due first."""
    mine = Q(use_case__owner=user) | Q(use_case__backup_owner=user)
    rows = UpdateRequest.objects.filter(mine, closed_at=None, use_case__in=visible_to(user).values("pk"))
    rows = rows.exclude(use_case__status__in=[Status.WITHDRAWN, Status.RETIRED])
    return rows.select_related("use_case__component", "asked_by").defer(
        "use_case__document", "use_case__filed_document", "use_case__search_vector"
    )


@dataclass(frozen=True)
class WorkOnCase:
    """What organises the work on a case: its tags, and an update that was asked for."""

    tags: list[Tag]
    can_tag: bool
    update: UpdateRequest | None
    can_answer: bool
    is_late: bool


def work_on(user: Any, use_case: UseCase) -> WorkOnCase:
    """For the case's own page."""
    tags = list(Tag.objects.filter(tagged__use_case=use_case))
    update = UpdateRequest.objects.filter(use_case=use_case, closed_at=None).select_related("asked_by").first()
    if update:
        update.use_case = use_case
    return WorkOnCase(
        tags=tags,
        can_tag=not tag_refusals(user, use_case),
        update=update,
        can_answer=bool(update and can_answer_update(user, update)),
        is_late=bool(update and update.due_on < timezone.localdate()),
    )
