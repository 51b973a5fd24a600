"""The gates a decided case passes: what it may ask for next, and what stands in the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils import timezone

from accounts.models import Role
from accounts.permissions import standing
from governance import condition_terms
from governance.compliance.practices import LOWERED, positions
from governance.compliance.snapshot import Clocks, as_written
from governance.models import Decision, Reconsideration, Review, StageRequest, Suspension
from governance.reads import conditions, holds
from registry.models import UseCase
from registry.models.use_case import Status

APPROVED = (Status.APPROVED, Status.APPROVED_WITH_CONDITIONS)
STAGES = {"pilot": "Pilot", "deployed": "Deployed"}


def standing_decision(use_case: UseCase) -> Decision | None:
    """The newest decision, which stands while a request is looked at."""
    rows = Decision.objects.filter(use_case=use_case).select_related("revision", "review", "decided_by")
    return rows.order_by("-decided_at", "-id").first()


def covered(decision: Decision | None) -> str:
    """The stage a decision covers; nothing after a no."""
    return "" if decision is None or decision.outcome == Decision.Outcome.REJECTED else decision.covers_stage


def is_covered(use_case: UseCase, decision: Decision | None) -> bool:
    """Whether the reported stage lies within the decision. A reported stage is never refused (design section 3)."""
    stage = covered(decision)
    return bool(stage) and not condition_terms.is_beyond(use_case.stage or "", stage)


def next_stages(use_case: UseCase) -> list[str]:
    """The stages beyond what the decision covers."""
    stage = covered(standing_decision(use_case))
    return [one for one in STAGES if stage and condition_terms.is_beyond(one, stage)]


def open_request(use_case: UseCase) -> StageRequest | None:
    """The request that is being looked at."""
    return StageRequest.objects.filter(use_case=use_case, state=StageRequest.State.OPEN).first()


# -- what stands in the way of a stage --------------------------------------------------------------


def _conditions(use_case: UseCase, stage: str) -> list[str]:
    rows = conditions.blocking(use_case, stage)
    return [f"A condition of {row.source} blocks this stage until it is met and accepted: {row.text}" for row in rows]


def _practices(use_case: UseCase, stage: str) -> list[str]:
    """What a deployed high-impact use owes from its first day, and lacks (M-25-21, appendix section 4(b))."""
    snapshot = as_written(use_case, Clocks(timezone.localdate()))
    owed = positions(replace(snapshot, answers={**snapshot.answers, "development_stage": stage}))
    lacking = [LOWERED[one.practice] for one in owed if one.is_not_met]
    return [f"Practices required at this stage are not met yet: {', '.join(lacking)}."] if lacking else []


def _holds(use_case: UseCase, stage: str) -> list[str]:
    del stage  # a prohibited use is one at every stage
    return holds.blocking_words(use_case)


# Each says in sentences what stands in the way of a case reaching a stage by a request. Areas that stop a use add one.
BLOCKERS: list[Callable[[UseCase, str], list[str]]] = [_conditions, _practices, _holds]


def in_the_way(use_case: UseCase, stage: str) -> list[str]:
    """Why a later stage cannot be asked for now; empty when it can."""
    return [reason for blocker in BLOCKERS for reason in blocker(use_case, stage)]


def stage_refusals(use_case: UseCase, stage: str) -> list[str]:
    """Why this stage is none to ask for."""
    open_to = next_stages(use_case)
    if stage in open_to:
        return in_the_way(use_case, stage)
    if not open_to:
        return ["The decision covers every stage already; there is nothing to ask for."]
    return ["Choose a stage beyond the one the decision covers."]


def given_before(use_case: UseCase) -> list[str]:
    """Why there is no request to take back or to decline."""
    if open_request(use_case):
        return []
    return ["No request for a later stage is being looked at."]


# -- reconsideration --------------------------------------------------------------------------------


def reconsideration_refusals(use_case: UseCase) -> list[str]:
    """Why the rejection cannot be put forward again: once a decision, and a second rejection is final."""
    decision = standing_decision(use_case)
    if decision is None or decision.outcome != Decision.Outcome.REJECTED:
        return ["There is no rejection to look at again."]
    if decision.review.continues_id:
        return ["It was rejected after reconsideration. That is final until the answers are materially new."]
    if Reconsideration.objects.filter(decision=decision).exists():
        return ["This rejection was put forward again already."]
    return []


def reconsidered_by_another(user: Any, review: Review | None) -> list[str]:
    """Nobody who rejected a case decides on it again, and a deputy not where the Chief AI Officer is to."""
    again = Reconsideration.objects.filter(review=review).select_related("decision").first() if review else None
    if again is None:
        return []
    if again.goes_to != Role.CAIO.label:
        return [f"{again.goes_because} Refer it."]
    if again.decision.decided_by_id == user.pk:
        return ["You rejected it, so another decides whether it is reconsidered."]
    return [again.goes_because] if standing(user).has(Role.DEPUTY_CAIO) and not standing(user).has(Role.CAIO) else []


# -- for the case's page ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Panel:
    """What the case's page says of its gates."""

    request: StageRequest | None
    declined: StageRequest | None
    suspension: Suspension | None
    reconsideration: Reconsideration | None
    is_uncovered: bool
    covers: str


def on_case(use_case: UseCase) -> Panel:
    """The open request or the last one declined, the suspension, the reconsideration, and what is covered."""
    decision = standing_decision(use_case)
    requests = StageRequest.objects.filter(use_case=use_case).select_related("requested_by", "closed_by", "rests_on")
    newest = requests.first()
    is_open = newest is not None and newest.state == StageRequest.State.OPEN
    was_declined = newest is not None and newest.state == StageRequest.State.DECLINED
    rows = Suspension.objects.filter(use_case=use_case, ended_at=None).select_related("suspended_by")
    again = Reconsideration.objects.filter(use_case=use_case).select_related("asked_by", "decision", "review").first()
    return Panel(
        request=newest if is_open else None,
        declined=newest if was_declined else None,
        suspension=rows.first(),
        reconsideration=again,
        is_uncovered=use_case.is_running and not is_covered(use_case, decision),
        covers=covered(decision),
    )


def planned_refusals(planned_on: date) -> list[str]:
    """A stage is planned for today or later: what began is reported, not asked for."""
    if planned_on >= timezone.localdate():
        return []
    return ["The planned day has passed. If the stage has begun, report it; asking does not stop that."]
