"""Who may act: roles by membership and date. Nothing here looks at `is_superuser`."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import BOARD_ROLES, Delegation, Membership, Role, User

# Roles that look across all components (design section 4); what they may do is another question.
DEPARTMENT_WIDE = frozenset(
    {
        Role.INVENTORY_MANAGER, Role.OFFICE_REVIEWER, Role.CAIO, Role.DEPUTY_CAIO, Role.BOARD_SECRETARY,
        Role.BOARD_MEMBER, Role.BOARD_CHAIR, Role.LEADERSHIP, Role.AUDITOR,
    }
)  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """What a person may act as today: roles, and the components and offices they hold them in (primary keys).

    `own_offices` are those of `reviewer_of` that work for one component only, `reviews_in` these components.
    """

    roles: frozenset[str]
    officer_of: frozenset[int]
    lead_of: frozenset[int]
    reviewer_of: frozenset[int]
    own_offices: frozenset[int] = frozenset()
    reviews_in: frozenset[int] = frozenset()
    stands_in: frozenset[tuple[str, int, str]] = frozenset()  # (role, its component or office, act), by delegation

    def acting(self, role: str, act: str) -> frozenset[int]:
        """Where the person may do this act for the holder of a role; the Chief AI Officer's place is 0."""
        return frozenset(place for held, place, code in self.stands_in if (held, code) == (role, act))

    @property
    def components(self) -> frozenset[int]:
        """Components the person works in, as officer or lead."""
        return self.officer_of | self.lead_of

    @property
    def reads_in(self) -> frozenset[int]:
        """Components whose cases the person reads: works in, or reviews for as the component's own officer."""
        return self.components | self.reviews_in

    def has(self, *roles: str) -> bool:
        """Whether any of the roles is held."""
        return not self.roles.isdisjoint(roles)

    @property
    def is_department_wide(self) -> bool:
        """Whether a role looks across components, an own one or one the person stands in for."""
        wide = (self.roles | {role for role, _, _ in self.stands_in}) & DEPARTMENT_WIDE
        if wide == {Role.OFFICE_REVIEWER}:
            delegated = {place for role, place, _ in self.stands_in if role == Role.OFFICE_REVIEWER}
            return bool((self.reviewer_of | delegated) - self.own_offices)
        return bool(wide)


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
    columns = ("role", "component_id", "office_id", "office__part_of_id", "office__component_id")
    rows = list(Membership.objects.current().filter(user=user).values_list(*columns))
    held = list(Delegation.objects.current().filter(delegate=user).values_list(*columns, "acts")) if rows else []
    places = [*rows, *(row[:-1] for row in held)]  # who stands in for a component's own officer reads its cases too
    return Standing(
        roles=frozenset(role for role, *_ in rows),
        officer_of=frozenset(c for role, c, *_ in rows if role == Role.PROGRAM_OFFICER and c),
        lead_of=frozenset(c for role, c, *_ in rows if role == Role.COMPONENT_LEAD and c),
        reviewer_of=frozenset(o for role, _, o, *_ in rows if role == Role.OFFICE_REVIEWER and o),
        own_offices=frozenset(o for _, _, o, part_of, _ in places if o and part_of),
        reviews_in=frozenset(c for *_, part_of, c in places if c and part_of),
        stands_in=frozenset((role, c or o or 0, act) for role, c, o, *_, acts in held for act in acts),
    )


def delegations_of(user: Any, role: str, act: str, **place: Any) -> list[Delegation]:
    """The delegations by which the person may do this act now, read anew: one may have ended since the page opened."""
    rows = Delegation.objects.current().filter(delegate=user.pk, role=role, acts__contains=[act], **place)
    return list(rows.select_related("giver", "office", "component").order_by("pk"))


def delegation_of(user: Any, role: str, act: str, **place: Any) -> Delegation | None:
    """The first of them."""
    return next(iter(delegations_of(user, role, act, **place)), None)


def delegation_over(user: Any, role: str, act: str, **place: Any) -> list[str]:
    """Why somebody who was named to stand in cannot do it now, with the day; nothing for others."""
    rows = Delegation.objects.filter(delegate=user.pk, role=role, **place)
    rows = rows.select_related("giver", "office", "component")
    last = rows.order_by("-ends_on", "-pk").first()
    if last is None:
        return []
    if last.state == "waiting":
        return [f"You act for {last.whom} from {_day(last.starts_on)} on, and not before."]
    if last.state == "ended":
        return [f"You acted for {last.whom} until {_day(last.last_day)}. That has ended."]
    if act not in last.acts:
        return [f"You act for {last.whom}, but not in this. Ask {last.giver}."]
    return [f"{last.giver} no longer holds the role you were to act in, so you cannot act for them."]


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def has_role(user: Any, *roles: str) -> bool:
    """Whether the person holds any of the roles today."""
    return standing(user).has(*roles)


def is_board_voter(user: Any) -> bool:
    """Seated members and the chair vote; the secretary does not."""
    return has_role(user, *BOARD_ROLES)


def can_manage_people(user: Any) -> bool:
    """Administrators add people, roles and offices; they approve nothing."""
    return has_role(user, Role.ADMINISTRATOR)
