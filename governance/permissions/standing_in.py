"""Acting for a component lead or the Chief AI Officer, and who may name, recuse, lift and end."""

from typing import Any

from accounts import delegable
from accounts.models import BOARD_ROLES, Delegation, Role
from accounts.permissions import delegation_of, delegation_over, standing
from governance import lifecycle_guards as guards
from governance.models import ActingSigner, Recusal
from registry.models import UseCase

# The act of the table of accounts/delegable.py that each verb of the Chief AI Officer falls under.
ACT_OF = {
    "approve": "decide", "approve_with_conditions": "decide", "reject": "decide", "return": "decide",
    "decide": "decide", "refer": "refer", "suspend": "suspend", "resume": "suspend",
    "resume_with_conditions": "suspend", "resume_recorded": "suspend", "accept": "accept",
}  # fmt: skip
DEPUTY_ACTS = ("decide", "refer", "suspend")  # what a deputy does by the own role; letting resume is not among them
JUDGING = (Role.COMPONENT_LEAD, Role.INVENTORY_MANAGER, Role.OFFICE_REVIEWER, Role.CAIO, Role.DEPUTY_CAIO, *BOARD_ROLES)


def for_the_officer(user: Any, verb: str) -> Delegation | None:
    """The delegation of the Chief AI Officer by which the person does this; None for those who need none."""
    who, act = standing(user), ACT_OF[verb]
    if who.has(Role.CAIO) or (who.has(Role.DEPUTY_CAIO) and act in DEPUTY_ACTS and not verb.startswith("resume")):
        return None
    return delegation_of(user, Role.CAIO, act)


def officer_reach(delegation: Delegation, filed_impact: str, determined_impact: str) -> list[str]:
    """What the Chief AI Officer does in person, whoever stands in; it says who must (M-25-21 section 4(a))."""
    act = guards.delegate_reach(filed_impact, determined_impact)
    return [delegable.in_person(act, _officer(delegation))] if act else []


def _officer(delegation: Delegation) -> str:
    return f"{delegation.giver}, the Chief AI Officer,"


def officer_over(user: Any, verb: str) -> list[str]:
    """Why somebody who was named to act for the Chief AI Officer cannot now; nothing for others."""
    return delegation_over(user, Role.CAIO, ACT_OF[verb])


def for_the_lead(user: Any, use_case: UseCase) -> Delegation | None:
    """The delegation of a lead of the case's component by which the person endorses it."""
    if use_case.component_id in standing(user).lead_of:
        return None
    return delegation_of(user, Role.COMPONENT_LEAD, "endorse", component=use_case.component_id)


def in_person(user: Any, act: str) -> list[str]:
    """Why somebody who stands in for the Chief AI Officer cannot do what is done in person; it says who must."""
    row = Delegation.objects.current().filter(delegate=user.pk, role=Role.CAIO).select_related("giver").first()
    return [delegable.in_person(act, _officer(row))] if row else []


def recuse_refusals(user: Any, use_case: UseCase) -> list[str]:
    """Whoever may have to judge the case may step aside; others have nothing to step aside from."""
    who = standing(user)
    signs = ActingSigner.objects.filter(person=user.pk, ended_at=None).exists()
    if who.has(*JUDGING) or who.stands_in or signs:
        return []
    return [f"Only people who endorse, review or decide recuse themselves; you do none of it for {use_case}."]


def lift_refusals(user: Any, recusal: Recusal) -> list[str]:
    """Never the same person: the Chief AI Officer lifts a recusal, of the Chief AI Officer's own the Board's chair."""
    if recusal.person_id == user.pk:
        return ["Nobody lifts their own recusal. Ask the Chief AI Officer; for the officer's own, the Board's chair."]
    needed = Role.BOARD_CHAIR if standing(recusal.person).has(Role.CAIO) else Role.CAIO
    if standing(user).has(needed):
        return []
    return [f"Only the {'Board’s chair' if needed == Role.BOARD_CHAIR else 'Chief AI Officer'} lifts this recusal."]


def name_signer_refusals(user: Any) -> list[str]:
    """The Chief AI Officer names acting signers, in person (design section 4)."""
    if standing(user).has(Role.CAIO):
        return []
    return in_person(user, "name_signer") or ["Only the Chief AI Officer names an acting signer."]


def sees_gaps(user: Any) -> bool:
    """Offices nobody can sign for concern who can mend it, and who waits for it."""
    return standing(user).has(Role.CAIO, Role.DEPUTY_CAIO, Role.ADMINISTRATOR, Role.INVENTORY_MANAGER, Role.AUDITOR)
