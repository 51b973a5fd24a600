"""The decision on a case, its determination, and the conditions it rests on."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Role, User
from accounts.permissions import has_role
from audit.log import record
from audit.workflow import Refused, Stale
from governance import lifecycle_guards as guards
from governance import permissions
from governance.actions.compliance import check_soon
from governance.actions.lanes import close_open_lanes, set_conditions
from governance.actions.steps import end_round, locked, require, take, the_open_round
from governance.models import AgendaItem, Condition, Decision, Determination, Meeting, Review
from governance.reads import rounds
from registry import classify, editions
from registry.actions.use_cases import let_know
from registry.models import UseCase

OUTCOMES = {
    "approve": Decision.Outcome.APPROVED,
    "approve_with_conditions": Decision.Outcome.APPROVED_WITH_CONDITIONS,
    "reject": Decision.Outcome.REJECTED,
}
Conditions = Sequence[tuple[str, date]]


@dataclass(frozen=True)
class Determined:
    """What an official determines about the impact (M-25-21, section 4(a))."""

    impact: str
    categories: tuple[str, ...] = ()
    justification: str = ""


@transaction.atomic
def decide(
    use_case: UseCase,
    *,
    actor: User,
    outcome: str,
    reason: str,
    determined: Determined,
    conditions: Conditions = (),
    objections_answered: str = "",
) -> Decision:
    """Approve, approve with conditions or reject as Chief AI Officer, or as deputy where that is allowed.

    The determination of the impact is signed with it (M-25-21, section 4(a) and appendix section 6). Bound to the
    revision that was reviewed. Refused to authors, to reviewers of the round, for cases of the officer's own
    office and while an objection is not answered (design section 4).
    """
    if outcome not in OUTCOMES:
        raise Refused("Choose one of the outcomes.")
    use_case = locked(use_case)
    require(outcome, actor, use_case)
    review = the_open_round(use_case)
    is_caio = has_role(actor, Role.CAIO)
    blocked = _determination_refusals(use_case, determined, is_caio)
    if blocked:
        raise Refused(*blocked)
    act = uuid.uuid4()
    sign_determination(review, determined, actor=actor, act=act)
    return conclude(
        review, outcome, actor=actor, act=act, decided_as=str((Role.CAIO if is_caio else Role.DEPUTY_CAIO).label),
        reason=reason, conditions=conditions, objections_answered=objections_answered,
    )  # fmt: skip


def _determination_refusals(use_case: UseCase, determined: Determined, is_caio: bool) -> list[str]:
    reasons = guards.determination_sound(determined.impact, determined.categories, determined.justification)
    return reasons or ([] if is_caio else guards.deputy_reach(use_case.impact or "", determined.impact))


def sign_determination(review: Review, determined: Determined, *, actor: User, act: uuid.UUID) -> Determination:
    """Write the signed answer on the impact, beside what the rules suggested then: rules suggest, people determine."""
    suggestion = classify.suggest(editions.counting(review.revision), classify.in_force(timezone.localdate()))
    row = Determination.objects.create(
        use_case=review.use_case,
        revision=review.revision,
        impact=determined.impact,
        categories=sorted(determined.categories),
        suggested={
            "impact": suggestion.impact,
            "categories": list(suggestion.categories),
            "reasons": [reason.because for reason in suggestion.reasons],
        },
        justification=determined.justification.strip(),
        signed_by=actor,
    )
    data = {"impact": row.impact, "categories": row.categories, "revision": review.revision.number}
    record("determination.signed", review.use_case, actor=actor, act=act, reason=row.justification, data=data)
    return row


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
) -> Decision:
    """Write the decision, end the round, set the conditions and move the case."""
    use_case = review.use_case
    blocked = guards.reasons_given(reason, "Give the reason of the decision, in a sentence or two.")
    blocked += guards.objections_answered(rounds.objecting(review), objections_answered)
    if outcome == "approve_with_conditions":
        blocked += guards.conditions_given(conditions, timezone.localdate())
    decision = Decision.objects.create(
        use_case=use_case,
        review=review,
        revision=review.revision,
        outcome=OUTCOMES[outcome],
        reason=reason.strip(),
        covers_stage=review.revision.document.get("answers", {}).get("development_stage") or "",
        objections_answered=objections_answered.strip(),
        decided_by=actor,
        decided_as=decided_as,
        meeting=meeting,
    )
    close_open_lanes(review, actor=actor, act=act)  # advice nobody waited for
    end_round(review, "decided")
    data = {"decision": decision.uuid, "decided_as": decided_as, "revision": review.revision.number}
    take(use_case, outcome, actor=actor, act=act, blocked=blocked, reason=reason.strip(), data=data)
    if outcome == "approve_with_conditions":
        set_conditions(conditions, decision=decision, review=review, actor=actor, act=act)
    check_soon(use_case, actor=actor)
    return decision


@transaction.atomic
def refer(use_case: UseCase, *, actor: User, question: str, determined: Determined | None = None) -> AgendaItem:
    """Put the case on the agenda of the AI Governance Board with the question it is asked.

    The Chief AI Officer signs the determination here, so that the Board knows the impact it decides on; a deputy,
    who may refer what is beyond a deputy's reach, signs one only within it.
    """
    use_case = locked(use_case)
    require("refer", actor, use_case)
    review = the_open_round(use_case)
    is_caio = has_role(actor, Role.CAIO)
    blocked = guards.reasons_given(question, "Say what the Board is asked to decide.")
    if determined is not None:
        blocked += _determination_refusals(use_case, determined, is_caio)
    elif is_caio:
        blocked += guards.determination_sound("", (), "")
    act = uuid.uuid4()
    take(use_case, "refer", actor=actor, act=act, blocked=blocked, reason=question.strip())
    if determined is not None:
        sign_determination(review, determined, actor=actor, act=act)
    item = AgendaItem.objects.create(use_case=use_case, review=review, question=question.strip(), referred_by=actor)
    let_know(use_case, because="Referred to the Board", is_board=True)
    record("agenda_item.added", item, actor=actor, act=act)
    return item


@transaction.atomic
def report_met(condition: Condition, *, actor: User, evidence: str) -> None:
    """Report that a condition is met, with what shows it; those who answer for the case do."""
    condition = _locked_condition(condition)
    if reasons := permissions.owner_refusals(actor, condition.use_case):
        raise Refused(*reasons)
    if condition.state != Condition.State.OPEN:
        raise Stale(f"This condition is “{condition.get_state_display()}” already.")
    if reasons := guards.reasons_given(evidence, "Say what shows that the condition is met."):
        raise Refused(*reasons)
    _change(condition, state=Condition.State.MET, evidence=evidence.strip(), met_at=timezone.now(), met_by=actor)
    record("condition.met", condition, actor=actor, reason=evidence.strip())


@transaction.atomic
def accept_met(condition: Condition, *, actor: User) -> None:
    """Accept that a reported condition is met, as the office that set it or the Chief AI Officer."""
    condition = _locked_condition(condition)
    if reasons := permissions.accept_refusals(actor, condition):
        raise Refused(*reasons)
    if condition.state != Condition.State.MET:
        raise Stale(f"This condition is “{condition.get_state_display()}”, so there is nothing to accept.")
    _change(condition, state=Condition.State.ACCEPTED, accepted_at=timezone.now(), accepted_by=actor)
    record("condition.accepted", condition, actor=actor)


def _locked_condition(condition: Condition) -> Condition:
    rows = Condition.objects.select_for_update(of=("self",))
    return rows.select_related("use_case__component", "use_case__owner", "lane__office").get(pk=condition.pk)


def _change(condition: Condition, **columns: Any) -> None:
    for name, value in columns.items():
        setattr(condition, name, value)
    condition.save(update_fields=list(columns))
