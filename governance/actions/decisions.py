"""The decision on a case, and its determination."""

import uuid

from django.db import transaction
from django.utils import timezone

from accounts.models import Role, User
from accounts.permissions import has_role
from audit.log import record
from audit.workflow import Refused, Stale
from governance import determining
from governance import lifecycle_guards as guards
from governance.actions import stage_requests
from governance.actions.compliance import check_soon
from governance.actions.conditions import Wanted as Conditions
from governance.actions.conditions import set_conditions
from governance.actions.determinations import sign_with
from governance.actions.lanes import close_open_lanes
from governance.actions.steps import end_round, locked, require, take, the_open_round
from governance.determining import Determined
from governance.models import AgendaItem, Decision, Determination, Meeting, Review
from governance.permissions.standing_in import for_the_officer, officer_reach
from governance.reads import conditions as reads_conditions
from governance.reads import determinations, rounds
from governance.reads import holds as reads_holds
from registry.actions.use_cases import let_know
from registry.models import UseCase

__all__ = ["OUTCOMES", "Determined", "conclude", "decide", "refer"]
OUTCOMES = {
    "approve": Decision.Outcome.APPROVED,
    "approve_with_conditions": Decision.Outcome.APPROVED_WITH_CONDITIONS,
    "reject": Decision.Outcome.REJECTED,
}


@transaction.atomic
def decide(
    use_case: UseCase,
    *,
    actor: User,
    outcome: str,
    reason: str,
    determined: Determined | None = None,
    rests_on: str = "",
    conditions: Conditions = (),
    objections_answered: str = "",
) -> Decision | None:
    """Approve, approve with conditions or reject as Chief AI Officer, or as deputy where that is allowed.

    The determination of the impact is signed with it (M-25-21, section 4(a) and appendix section 6). Bound to the
    revision that was reviewed. `rests_on` names the newest determination instead, made on the same revision: then
    nothing is determined anew, and the decision is signed on it. Refused to authors, to reviewers of the round, for
    cases of the officer's own office and while an objection is not answered (design section 4).
    """
    if outcome not in OUTCOMES:
        raise Refused("Choose one of the outcomes.")
    use_case = locked(use_case)
    acting_for = require(outcome, actor, use_case)
    review = the_open_round(use_case)
    act = uuid.uuid4()
    if rests_on:
        _rest(review, rests_on, actor, outcome)
    else:
        _sign(review, determined or Determined(""), outcome, actor=actor, act=act, acting_for=acting_for)
    is_officers = has_role(actor, Role.CAIO) or acting_for
    return conclude(
        review, outcome, actor=actor, act=act, decided_as=str((Role.CAIO if is_officers else Role.DEPUTY_CAIO).label),
        reason=reason, conditions=conditions, objections_answered=objections_answered, acting_for=acting_for,
    )  # fmt: skip


def _sign(review: Review, determined: Determined, verb: str, *, actor: User, act: uuid.UUID, acting_for: str) -> None:
    if blocked := _determination_refusals(review, determined, actor, verb):
        raise Refused(*blocked)
    sign_with(review, determined, actor=actor, act=act, acting_for=acting_for)


def _determination_refusals(review: Review, determined: Determined, actor: User, verb: str) -> list[str]:
    """Sound in itself, and within the reach of who signs it: a deputy's, or of who stands in for the officer."""
    reasons = determining.sound(determined) or _reach(review.use_case, determined.impact, actor, verb)
    return reasons or determining.refusals(determined, determinations.known(review.revision))


def _reach(use_case: UseCase, impact: str, actor: User, verb: str) -> list[str]:
    if has_role(actor, Role.CAIO):
        return []
    if delegation := for_the_officer(actor, verb):
        return officer_reach(delegation, use_case.impact or "", impact)
    return guards.deputy_reach(use_case.impact or "", impact)


def _rest(review: Review, named: str, actor: User, verb: str) -> None:
    """The decision rests on what was determined on the very revision that was reviewed, and on nothing older."""
    row = _on_revision(review)
    if row is None or str(row.uuid) != named:
        raise Stale("The case was determined anew after you opened the page. Look at it first; nothing was decided.")
    if blocked := _reach(review.use_case, row.impact, actor, verb):
        raise Refused(*blocked)


def _on_revision(review: Review) -> Determination | None:
    """The newest determination, if it was made on the revision of the round."""
    row = determinations.newest(review.use_case)
    return row if row and row.revision_id == review.revision_id else None


def conclude(
    review: Review,
    outcome: str,
    *,
    actor: User,
    act: uuid.UUID,
    decided_as: str,
    reason: str,
    conditions: Conditions = (),
    objections_answered: str = "",
    meeting: Meeting | None = None,
    acting_for: str = "",
) -> Decision | None:
    """Write the decision, end the round, set the conditions and move the case.

    A yes is refused while a condition of an earlier one blocks the stage it would cover. A no to a request for a
    later stage is no decision on the case: None.
    """
    use_case = review.use_case
    blocked = _conclusion_refusals(review, outcome, reason, conditions, objections_answered)
    if review.wanted_stage and outcome == "reject":  # a no to the stage; the decision it rests on stands
        stage_requests.decline(review, actor=actor, act=act, blocked=blocked, reason=reason, acting_for=acting_for)
        return None
    decision = Decision.objects.create(
        use_case=use_case, review=review, revision=review.revision, outcome=OUTCOMES[outcome], reason=reason.strip(),
        covers_stage=review.stage, objections_answered=objections_answered.strip(), decided_by=actor,
        decided_for=acting_for, decided_as=decided_as, meeting=meeting, determination=_on_revision(review),
    )  # fmt: skip
    close_open_lanes(review, actor=actor, act=act)  # advice nobody waited for
    end_round(review, "decided")
    data = {"decision": decision.uuid, "decided_as": decided_as, "revision": review.revision.number}
    take(use_case, outcome, actor=actor, act=act, blocked=blocked, reason=reason.strip(), data=data,
         acting_for=acting_for)  # fmt: skip
    if outcome == "approve_with_conditions":
        set_conditions(conditions, decision=decision, review=review, actor=actor, act=act)
    if review.wanted_stage:
        stage_requests.grant(review, actor=actor, acting_for=acting_for)
    check_soon(use_case, actor=actor)
    return decision


def _conclusion_refusals(
    review: Review, outcome: str, reason: str, conditions: Conditions, objections_answered: str
) -> list[str]:
    """What a decision lacks, whoever makes it."""
    blocked = guards.reasons_given(reason, "Give the reason of the decision, in a sentence or two.")
    blocked += guards.objections_answered(rounds.objecting(review), objections_answered)
    if outcome != "reject":
        blocked += reads_conditions.blocking_words(review.use_case, review)
        blocked += reads_holds.blocking_words(review.use_case)
    if outcome == "approve_with_conditions":
        blocked += guards.conditions_given(conditions, timezone.localdate())
    return blocked


@transaction.atomic
def refer(use_case: UseCase, *, actor: User, question: str, determined: Determined | None = None) -> AgendaItem:
    """Put the case on the agenda of the AI Governance Board with the question it is asked.

    The Chief AI Officer signs the determination here, so that the Board knows the impact it decides on; a deputy,
    who may refer what is beyond a deputy's reach, signs one only within it. What was determined on the same revision
    need not be signed again.
    """
    use_case = locked(use_case)
    acting_for = require("refer", actor, use_case)
    review = the_open_round(use_case)
    blocked = guards.reasons_given(question, "Say what the Board is asked to decide.")
    if determined is not None:
        blocked += _determination_refusals(review, determined, actor, "refer")
    elif has_role(actor, Role.CAIO) and _on_revision(review) is None:
        blocked += guards.determination_sound("", (), "")
    act = uuid.uuid4()
    take(use_case, "refer", actor=actor, act=act, blocked=blocked, reason=question.strip(), acting_for=acting_for)
    if determined is not None:
        sign_with(review, determined, actor=actor, act=act, acting_for=acting_for)
    item = AgendaItem.objects.create(use_case=use_case, review=review, question=question.strip(), referred_by=actor)
    let_know(use_case, because="Referred to the Board", is_board=True)
    record("agenda_item.added", item, actor=actor, act=act)
    return item
