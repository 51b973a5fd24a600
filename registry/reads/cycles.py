"""The yearly cycle: which cases are called, and where each component stands. The queries do not grow with the cases."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BigIntegerField, Count, F, Q, QuerySet, Sum
from django.db.models.functions import Cast
from django.utils import timezone

from registry.models import Certification, ComponentCall, Cycle, StillTrue, UseCase
from registry.models.use_case import Status
from registry.permissions import KNOWS_ALL, standing, visible_to
from registry.permissions.cycles import calls_visible_to, sees_whole_cycle

IN_USE_OR_WAS = ("pilot", "deployed", "retired")
_X = Cast(F("pk"), BigIntegerField()) * 131_071 + Cast(F("filed_number"), BigIntegerField())
# Does not depend on an order, fits a bigint for a million cases, and moves with every filing and every case.
CHECKSUM = Sum((_X % 999_983) * (_X % 1_000_003), output_field=BigIntegerField())


def called(cycle: Cycle) -> QuerySet[UseCase]:
    """The cases of a cycle's inventory: filed, and neither withdrawn nor rejected before any use.

    A case that was retired the year before has had its one report as retired (OMB, Guidance on 2025 Agency AI
    Reporting, stage d) and is not asked again.
    """
    rows = UseCase.objects.filter(agency=cycle.agency_id, filed_number__isnull=False).exclude(status=Status.WITHDRAWN)
    rows = rows.exclude(~Q(stage__in=IN_USE_OR_WAS), status=Status.REJECTED)
    return rows.exclude(stage="retired", filed_effective_on__lte=cycle.before_on)


def known(user: Any, rows: QuerySet[UseCase]) -> QuerySet[UseCase]:
    """Those of the cases the person may know of; nothing is asked for people who know all."""
    return rows if standing(user).has(*KNOWS_ALL) else rows.filter(pk__in=visible_to(user).values("pk"))


@dataclass
class Part:
    """One component in a cycle: how many cases, how many answered, and how its certification stands."""

    call: ComponentCall
    cases: int = 0
    answered: int = 0
    unfiled: int = 0
    unowned: int = 0
    checksum: int = 0
    certification: Certification | None = None

    @property
    def unanswered(self) -> int:
        """Cases nobody has gone through yet."""
        return max(0, self.cases - self.answered)

    @property
    def is_late(self) -> bool:
        """Past its day with something unanswered."""
        return self.call.is_answerable and self.unanswered > 0 and self.call.due_on < timezone.localdate()

    @property
    def is_outdated(self) -> bool:
        """Certified, and something was filed, added or taken out since."""
        return self.certification is not None and self.certification.checksum != self.checksum

    @property
    def standing(self) -> str:
        """missing, signed (waits for the countersignature), outdated or certified."""
        if self.certification is None:
            return "missing"
        if self.is_outdated:
            return "outdated"
        return str(self.certification.status)


@dataclass
class Overview:
    """A cycle as one person may see it."""

    cycle: Cycle
    parts: list[Part] = field(default_factory=list)
    uncalled: list[tuple[str, int]] = field(default_factory=list)

    def total(self, name: str) -> int:
        """A count over all components."""
        return sum(getattr(part, name) for part in self.parts)

    @property
    def cases(self) -> int:
        """All called cases."""
        return self.total("cases")

    @property
    def answered(self) -> int:
        """Those somebody went through."""
        return self.total("answered")

    @property
    def certified(self) -> int:
        """Components whose certification stands and is up to date."""
        return sum(1 for part in self.parts if part.standing == "certified")

    @property
    def late(self) -> int:
        """Components past their day."""
        return sum(1 for part in self.parts if part.is_late)

    @property
    def outdated(self) -> int:
        """Components whose certified answers changed since."""
        return sum(1 for part in self.parts if part.standing == "outdated")


def overview(user: Any, cycle: Cycle) -> Overview:
    """Every component's standing, in queries whose number does not depend on how many there are."""
    calls = calls_visible_to(user).filter(cycle=cycle).order_by("component__code")
    parts = _parts(user, cycle, calls)
    found = Overview(cycle, list(parts.values()))
    if sees_whole_cycle(user):
        others = known(user, called(cycle)).exclude(component__in=list(parts))
        rows = others.values("component__code").annotate(number=Count("pk")).order_by("component__code")
        found.uncalled = list(rows.values_list("component__code", "number"))
    return found


def part_of(user: Any, call: ComponentCall) -> Part:
    """One component's standing."""
    return _parts(user, call.cycle, [call])[call.component_id]


def whole_part(call: ComponentCall) -> Part:
    """One component's standing over all its cases: for what is signed and frozen, not for a page."""
    return _parts(None, call.cycle, [call])[call.component_id]


def whole(cycle: Cycle) -> Overview:
    """Every component's standing over all cases."""
    calls = ComponentCall.objects.filter(cycle=cycle).select_related("cycle", "component")
    return Overview(cycle, list(_parts(None, cycle, calls).values()))


def _parts(user: Any, cycle: Cycle, calls: Iterable[ComponentCall]) -> dict[int, Part]:
    parts = {call.component_id: Part(call) for call in calls}
    rows = called(cycle).filter(component__in=list(parts))
    mine = known(user, rows) if user else rows
    unfiled = Count("pk", filter=~Q(filed_number=F("revision_number")))
    counts = mine.order_by().values("component").annotate(
        cases=Count("pk"), unfiled=unfiled, unowned=Count("pk", filter=Q(owner=None)), checksum=CHECKSUM
    )  # fmt: skip
    for row in counts:
        part = parts[row["component"]]
        part.cases, part.unfiled, part.unowned = row["cases"], row["unfiled"], row["unowned"]
        part.checksum = row["checksum"] or 0
    _add_answered(parts, cycle, mine)
    if user and not standing(user).has(*KNOWS_ALL):
        _add_true_checksums(parts, rows)
    standings = Certification.objects.filter(call__in=[part.call for part in parts.values()], status__in=_STANDING)
    for certification in standings.select_related("signed_by", "countersigned_by", "call"):
        parts[certification.call.component_id].certification = certification
    return parts


_STANDING = (Certification.Status.SIGNED, Certification.Status.CERTIFIED)


def _add_answered(parts: dict[int, Part], cycle: Cycle, rows: QuerySet[UseCase]) -> None:
    confirmed = StillTrue.objects.filter(cycle=cycle, is_current=True, use_case__in=rows.order_by().values("pk"))
    counted = confirmed.order_by().values("use_case__component").annotate(number=Count("pk"))
    for component, number in counted.values_list("use_case__component", "number"):
        parts[component].answered = number


def _add_true_checksums(parts: dict[int, Part], rows: QuerySet[UseCase]) -> None:
    """A certification is of all cases of the component, also of those this person may not know of."""
    for component, checksum in rows.order_by().values("component").annotate(s=CHECKSUM).values_list("component", "s"):
        parts[component].checksum = checksum


def current_cycle(agency_code: str) -> Cycle | None:
    """The newest cycle."""
    return Cycle.objects.filter(agency__code=agency_code).order_by("-year").first()
