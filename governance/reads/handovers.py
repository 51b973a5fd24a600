"""An offer as the person asked sees it: each case with what is still open in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count

from governance.models import Condition
from registry import editions, tasklist
from registry.models import Handover, SystemMark, UseCase
from registry.permissions import visible_to
from registry.permissions.people import can_take_back, handovers_visible_to, offered_to
from registry.reads.people import Asked
from registry.reads.people import asked as asked_of


@dataclass(frozen=True)
class OpenPoints:
    """What whoever takes the case over takes on."""

    missing: int
    conditions: int
    marks: int

    @property
    def words(self) -> str:
        """In a phrase."""
        parts = [
            (self.missing, "answer", "answers", "missing"),
            (self.conditions, "condition", "conditions", "open"),
            (self.marks, "system change", "system changes", "to look at"),
        ]
        found = [f"{n} {one if n == 1 else many} {end}" for n, one, many, end in parts if n]
        return ", ".join(found).capitalize() if found else "Nothing open"


@dataclass(frozen=True)
class Offer:
    """One case of a bulk."""

    handover: Handover
    points: OpenPoints
    can_open: bool
    can_answer: bool

    @property
    def use_case(self) -> UseCase:
        """The case."""
        return self.handover.use_case


@dataclass(frozen=True)
class Bulk:
    """The offers of one act, with what this person can do with them."""

    act: UUID
    offers: tuple[Offer, ...]
    can_take_back: bool

    @property
    def first(self) -> Handover:
        """What they have in common stands on each."""
        return self.offers[0].handover

    @property
    def answerable(self) -> int:
        """How many this person can answer."""
        return sum(offer.can_answer for offer in self.offers)

    @property
    def waiting(self) -> int:
        """How many wait for anybody's answer."""
        return sum(offer.handover.state == Handover.State.OFFERED for offer in self.offers)


def bulk(user: Any, act: UUID) -> Bulk | None:
    """The offers of an act as far as they exist for this person."""
    rows = handovers_visible_to(user).filter(act=act).order_by("use_case__use_case_id")
    found = list(
        rows.select_related(
            "use_case__component", "use_case__owner", "to_person", "to_component", "from_person", "from_component",
            "offered_by", "answered_by",
        )
    )  # fmt: skip
    if not found:
        return None
    points = open_points([one.use_case for one in found])
    seen = set(visible_to(user).filter(pk__in=[one.use_case_id for one in found]).values_list("pk", flat=True))
    mine = set(offered_to(user).filter(act=act).values_list("pk", flat=True))
    offers = tuple(Offer(one, points[one.use_case_id], one.use_case_id in seen, one.pk in mine) for one in found)
    open_ones = [one for one in found if one.state == Handover.State.OFFERED]
    return Bulk(act, offers, bool(open_ones) and all(can_take_back(user, one) for one in open_ones))


def open_points(cases: Sequence[UseCase]) -> dict[int, OpenPoints]:
    """Missing answers, open conditions and marks of each case, in two queries."""
    pks = [case.pk for case in cases]
    conditions = Condition.objects.filter(use_case__in=pks, state=Condition.State.OPEN).order_by()
    by_condition = dict(conditions.values_list("use_case").annotate(n=Count("pk")))
    marks = SystemMark.objects.filter(use_case__in=pks, cleared_at=None).order_by()
    by_mark = dict(marks.values_list("use_case").annotate(n=Count("pk")))
    return {
        case.pk: OpenPoints(
            len(tasklist.missing(editions.of(case), case.document)),
            by_condition.get(case.pk, 0),
            by_mark.get(case.pk, 0),
        )
        for case in cases
    }


@dataclass(frozen=True)
class Offers:
    """What a person was asked, and what they asked of others and waits."""

    to_me: list[Asked]
    mine: list[Handover]


def offers(user: Any) -> Offers:
    """For the page of offers: one row for each bulk."""
    rows = Handover.objects.filter(offered_by=user, state=Handover.State.OFFERED)
    first = rows.order_by("act", "pk").distinct("act").select_related("to_person", "to_component")
    return Offers(asked_of(user), list(first))
