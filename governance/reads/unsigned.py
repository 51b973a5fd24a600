"""Offices nobody can sign for: without a member, or whose members all wrote the case, stepped aside or left."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from accounts.models import Office
from accounts.permissions import standing
from governance.lifecycles import PENDING
from governance.models import ActingSigner, Lane
from governance.permissions.authorship import barred
from governance.permissions.office import signers_of
from registry.models import UseCase
from registry.models.use_case import Handling
from registry.permissions import visible_to


@dataclass(frozen=True)
class Gap:
    """An office that cannot sign: in all its lanes (`lane` None), or in one. `signers` stand in for it now."""

    office: Office
    lane: Lane | None
    why: str
    waiting: int = 1
    signers: list[ActingSigner] = field(default_factory=list)

    @property
    def is_covered(self) -> bool:
        """Whether an acting signer can sign."""
        return bool(self.signers)


def gaps(user: Any) -> list[Gap]:
    """Every office that cannot sign, and every lane whose office can but for this case; of cases the user may see.

    Who runs the portal and reads no case is told the office and a number, restricted cases not counted.
    """
    cases, names_cases = visible_to(user), standing(user).is_department_wide
    if not names_cases:
        cases = UseCase.objects.exclude(handling=Handling.RESTRICTED)
    lanes = _owed().filter(review__use_case__in=cases.values("pk"))
    signers = signers_of(Office.objects.filter(is_advisory=False))
    waiting = dict(lanes.order_by().values_list("office").annotate(Count("pk")))
    empty = [
        Gap(office, None, "It has no reviewer.", waiting.get(office.pk, 0))
        for office in Office.objects.filter(is_advisory=False)
        if not signers.get(office.pk)
    ]
    single = _covered(_lanes_without(lanes.filter(office__in=[pk for pk, by in signers.items() if by]), signers))
    return [*_covered(empty), *(single if names_cases else _by_office(single))]


def _by_office(found: list[Gap]) -> list[Gap]:
    """The same without a case: an office once, with how many of its lanes are without a signature to come."""
    count = Counter(gap.office for gap in found if not gap.is_covered)
    return [Gap(office, None, "All its reviewers wrote the case or stepped aside.", n) for office, n in count.items()]


def _owed() -> QuerySet[Lane]:
    """Lanes a signature is still to come in, those that wait for another office too; nobody waits for advice."""
    return Lane.objects.filter(status__in=PENDING, is_advisory=False)


def of_case(use_case: UseCase) -> list[Gap]:
    """The open lanes of a case nobody of their office can sign."""
    lanes = _owed().filter(review__use_case=use_case)
    signers = signers_of(set(lanes.values_list("office", flat=True)))
    return _covered(_lanes_without(lanes, signers))


def lanes_nobody_signs(lanes: QuerySet[Lane], offices: set[int]) -> set[int]:
    """Those of these lanes nobody can sign, neither the office nor an acting signer; `offices` are theirs."""
    signers = signers_of(offices)
    found = _covered(_lanes_without(lanes.filter(is_advisory=False), signers))
    return {gap.lane.pk for gap in found if gap.lane and not gap.is_covered}


def _lanes_without(lanes: QuerySet[Lane], signers: dict[int, dict[int, set[int]]]) -> list[Gap]:
    """Only lanes whose case bars somebody are looked at: with thousands open, nearly all have nobody barred."""
    people = {one for by in signers.values() for person, givers in by.items() for one in (person, *givers)}
    out = barred(people, lanes) if people else {}
    staffed = [office for office, by in signers.items() if by]
    rows = lanes.filter(pk__in=out) | lanes.exclude(office__in=staffed)
    found = []
    for lane in rows.select_related("office", "review__use_case__component").order_by("due_on", "pk"):
        by, gone = signers.get(lane.office_id, {}), out.get(lane.pk, set())
        if not any(person not in gone and (not givers or givers - gone) for person, givers in by.items()):
            why = "All its reviewers wrote the case or stepped aside." if by else "It has no reviewer."
            found.append(Gap(lane.office, lane, why))
    return found


def _covered(found: list[Gap]) -> list[Gap]:
    """The acting signers of the gaps, in one query."""
    today = timezone.localdate()
    rows = ActingSigner.objects.filter(
        office__in={gap.office.pk for gap in found}, ended_at=None, starts_on__lte=today, ends_on__gte=today
    )
    for row in rows.filter(person__is_active=True).select_related("person", "office", "named_by") if found else ():
        for gap in found:
            if gap.office.pk == row.office_id and row.lane_id in (None, gap.lane.pk if gap.lane else None):
                gap.signers.append(row)
    return found
