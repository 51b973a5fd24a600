"""Which systems exist for a person, and who may change a record or what hangs on it."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Role
from accounts.permissions import standing
from registry.models import System, SystemMark, UseCase, UseCaseSystem
from registry.models.use_case import Handling
from registry.permissions import KNOWS_ALL, is_responsible, visible_to
from registry.permissions.know import known_to


def systems_visible_to(user: Any) -> QuerySet[System]:
    """The systems that exist for this person.

    A restricted one exists for those who run and audit the inventory, for its owner and its component's lead, and
    for people who know a restricted case on it or own a case on it (design section 4, need to know).
    """
    who = standing(user)
    rows = System.objects.all()
    if who.has(*KNOWS_ALL):
        return rows
    if not (who.reads_in or who.is_department_wide):
        return rows.none()
    mine = Q(use_case__owner=user) | Q(use_case__backup_owner=user)
    known = UseCaseSystem.objects.filter(
        mine | Q(use_case__handling=Handling.RESTRICTED),
        system=OuterRef("pk"), ended_at=None, use_case__in=visible_to(user).values("pk"),
    )  # fmt: skip
    return rows.filter(
        ~Q(handling=Handling.RESTRICTED) | Q(owner=user) | Q(component__in=who.lead_of) | Q(Exists(known))
    )


def marks_visible_to(user: Any) -> QuerySet[SystemMark]:
    """Open marks on cases and systems one may know of both."""
    open_marks = SystemMark.objects.filter(cleared_at=None, system__in=systems_visible_to(user).values("pk"))
    return open_marks.filter(Q(use_case=None) | Q(use_case__in=cases_with_open_systems(user).values("pk")))


def cases_with_open_systems(user: Any) -> QuerySet[UseCase]:
    """The cases whose systems this person may know: a link says what a restricted “system name” keeps back."""
    rows = visible_to(user)
    return rows.filter(~Q(restricted_fields__contains=["system_name_ato"]) | Q(pk__in=known_to(user).values("pk")))


def can_edit_system(user: Any, system: System) -> bool:
    """The system's owner, the lead of its component, and the inventory manager."""
    who = standing(user)
    if user.pk == system.owner_id and (who.reads_in or who.is_department_wide):
        return True
    return system.component_id in who.lead_of or who.has(Role.INVENTORY_MANAGER)


def system_refusals(user: Any, system: System) -> list[str]:
    """Why the person cannot change the record, and whom to ask; empty when they can."""
    if system.merged_into_id:
        return ["This record was found to be the same system as another one. Change that one."]
    if can_edit_system(user, system):
        return []
    ask = str(system.owner) if system.owner else system.mailbox or f"the {system.component} lead"
    return [
        f"Only the system owner, the {system.component} lead and the inventory manager change this record. Ask {ask}."
    ]


def can_add_system(user: Any) -> bool:
    """People of a component record its systems, the inventory manager any."""
    who = standing(user)
    return bool(who.components) or who.has(Role.INVENTORY_MANAGER)


def add_refusals(user: Any, component_id: int) -> list[str]:
    """Why the person cannot record a system of this component; empty when they can."""
    who = standing(user)
    if component_id in who.components or who.has(Role.INVENTORY_MANAGER):
        return []
    return ["You record systems of your own component only. Ask the lead of the other one, or the inventory manager."]


def link_refusals(user: Any, use_case: UseCase) -> list[str]:
    """Who says which systems a case uses: those who answer for its facts, and the inventory manager."""
    if is_responsible(user, use_case) or standing(user).has(Role.INVENTORY_MANAGER):
        return []
    ask = str(use_case.owner) if use_case.owner else f"the {use_case.component} lead"
    return [
        f"Only the owner, the backup owner, the {use_case.component} lead and the inventory manager "
        f"say which systems a case uses. Ask {ask}."
    ]


def confirm_refusals(user: Any, use_case: UseCase) -> list[str]:
    """Who confirms that a case's answers still hold: those who answer for its facts."""
    if is_responsible(user, use_case):
        return []
    owner = str(use_case.owner) if use_case.owner else f"the {use_case.component} lead"
    return [f"Only the owner, the backup owner and the {use_case.component} lead confirm the answers. Ask {owner}."]


def can_name_systems(user: Any) -> bool:
    """Leads for their component, the inventory manager for all, make records of the names found in answers."""
    return standing(user).has(Role.INVENTORY_MANAGER, Role.COMPONENT_LEAD)


def nameable(user: Any) -> QuerySet[UseCase]:
    """The cases whose answers a person may make system records of."""
    who = standing(user)
    rows = visible_to(user)
    return rows if who.has(Role.INVENTORY_MANAGER) else rows.filter(component__in=who.lead_of)
