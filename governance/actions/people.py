"""Letting a person go: the acts stay, the roles end, open work goes back to the queue."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.actions import require_administrator
from accounts.actions.delegations import end_all_of
from accounts.models import Membership, User
from audit.log import record
from audit.workflow import Refused
from governance.actions.acting_signers import end_signing_of
from governance.actions.officials import end_naming_of
from governance.lifecycles import AT_WORK
from governance.models import Finding, Lane
from registry.actions import owners
from registry.models import UseCase


@transaction.atomic
def deactivate(person: User, *, actor: User) -> None:
    """Deactivate a person; their lanes and findings return to the queue, their cases fall to the component lead.

    The lead is told once and finds them on the page of owners. Refused for oneself.
    """
    require_administrator(actor)
    if person.pk == actor.pk:
        raise Refused("You cannot deactivate yourself. Ask another administrator.")
    today = timezone.localdate()
    _lock_cases(person)
    lanes = Lane.objects.filter(assigned_to=person, status__in=AT_WORK).update(assigned_to=None, assigned_at=None)
    findings = Finding.objects.filter(assigned_to=person).update(assigned_to=None)
    owned = owners.release(person=person, left_on=today, actor=actor)
    stood_in = end_all_of(person, actor=actor) + end_signing_of(person, actor=actor)
    stood_in += end_naming_of(person, actor=actor)
    Membership.objects.current().filter(user=person).update(ends_on=today)
    User.objects.filter(pk=person.pk).update(is_active=False)
    data = {"lanes": lanes, "findings": findings, "owned_cases": owned, "stood_in": stood_in}
    record("user.deactivated", person, actor=actor, data=data)


def _lock_cases(person: User) -> None:
    """Lock the cases first and in one order, as every act on a lane does: whoever decides one now goes before us."""
    held = Lane.objects.filter(assigned_to=person, status__in=AT_WORK).values("review__use_case")
    mine = Q(pk__in=held) | Q(owner=person) | Q(backup_owner=person)
    list(UseCase.objects.select_for_update(of=("self",)).filter(mine).order_by("pk").values_list("pk", flat=True))
