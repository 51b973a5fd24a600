"""Naming who acts for oneself from a day to a day, and ending it early."""

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import delegable
from accounts.actions.from_to import may_end_now, set_end
from accounts.models import Component, Delegation, Membership, Office, Role, User
from audit.log import record
from audit.workflow import Refused


@transaction.atomic
def delegate(
    to: User,
    *,
    role: str,
    acts: Collection[str],
    starts_on: date,
    ends_on: date,
    reason: str,
    actor: User,
    office: Office | None = None,
    component: Component | None = None,
) -> Delegation:
    """Let somebody do acts of one's own role from a day to a day (design section 4).

    Refused for acts that are done in person (waivers: M-25-21 section 4(a)), for a role one does not hold, to people
    who oversee or run the portal, to oneself, and while the same person stands in for one there already.
    """
    codes = [act.code for act in delegable.acts_of(role) if act.code in acts]
    refusals = _role_refusals(actor, role, office, component) or [
        *_scope_refusals(role, acts),
        *_day_refusals(starts_on, ends_on),
        *([] if reason.strip() else ["Say why: the reason stands on the record."]),
        *delegate_refusals(to, actor, role, component),
    ]
    if refusals:
        raise Refused(*refusals)
    User.objects.select_for_update().get(pk=actor.pk)  # two pages of one person: the second sees the first
    same = Delegation.objects.filter(giver=actor, delegate=to, role=role, office=office, component=component)
    if same.filter(ended_at=None, starts_on__lte=ends_on, ends_on__gte=starts_on).exists():
        raise Refused(f"{to} acts for you on some of these days already. End that first.")
    row = Delegation.objects.create(
        role=role, office=office, component=component, giver=actor, delegate=to, acts=codes, starts_on=starts_on,
        ends_on=ends_on, reason=reason.strip(),
    )  # fmt: skip
    data = {"delegate": to.pk, "acts": codes, "from": starts_on, "to": ends_on}
    record("delegation.given", row, actor=actor, reason=row.reason, data=data)
    return row


def _role_refusals(actor: User, role: str, office: Office | None, component: Component | None) -> list[str]:
    if role not in delegable.DELEGATING:
        return ["Only office reviewers, component leads and the Chief AI Officer can be stood in for."]
    held = Membership.objects.current().filter(user=actor, role=role, office=office, component=component)
    return [] if held.exists() else ["You do not hold this role yourself. What one stands in for is not passed on."]


def _scope_refusals(role: str, acts: Collection[str]) -> list[str]:
    if unknown := delegable.unknown(role, list(acts)):
        known = [delegable.IN_PERSON[code] for code in unknown if code in delegable.IN_PERSON]
        return [f"{why}." for why in known] or ["This act cannot be handed out."]
    return [] if acts else ["Say what they may do for you."]


def _day_refusals(starts_on: date, ends_on: date) -> list[str]:
    if ends_on < starts_on:
        return ["The last day lies before the first."]
    if starts_on < timezone.localdate():
        return ["It begins today or later: nobody stood in for you before they were named."]
    return []


def delegate_refusals(to: User, giver: User, role: str, component: Component | None = None) -> list[str]:
    """Why this person cannot stand in; empty when they can."""
    if to.pk == giver.pk:
        return ["Name somebody else: you cannot stand in for yourself."]
    if not to.is_active or to.is_system:
        return [f"{to} no longer uses the registry. Name somebody else."]
    rows = Membership.objects.current().filter(user=to)
    roles = set(rows.values_list("role", flat=True))
    if not roles:
        return [f"{to} holds no role here. An administrator gives them one first."]
    if roles & set(delegable.NEVER_FOR_ANYBODY):
        return [f"{to} oversees or runs the portal, so they judge nothing and stand in for nobody."]
    if role == Role.COMPONENT_LEAD and not rows.filter(component=component).exists():
        return [f"{to} does not work in {component}. Somebody of the component stands in for its lead."]
    return []


@transaction.atomic
def end_delegation(delegation: Delegation, *, reason: str, actor: User) -> None:
    """End it now, before its last day. The giver does, the delegate may lay it down, an administrator may too."""
    row = Delegation.objects.select_for_update(of=("self",)).select_related("giver", "delegate").get(pk=delegation.pk)
    if not may_end(actor, row):
        raise Refused(f"Only {row.giver}, {row.delegate} and an administrator can end this.")
    _end(row, may_end_now(row, reason), actor)


def may_end(user: User, delegation: Delegation) -> bool:
    """Who gave it, who holds it, and administrators."""
    if user.pk in (delegation.giver_id, delegation.delegate_id):
        return True
    return Membership.objects.current().filter(user=user, role=Role.ADMINISTRATOR).exists()


def end_all_of(person: User, *, actor: User) -> int:
    """End what somebody who goes has given and holds; returns how many."""
    mine = Q(giver=person) | Q(delegate=person)
    rows = Delegation.objects.select_for_update(of=("self",)).filter(mine, ended_at=None)
    found = list(rows.filter(ends_on__gte=timezone.localdate()).select_related("giver", "delegate", "office"))
    for row in found:
        _end(row, f"{person} was deactivated.", actor)
    return len(found)


def _end(row: Delegation, reason: str, actor: User) -> None:
    set_end(row, reason, actor)
    record("delegation.ended", row, actor=actor, reason=reason, data={"delegate": row.delegate_id})
