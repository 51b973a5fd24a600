"""A rejected case is put forward once more: once for a decision, and to another than who rejected it."""

import uuid

from django.db import transaction
from django.db.models import Max

from accounts.models import Role, User
from audit.log import record
from audit.workflow import Refused
from governance import lifecycle_guards as guards
from governance.actions.steps import locked, require, take
from governance.models import AgendaItem, Reconsideration, Review
from governance.reads import gates, verbs
from registry.actions.use_cases import let_know
from registry.models import UseCase

BOARD = "AI Governance Board"


@transaction.atomic
def ask_reconsideration(use_case: UseCase, *, actor: User, reason: str, what_is_new: str) -> Reconsideration:
    """Open a round on the rejected revision that continues the one that ended in the rejection.

    The offices' answers of that round stand, objections too: a yes must still answer them. What changed in the
    answers is no reconsideration; that is sent again. The list of steps is the portal's own (design section 3).
    """
    use_case = locked(use_case)
    verb = verbs.reconsider_verb(use_case)
    require(verb, actor, use_case)
    blocked = guards.reasons_given(reason, "Say why the rejection should be looked at again.")
    blocked += guards.reasons_given(what_is_new, "Say what is new, that was not known when it was rejected.")
    if blocked:
        raise Refused(*blocked)
    decision = gates.standing_decision(use_case)
    if decision is None:  # the guard has said so already
        raise Refused("There is no rejection to look at again.")
    at_board = verb == "reconsider_at_board"
    before = decision.review
    last = Review.objects.filter(use_case=use_case).aggregate(top=Max("round"))["top"] or 0
    review = Review.objects.create(
        use_case=use_case, round=last + 1, revision=decision.revision, submitted_by=actor, statement=reason.strip(),
        risk=before.risk, routes=before.routes, routes_edition=before.routes_edition, continues=before,
    )  # fmt: skip
    row = Reconsideration.objects.create(
        use_case=use_case, decision=decision, review=review, reason=reason.strip(), what_is_new=what_is_new.strip(),
        goes_to=BOARD if at_board else str(Role.CAIO.label), goes_because=_because(decision.decided_as, at_board),
        asked_by=actor,
    )  # fmt: skip
    act = uuid.uuid4()
    data = {"round": review.round, "goes_to": row.goes_to, "because": row.goes_because}
    take(use_case, verb, actor=actor, act=act, reason=row.reason, data=data)
    if at_board:
        question = f"Reconsider the rejection of round {before.round}? {row.reason}"
        item = AgendaItem.objects.create(use_case=use_case, review=review, question=question, referred_by=actor)
        let_know(use_case, because="Its rejection is reconsidered by the Board", is_board=True)
        record("agenda_item.added", item, actor=actor, act=act)
    return row


def _because(decided_as: str, at_board: bool) -> str:
    if not at_board:
        return "A deputy rejected it; the Chief AI Officer looks at it again."
    if decided_as == Role.CAIO.label:
        return "The Chief AI Officer rejected it; the Board, which is another, looks at it again."
    if decided_as == Role.DEPUTY_CAIO.label:
        return "A deputy rejected it; a case of the Chief AI Officer’s own office goes to the Board."
    return "The Board rejected it; nobody stands above it, so the Board looks at it once more with what is new."
