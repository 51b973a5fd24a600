"""Who reads what is withheld and why, and who reviews it: counsel, privacy and the CAIO, never the case's owner."""

from typing import Any

from accounts.models import Office, Role
from accounts.permissions import standing
from registry.models import UseCase
from registry.permissions import KNOWS_ALL
from registry.permissions.know import may_know_restricted
from registry.withholding import WHOLE

OFFICES = ("OGC", "PRIV")
NOT_SHOWN = (
    "What is withheld is shown to people of the components, to counsel and the Privacy Office, and to those who run "
    "and audit the inventory."
)


def is_reviewer(user: Any) -> bool:
    """Counsel, the Privacy Office's reviewers, and the Chief AI Officer."""
    who = standing(user)
    if who.has(Role.CAIO):
        return True
    return bool(who.reviewer_of) and Office.objects.filter(pk__in=who.reviewer_of, code__in=OFFICES).exists()


def can_see_withholding(user: Any) -> bool:
    """People of the components (of cases they may see), reviewers, and those who run and audit the inventory."""
    who = standing(user)
    return bool(who.components) or who.has(*KNOWS_ALL) or is_reviewer(user)


def review_refusals(user: Any, use_case: UseCase, field: str) -> list[str]:
    """Why the person cannot decide on this withholding; empty when they can."""
    if not is_reviewer(user):
        return ["Counsel (OGC), the Privacy Office and the Chief AI Officer review what is withheld. Ask one of them."]
    if user.pk in (use_case.owner_id, use_case.backup_owner_id):
        return ["You own the case, so somebody else reviews what is withheld of it."]
    about = {"withheld_reason"} if field == WHOLE else {field}
    if about & use_case.restricted and not may_know_restricted(user, use_case):
        return [f"The reason is about a restricted answer, which you may not read. Ask {use_case.whom}."]
    return []
