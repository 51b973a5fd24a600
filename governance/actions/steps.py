"""What every act on a case begins and ends with: lock it, ask who may, move it along the table."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import Delegation, Membership, Office, User
from audit.workflow import Refused, Stale, move
from governance.models import ActingSigner, Lane, Review, StageRequest
from governance.permissions.office import Seat, seat
from governance.reads import rounds, verbs
from registry.lifecycle import edge
from registry.models import UseCase


def locked(use_case: UseCase) -> UseCase:
    """The case as it stands, locked until the transaction ends: two people acting at once queue here."""
    rows = UseCase.objects.select_for_update(of=("self",)).select_related("component", "agency", "owner")
    return rows.get(pk=use_case.pk)


def require(verb: str, actor: User, use_case: UseCase) -> str:
    """Refused when the person may not, Stale when somebody has moved the case on; returns for whom they act, if for
    anybody, and holds that place until the transaction ends."""
    if reasons := verbs.role_refusals(verb, actor, use_case):
        raise Refused(*reasons)
    if reasons := verbs.status_refusals(verb, use_case):
        raise Stale(*reasons)
    if reasons := verbs.guard_refusals(verb, actor, use_case):
        raise Refused(*reasons)
    delegation = verbs.acting_for(verb, actor, use_case)
    hold_place(delegation)
    return delegation.whom if delegation else ""


def take_place(actor: User, office: Office, use_case: UseCase, lane: Lane | None = None) -> Seat:
    """As whom the person acts for the office, held until the act is written: ending it waits, or was first."""
    found = seat(actor, office, use_case, lane=lane)
    if found.reasons:
        raise Refused(*found.reasons)
    hold_place(found.by)
    return found


def hold_place(by: Membership | Delegation | ActingSigner | None, gone: str = "") -> None:
    """Lock what lets somebody act for others until the act is written; Refused when it ended in between.

    `gone` says so where it is another one's place than the actor's.
    """
    if by is None or isinstance(by, Membership):
        return
    row = type(by)._default_manager.select_for_update(of=("self",)).get(pk=by.pk)
    if row.state != "running":
        day = f"{row.last_day.day} {row.last_day:%B %Y}"
        raise Refused(gone or f"You acted for {by.whom} until {day}. That has ended; nothing of yours was recorded.")


def take(
    use_case: UseCase,
    verb: str,
    *,
    actor: User,
    act: uuid.UUID,
    blocked: list[str] | None = None,
    reason: str = "",
    data: Mapping[str, Any] | None = None,
    acting_for: str = "",
    **columns: Any,
) -> None:
    """Move the case along the edge `verb` names, and note since when it stands there."""
    move(
        use_case, edge(verb), actor=actor, blocked=blocked or (), reason=reason, data=data, act=act,
        acting_for=acting_for, status_changed_at=timezone.now(), **columns,
    )  # fmt: skip


def the_open_round(use_case: UseCase) -> Review:
    """The running round; a case in review always has one."""
    review = rounds.open_round(use_case)
    if review is None:
        raise Stale("The review round has ended in the meantime. Reload the page to see where the case stands.")
    review.use_case = use_case
    return review


def end_round(review: Review, how: str) -> datetime:
    """Close a round: returned, decided or withdrawn."""
    now = timezone.now()
    if Review.objects.filter(pk=review.pk, ended_at=None).update(ended_at=now, ended_how=how) != 1:
        raise Stale("The review round has ended in the meantime. Reload the page to see where the case stands.")
    review.ended_at, review.ended_how = now, how
    if how == "withdrawn":  # what was asked for ends with the case
        asked = StageRequest.objects.filter(use_case=review.use_case_id, state=StageRequest.State.OPEN)
        asked.update(state=StageRequest.State.OVER, closed_at=now)
    return now
