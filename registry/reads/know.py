"""Who may know what is restricted in a case, and why."""

from dataclasses import dataclass

from accounts.models import Membership, Role
from registry.models import NeedToKnow, UseCase
from registry.permissions import KNOWS_ALL
from registry.permissions.people import leads_of


@dataclass(frozen=True)
class Knower:
    """Somebody who may know by what they are, not by name."""

    who: str
    why: str


def knowers(use_case: UseCase) -> list[Knower]:
    """The owners, the component's leads, and the roles that run and audit the inventory, with who holds them."""
    found = [Knower(str(use_case.owner), "Owns the case")] if use_case.owner else []
    found += [Knower(str(use_case.backup_owner), "Stands in for the owner")] if use_case.backup_owner else []
    leads = ", ".join(map(str, leads_of(use_case.component).order_by("name")))
    found.append(Knower(leads or "Nobody now", f"Leads {use_case.component}"))
    held: dict[str, list[str]] = {role: [] for role in Role.values if role in KNOWS_ALL}
    rows = Membership.objects.current().filter(role__in=KNOWS_ALL).select_related("user").order_by("user__name")
    for row in rows:
        held[row.role].append(str(row.user))
    return [
        *found,
        *(Knower(", ".join(people) or "Nobody now", str(Role(role).label)) for role, people in held.items()),
    ]


def named(use_case: UseCase) -> list[NeedToKnow]:
    """The people, offices and Board named on the case, the first first."""
    rows = NeedToKnow.objects.filter(use_case=use_case)
    return list(rows.select_related("user", "office", "recorded_by"))
