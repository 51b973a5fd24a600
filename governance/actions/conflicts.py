"""Stepping aside from a case, and what somebody who decides a lane says of a conflict of interest."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.log import record
from audit.workflow import Refused, Stale
from governance.lifecycles import PENDING
from governance.models import ConflictStatement, Lane, Recusal, Review
from governance.permissions import standing_in as permissions
from governance.permissions.authorship import recusal_of, stated
from governance.reads import rounds
from registry.models import UseCase

NO_CONFLICT = "I have no conflict of interest in this case."
NO_CONFLICT_IN_ANY = "I have no conflict of interest in any of these cases."
CONFLICT = "I have a conflict of interest in this case."


@transaction.atomic
def recuse(use_case: UseCase, *, actor: User, reason: str, is_conflict: bool = False) -> Recusal:
    """Keep out of a case, with the reason; one's open lanes of it go back to their offices.

    A stated conflict of interest is kept as a statement too. Only somebody else can lift it (`lift_recusal`).
    """
    use_case = UseCase.objects.select_for_update(of=("self",)).get(pk=use_case.pk)
    if refusals := permissions.recuse_refusals(actor, use_case):
        raise Refused(*refusals)
    if not reason.strip():
        raise Refused("Say why you step aside, in a sentence. You need not give private details.")
    if recusal_of(actor, use_case):
        raise Stale("You have recused yourself from this case already.")
    review = rounds.open_round(use_case)
    if is_conflict and review:
        ConflictStatement.objects.create(review=review, person=actor, has_conflict=True, words=CONFLICT)
    row = Recusal.objects.create(use_case=use_case, person=actor, reason=reason.strip(), is_conflict=is_conflict)
    mine = Lane.objects.filter(review__use_case=use_case, status__in=PENDING, assigned_to=actor)
    given_back = mine.update(assigned_to=None, assigned_at=None)
    record("recusal.made", row, actor=actor, reason=row.reason, data={"conflict": is_conflict, "lanes": given_back})
    return row


@transaction.atomic
def lift_recusal(recusal: Recusal, *, actor: User, reason: str) -> None:
    """Let somebody act on the case again. Never the same person; the recusal and why it was lifted stay on record."""
    row = Recusal.objects.select_for_update(of=("self",)).select_related("person", "use_case").get(pk=recusal.pk)
    if refusals := permissions.lift_refusals(actor, row):
        raise Refused(*refusals)
    if row.lifted_at:
        raise Stale("This recusal was lifted already.")
    if not reason.strip():
        raise Refused("Say why they may act again: the reason stands on the record.")
    row.lifted_at, row.lifted_by, row.lift_reason = timezone.now(), actor, reason.strip()
    row.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
    record("recusal.lifted", row, actor=actor, reason=row.lift_reason, data={"person": row.person_id})


def require_no_conflict(review: Review, *, actor: User, says: bool) -> ConflictStatement:
    """The statement that goes with a signature; asked once a round. Refused when it was never made."""
    if known := stated(review, actor):
        return known
    if not says:
        raise Refused("Say first that you have no conflict of interest in this case. If you have one, recuse yourself.")
    return ConflictStatement.objects.create(review=review, person=actor, has_conflict=False, words=NO_CONFLICT)
