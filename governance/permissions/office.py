"""May this person act for this office on this case now, as whom, and if not why not: asked here and nowhere else."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Delegation, Membership, Office, Role, User
from accounts.permissions import delegation_over, delegations_of, standing
from governance import lifecycle_guards as guards
from governance.models import ActingSigner, Lane, Recusal
from governance.permissions.authorship import acted_for, authors, barred, recused
from registry.models import UseCase

Standing = Membership | Delegation | ActingSigner


@dataclass(frozen=True)
class Seat:
    """As whom somebody acts for an office: `by` a membership, a delegation or as acting signer, or not at all."""

    by: Standing | None
    reasons: tuple[str, ...] = ()

    @property
    def acting_for(self) -> str:
        """For whom, in words; nothing for a member of the office."""
        return "" if self.by is None or isinstance(self.by, Membership) else self.by.whom

    @property
    def holder(self) -> int | None:
        """Whose place it is: the person who is stood in for, else the own one."""
        if isinstance(self.by, Delegation):
            return self.by.giver_id
        if isinstance(self.by, Membership):
            return self.by.user_id
        return self.by.person_id if self.by else None


def seat(user: Any, office: Office, use_case: UseCase, *, lane: Lane | None = None, act: str = "sign") -> Seat:
    """May this person act for this office on this case now, as whom, and if not why not (design section 4).

    `act` is `sign` or `accept` (a condition). Read from the database each time: a delegation may have ended, a role
    or a recusal may have come since the page was opened.
    """
    seats = [_seat(user, by, office, use_case, lane) for by in _places(user, office, lane, act)]
    free = next((one for one in seats if not one.reasons), None)
    return free or next(iter(seats), Seat(None, tuple(_no_place(user, office, lane, act))))


def _seat(user: Any, by: Standing, office: Office, use_case: UseCase, lane: Lane | None) -> Seat:
    reasons = [*_case_refusals(user, by, use_case, office), *(_lane_refusals(user, by, lane) if lane else ())]
    if isinstance(by, ActingSigner):
        reasons += _signer_refusals(user, by, use_case, lane)
    found = Seat(by, tuple(reasons))
    if lane and lane.status == Lane.State.SECOND and user.pk != lane.proposed_by_id:
        return replace(found, reasons=(*found.reasons, *_one_place(found, lane)))
    return found


def _one_place(found: Seat, lane: Lane) -> list[str]:
    """Two readers are two people in two places: nobody agrees for, or through, the one who decided."""
    if found.holder != lane.proposal.get("holder", lane.proposed_by_id):
        return []
    return [f"{lane.proposer} decided it, in the same place as yours. Somebody else of the office reads it second."]


def _places(user: Any, office: Office, lane: Lane | None, act: str) -> list[Standing]:
    """What lets the person act for the office: the own membership, else each delegation and being acting signer."""
    member = Membership.objects.current().filter(user=user.pk, role=Role.OFFICE_REVIEWER, office=office).first()
    if member:
        return [member]
    delegations = delegations_of(user, Role.OFFICE_REVIEWER, act, office=office)
    return [*delegations, *running_signers(user=user.pk, office=office, lane=lane)[:1]]


def running_signers(*, office: Office, lane: Lane | None, user: int | None = None) -> QuerySet[ActingSigner]:
    """Who signs for the office today, in this lane or in all."""
    today = timezone.localdate()
    rows = ActingSigner.objects.filter(Q(lane=None) | Q(lane=lane), office=office, ended_at=None)
    rows = rows.filter(starts_on__lte=today, ends_on__gte=today, person__is_active=True)
    rows = rows.filter(person=user) if user else rows
    return rows.select_related("office", "person", "named_by", "lane").order_by("pk")


def _no_place(user: Any, office: Office, lane: Lane | None, act: str) -> list[str]:
    """The sentence for somebody without a place; for one who had it, with the day it ended."""
    if over := delegation_over(user, Role.OFFICE_REVIEWER, act, office=office):
        return over
    past = ActingSigner.objects.filter(Q(lane=None) | Q(lane=lane), person=user.pk, office=office)
    last = past.select_related("office", "named_by").order_by("-ends_on", "-pk").first()
    if last and last.state == "ended":
        day = f"{last.last_day.day} {last.last_day:%B %Y}"
        return [f"You were acting signer for the {office.name} until {day}. That has ended."]
    return [f"Only reviewers of the {office.name} can act in its lane."]


def _case_refusals(user: Any, by: Standing, use_case: UseCase, office: Office) -> Iterator[str]:
    """Who stepped aside or wrote the case judges nothing in it, nor does who stands in for them."""
    givers = [by.giver] if isinstance(by, Delegation) else []
    yield from recused(use_case, user, *givers)
    wrote = authors(use_case)
    yield from guards.not_an_author(user.pk, wrote, "sign", f"Ask a colleague in the {office.name}.")
    for giver in givers:
        if giver.pk in wrote:
            yield f"{giver} wrote or submitted part of this case, so nobody acts for them in it."


def _lane_refusals(user: Any, by: Standing, lane: Lane) -> Iterator[str]:
    yield from guards.one_office(acted_for(lane.review, user, besides=lane))
    if isinstance(by, Delegation):
        yield from guards.one_office_by_another(str(by.giver), acted_for(lane.review, by.giver, besides=lane))


def _signer_refusals(user: Any, by: ActingSigner, use_case: UseCase, lane: Lane | None) -> list[str]:
    """From outside of the owning component, and only while the office cannot sign itself."""
    if reasons := outside_refusals(user, use_case):
        return reasons
    own = able(Lane.objects.filter(pk=lane.pk))[lane.pk] if lane else _able_to_judge(by.office, use_case)
    if not own:
        return []
    names = ", ".join(User.objects.filter(pk__in=own).order_by("name").values_list("name", flat=True))
    return [f"The {by.office.name} can sign this itself again: {names}. An acting signer is only for when it cannot."]


def _able_to_judge(office: Office, use_case: UseCase) -> set[int]:
    """Who of the office could judge the case where it has no lane yet."""
    away = Recusal.objects.filter(use_case=use_case, lifted_at=None).values_list("person", flat=True)
    out = {*authors(use_case), *away}
    own = signers_of([office.pk])[office.pk]
    return {person for person, givers in own.items() if person not in out and (not givers or givers - out)}


def outside_refusals(person: Any, use_case: UseCase) -> list[str]:
    """An acting signer is nobody of the component that owns the case."""
    inside = Q(component=use_case.component_id) | Q(office__component=use_case.component_id)
    if Membership.objects.current().filter(inside, user=person.pk).exists():
        return [f"{person} works in {use_case.component}, which owns the case. An acting signer comes from outside."]
    return []


def signers_of(offices: Any) -> dict[int, dict[int, set[int]]]:
    """{office: {person: those they need}}: members need nobody, delegates whom they act for."""
    found: dict[int, dict[int, set[int]]] = defaultdict(dict)
    rows = Delegation.objects.current().filter(role=Role.OFFICE_REVIEWER, office__in=offices, acts__contains=["sign"])
    for office, person, giver in rows.values_list("office", "delegate", "giver"):
        found[office].setdefault(person, set()).add(giver)
    members = Membership.objects.current().filter(role=Role.OFFICE_REVIEWER, office__in=offices)
    for office, person in members.values_list("office", "user"):
        found[office][person] = set()
    return found


def able(lanes: QuerySet[Lane]) -> dict[int, set[int]]:
    """{lane: people of its office, or delegates of theirs, who can sign it now}; a few queries for any number."""
    rows = dict(lanes.values_list("pk", "office"))
    signers = signers_of(set(rows.values()))
    people = {one for by in signers.values() for person, givers in by.items() for one in (person, *givers)}
    out = barred(people, lanes) if people else {}
    return {
        lane: {
            person
            for person, givers in signers[office].items()
            if person not in out.get(lane, ()) and (not givers or givers - out.get(lane, set()))
        }
        for lane, office in rows.items()
    }


def people_of(offices: Collection[int], lane: Lane | None = None, act: str = "sign") -> list[User]:
    """Who acts for these offices today: members, who stands in for them, and acting signers (of all lanes, or this).

    `act` is `sign` or `accept` (a condition).
    """
    today = timezone.localdate()
    members = Membership.objects.current().filter(role=Role.OFFICE_REVIEWER, office__in=offices)
    held = Delegation.objects.current().filter(role=Role.OFFICE_REVIEWER, office__in=offices, acts__contains=[act])
    rows = ActingSigner.objects.filter(Q(lane=None) | Q(lane=lane), office__in=offices, ended_at=None)
    rows = rows.filter(starts_on__lte=today, ends_on__gte=today)
    named = Q(pk__in=members.values("user")) | Q(pk__in=held.values("delegate")) | Q(pk__in=rows.values("person"))
    return list(User.objects.filter(named, is_active=True).order_by("name", "pk"))


def _signing(user: Any) -> list[tuple[int, int | None]]:
    """Where the person is acting signer today, (office, lane or None), read once per user instance like `standing`."""
    held: list[tuple[int, int | None]] | None = getattr(user, "_signing", None)
    if held is None:
        rows, today = ActingSigner.objects.filter(person=user.pk, ended_at=None), timezone.localdate()
        rows = rows.filter(starts_on__lte=today, ends_on__gte=today)
        held = user._signing = list(rows.values_list("office", "lane")) if standing(user).roles else []
    return held


def offices_of(user: Any) -> frozenset[int]:
    """The offices a person acts for: as a reviewer, by delegation, and as acting signer of all their lanes."""
    who = standing(user)
    signs = {office for office, lane in _signing(user) if lane is None}
    return who.reviewer_of | who.acting(Role.OFFICE_REVIEWER, "sign") | signs


def lanes_open_to(user: Any) -> Q:
    """The lanes a person may look at to decide: of these offices, and those they are acting signer of."""
    lanes = [lane for _, lane in _signing(user) if lane is not None]
    return Q(office__in=offices_of(user)) | Q(pk__in=lanes)


def acts_in(user: Any, lane: Lane) -> bool:
    """Whether a lane is one of these, without asking the database for each."""
    return lane.office_id in offices_of(user) or lane.pk in [one for _, one in _signing(user)]


def works_lanes(user: Any) -> bool:
    """Whether the person has lanes at all: as a reviewer, by delegation or as acting signer."""
    return bool(offices_of(user) or _signing(user))
