"""Who may act: roles by membership and date. Nothing here looks at `is_superuser`."""

from dataclasses import dataclass
from typing import Any

from accounts.models import BOARD_ROLES, Membership, Role, User

# Roles that look across all components (design section 4); what they may do is another question.
DEPARTMENT_WIDE = frozenset(
    {
        Role.INVENTORY_MANAGER, Role.OFFICE_REVIEWER, Role.CAIO, Role.DEPUTY_CAIO, Role.BOARD_SECRETARY,
        Role.BOARD_MEMBER, Role.BOARD_CHAIR, Role.LEADERSHIP, Role.AUDITOR,
    }
)  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """What a person may act as today: roles, and the components and offices they hold them in (primary keys)."""

    roles: frozenset[str]
    officer_of: frozenset[int]
    lead_of: frozenset[int]
    reviewer_of: frozenset[int]

    @property
    def components(self) -> frozenset[int]:
        """Components the person works in, as officer or lead."""
        return self.officer_of | self.lead_of

    def has(self, *roles: str) -> bool:
        """Whether any of the roles is held."""
        return not self.roles.isdisjoint(roles)

    @property
    def is_department_wide(self) -> bool:
        """Whether a role looks across components."""
        return not self.roles.isdisjoint(DEPARTMENT_WIDE)


NOBODY = Standing(frozenset(), frozenset(), frozenset(), frozenset())


def standing(user: Any) -> Standing:
    """The person's standing today, read once per user instance (one request)."""
    if user is None or not getattr(user, "is_authenticated", False) or not user.is_active:
        return NOBODY
    cached: Standing | None = getattr(user, "_standing", None)
    if cached is None:
        cached = user._standing = _read(user)
    return cached


def _read(user: User) -> Standing:
    rows = list(Membership.objects.current().filter(user=user).values_list("role", "component_id", "office_id"))
    return Standing(
        roles=frozenset(role for role, _, _ in rows),
        officer_of=frozenset(c for role, c, _ in rows if role == Role.PROGRAM_OFFICER and c),
        lead_of=frozenset(c for role, c, _ in rows if role == Role.COMPONENT_LEAD and c),
        reviewer_of=frozenset(o for role, _, o in rows if role == Role.OFFICE_REVIEWER and o),
    )


def has_role(user: Any, *roles: str) -> bool:
    """Whether the person holds any of the roles today."""
    return standing(user).has(*roles)


def is_board_voter(user: Any) -> bool:
    """Seated members and the chair vote; the secretary does not."""
    return has_role(user, *BOARD_ROLES)


def can_manage_people(user: Any) -> bool:
    """Administrators add people, roles and offices; they approve nothing."""
    return has_role(user, Role.ADMINISTRATOR)
