"""Who hands a case over to whom, and who sees and answers an offer."""

from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import COMPONENT_ROLES, Component, Membership, Role, User
from accounts.permissions import standing
from registry.models import Handover, UseCase
from registry.models.use_case import Handling
from registry.permissions import KNOWS_ALL, UNDER_REVIEW, visible_to


def people_of(component: Component) -> QuerySet[User]:
    """Everybody who works in a component today."""
    here = Membership.objects.current().filter(role__in=COMPONENT_ROLES, component=component)
    return User.objects.filter(pk__in=here.values("user"))


def leads_of(component: Component) -> QuerySet[User]:
    """The leads of a component today."""
    here = Membership.objects.current().filter(role=Role.COMPONENT_LEAD, component=component)
    return User.objects.filter(pk__in=here.values("user"))


def offer_refusals(user: Any, use_case: UseCase) -> list[str]:
    """The owner, the component lead and the inventory manager offer a case to somebody; empty when the user may."""
    who = standing(user)
    if user.pk == use_case.owner_id and use_case.component_id in who.components:
        return []
    if use_case.component_id in who.lead_of or who.has(Role.INVENTORY_MANAGER):
        return []
    ask = str(use_case.owner) if use_case.owner else f"the {use_case.component} lead"
    return [
        f"Only the owner, the {use_case.component} lead and the inventory manager ask somebody to take it over. "
        f"Ask {ask}."
    ]


def taker_refusals(user: Any, person: User, use_case: UseCase, kind: str) -> list[str]:
    """Why this person cannot be asked, in sentences; empty when they can."""
    if not person.is_active or use_case.component_id not in standing(person).components:
        return [f"{person} does not work in {use_case.component}. A case is owned by somebody of its component."]
    if kind == Handover.Kind.OWNER and person.pk == use_case.owner_id:
        return [f"{person} owns it already."]
    if kind == Handover.Kind.BACKUP and person.pk in (use_case.owner_id, use_case.backup_owner_id):
        return ["The backup owner is another person than the owner, and than now."]
    if use_case.handling != Handling.RESTRICTED or visible_to(person).filter(pk=use_case.pk).exists():
        return []
    who = standing(user)
    if user.pk == use_case.owner_id or use_case.component_id in who.lead_of:
        return []
    return [f"The case is restricted: its owner or the {use_case.component} lead asks somebody new."]


def may_transfer(user: Any, use_case: UseCase) -> bool:
    """The owner and the component lead offer a case to another component, wherever the case stands."""
    who = standing(user)
    owns = user.pk == use_case.owner_id and use_case.component_id in who.components
    return owns or use_case.component_id in who.lead_of


def transfer_refusals(user: Any, use_case: UseCase) -> list[str]:
    """The owner and the component lead offer a case to another component, never while it is in review."""
    if not may_transfer(user, use_case):
        ask = str(use_case.owner) if use_case.owner else f"the {use_case.component} lead"
        return [f"Only the owner and the {use_case.component} lead offer a case to another component. Ask {ask}."]
    return review_refusals(use_case)


def review_refusals(use_case: UseCase) -> list[str]:
    """A case in review stays where the offices are looking at it."""
    if use_case.status not in UNDER_REVIEW:
        return []
    return [
        f"The case is “{use_case.get_status_display()}”: the offices look at it as a case of {use_case.component}. "
        "It can change the component when the review has ended, or after it was sent back."
    ]


def handovers_visible_to(user: Any) -> QuerySet[Handover]:
    """Offers to me and by me, of my cases, of and to the components I lead; all for those who oversee the inventory."""
    who = standing(user)
    rows = Handover.objects.all()
    if who.has(*KNOWS_ALL):
        return rows
    if not who.components:
        return rows.none()
    mine = Q(to_person=user) | Q(offered_by=user) | Q(from_person=user)
    return rows.filter(mine | Q(from_component__in=who.lead_of) | Q(to_component__in=who.lead_of))


def offered_to(user: Any) -> QuerySet[Handover]:
    """The offers this person can answer: made to them, or to a component they lead."""
    who = standing(user)
    to_me = Q(to_person=user) | Q(kind=Handover.Kind.TRANSFER, to_component__in=who.lead_of)
    return Handover.objects.filter(to_me, state=Handover.State.OFFERED)


def can_take_back(user: Any, handover: Handover) -> bool:
    """Whoever offered it, and the lead of the component it would leave or change hands in."""
    return user.pk == handover.offered_by_id or handover.from_component_id in standing(user).lead_of


def oversees_owners(user: Any) -> bool:
    """Leads see to the owners of their component's cases, the inventory manager to all."""
    return standing(user).has(Role.COMPONENT_LEAD, Role.INVENTORY_MANAGER)


def overseen(user: Any) -> QuerySet[UseCase]:
    """The cases whose owners this person sees to."""
    who = standing(user)
    rows = visible_to(user)
    return rows if who.has(Role.INVENTORY_MANAGER) else rows.filter(component__in=who.lead_of)
