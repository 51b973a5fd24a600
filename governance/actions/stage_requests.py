"""A decided case asks to be piloted or deployed: the request, its taking back, and what becomes of it.

It is answered by a round like any other, whose decision covers the wanted stage. A no leaves the decision before it
standing; a reported stage is never refused (design section 3).
"""

import uuid
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.workflow import Refused, Stale
from governance import lifecycle_guards as guards
from governance.actions.compliance import check_soon
from governance.actions.lanes import close_open_lanes
from governance.actions.steps import end_round, locked, require, take
from governance.actions.use_cases import open_round
from governance.models import Review, StageRequest
from governance.reads import gates, rounds, verbs
from registry.models import UseCase
from registry.reads import day_in_words

State = StageRequest.State


@transaction.atomic
def request_stage(
    use_case: UseCase, *, actor: User, stage: str, reason: str, planned_on: date, opened_on: int
) -> StageRequest:
    """Ask to go on to a stage the decision does not cover; files the newest revision and opens a round bound to it.

    `opened_on` is the revision number the person saw. Refused while a condition blocks the stage or a practice it
    owes from its first day is not met (M-25-21, appendix section 4(b)).
    """
    use_case = locked(use_case)
    verb = verbs.request_verb(use_case)
    require(verb, actor, use_case)
    if use_case.revision_number != opened_on:
        raise Stale("The answers were changed after you looked. Look at them once more; nothing was sent.")
    blocked = guards.reasons_given(reason, "Say why it should go on to this stage, in a sentence or two.")
    blocked += gates.stage_refusals(use_case, stage) + gates.planned_refusals(planned_on)
    decision = gates.standing_decision(use_case)
    if blocked or decision is None:
        raise Refused(*blocked)
    asked = StageRequest.objects.create(
        use_case=use_case, rests_on=decision, stage=stage, reason=reason.strip(),
        planned_on=planned_on, status_before=use_case.status, requested_by=actor,
    )  # fmt: skip
    statement = f"Asks to {asked.stage_words}, planned for {day_in_words(planned_on)}. {reason.strip()}"
    open_round(
        use_case, verb, actor=actor, statement=statement, why=f"asked to {asked.stage_words}", wanted_stage=stage,
        reason=reason.strip(),
    )  # fmt: skip
    return asked


@transaction.atomic
def take_request_back(use_case: UseCase, *, actor: User, reason: str) -> None:
    """End the request and its round; the case has the status the decision before it gave, and no other."""
    use_case = locked(use_case)
    verb = verbs.before_verb("take_request_back", use_case)
    require(verb, actor, use_case)
    act = uuid.uuid4()
    review = rounds.open_round(use_case)
    if review:  # sent back, it has none
        review.use_case = use_case
        close_open_lanes(review, actor=actor, act=act)
        end_round(review, "taken back")
    _close(use_case, State.TAKEN_BACK, actor, reason)
    take(use_case, verb, actor=actor, act=act, blocked=guards.reasons_given(reason), reason=reason.strip())
    check_soon(use_case, actor=actor)


def decline(
    review: Review, *, actor: User, act: uuid.UUID, blocked: list[str], reason: str, acting_for: str = ""
) -> None:
    """A no to the wanted stage, by whoever decides the round: the decision before it stands as it was."""
    use_case = review.use_case
    if blocked:
        raise Refused(*blocked)
    close_open_lanes(review, actor=actor, act=act)
    end_round(review, "declined")
    verb = verbs.before_verb("decline_stage", use_case)
    _close(use_case, State.DECLINED, actor, reason, acting_for)
    data = {"stage": review.wanted_stage, "revision": review.revision.number}
    take(use_case, verb, actor=actor, act=act, reason=reason.strip(), data=data, acting_for=acting_for)
    check_soon(use_case, actor=actor)


def grant(review: Review, *, actor: User, acting_for: str = "") -> None:
    """The decision of the round covers the wanted stage: the request has its answer."""
    _close(review.use_case, State.GRANTED, actor, "", acting_for)


def _close(use_case: UseCase, state: Any, actor: User, reason: str, acting_for: str = "") -> None:
    rows = StageRequest.objects.filter(use_case=use_case, state=State.OPEN)
    columns = {"closed_by": actor, "closed_for": acting_for, "closed_because": reason.strip()}
    if rows.update(state=state, closed_at=timezone.now(), **columns) != 1:
        raise Stale("The request was answered in the meantime. Reload the page to see where the case stands.")
