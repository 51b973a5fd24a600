"""The yearly cycle: which cases are called, and where each component stands. The queries do not grow with the cases."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BigIntegerField, Count, F, FilteredRelation, Q, QuerySet, Sum
from django.db.models.functions import Cast
from django.utils import timezone

from accounts.models import Agency, Component
from registry.cycle_lifecycles import STANDING
from registry.inventory.known import older_endings
from registry.models import Certification, ComponentCall, Cycle, UseCase
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
    # A case last reported in an older instrument has no stage, and in SQL nothing is not “other than retired”.
    rows = rows.filter(~Q(stage="retired") | Q(stage=None) | Q(filed_effective_on__gt=cycle.before_on))
    return rows.exclude(pk__in=ended_before())


def not_in_cycle(agency: Agency, year: int) -> frozenset[str]:
    """Cases on record that are not of a year's inventory; none where the year was never opened here.

    They were withdrawn, or had their one report as retired before.
    """
    cycle = Cycle.objects.filter(agency=agency, year=year).first()
    if cycle is None:
        return frozenset()
    rows = UseCase.objects.filter(agency=agency, filed_number__isnull=False).exclude(pk__in=called(cycle).values("pk"))
    return frozenset(rows.values_list("use_case_id", flat=True))


def ended_before() -> QuerySet[Any]:
    """The cases whose last word is an older instrument's that they are retired or no longer active.

    One that was active there and is in no later inventory is called: somebody must say what became of it.
    """
    ended, unsaid = Q(filed_document__answers__y2024_active__istartswith="inactive"), Q()
    for name, codes in older_endings():  # what a later instrument says goes before what an earlier one said
        ended |= unsaid & Q(**{f"filed_document__answers__{name}__in": sorted(codes)})
        unsaid &= Q(**{f"filed_document__answers__{name}__isnull": True})
    return UseCase.objects.filter(ended, stage=None).order_by().values("pk")


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
    def unanswered(self) -> int:
        """Those nobody went through."""
        return self.total("unanswered")

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
    calls = list(calls_visible_to(user).filter(cycle=cycle).order_by("component__code"))
    mine = None if sees_whole_cycle(user) else [call.component_id for call in calls]
    counts = _counts(user, cycle, mine)
    found = Overview(cycle, _parts(user, cycle, calls, counts))
    others = {component: row["cases"] for component, row in counts.items() if component not in _components(calls)}
    if others:
        codes = Component.objects.filter(pk__in=others).order_by("code").values_list("pk", "code")
        found.uncalled = [(code, others[pk]) for pk, code in codes]
    return found


def part_of(user: Any, call: ComponentCall) -> Part:
    """One component's standing."""
    return _parts(user, call.cycle, [call], _counts(user, call.cycle, [call.component_id]))[0]


def whole_part(call: ComponentCall) -> Part:
    """One component's standing over all its cases: for what is signed and frozen, not for a page."""
    return part_of(None, call)


def whole(cycle: Cycle) -> Overview:
    """Every component's standing over all cases."""
    calls = list(ComponentCall.objects.filter(cycle=cycle).select_related("cycle", "component"))
    return Overview(cycle, _parts(None, cycle, calls, _counts(None, cycle, list(_components(calls)))))


def _components(calls: Iterable[ComponentCall]) -> set[int]:
    return {call.component_id for call in calls}


def _counts(user: Any, cycle: Cycle, components: list[int] | None) -> dict[int, dict[str, Any]]:
    """Everything that is counted of a component, in one pass over an index that holds all it asks for."""
    rows = called(cycle) if components is None else called(cycle).filter(component__in=components)
    rows = known(user, rows) if user else rows
    is_current = Q(confirmations__cycle=cycle, confirmations__is_current=True)
    counted = rows.annotate(said=FilteredRelation("confirmations", condition=is_current)).order_by()
    found = counted.values("component").annotate(
        cases=Count("pk"), answered=Count("said__pk"), checksum=CHECKSUM, unowned=Count("pk", filter=Q(owner=None)),
        unfiled=Count("pk", filter=~Q(filed_number=F("revision_number"))),
    )  # fmt: skip
    return {row["component"]: dict(row) for row in found}


def _parts(
    user: Any, cycle: Cycle, calls: Iterable[ComponentCall], counts: Mapping[int, Mapping[str, Any]]
) -> list[Part]:
    parts = {call.component_id: Part(call) for call in calls}
    for component, part in parts.items():
        row = counts.get(component, {})
        part.cases, part.answered = row.get("cases", 0), row.get("answered", 0)
        part.unfiled, part.unowned = row.get("unfiled", 0), row.get("unowned", 0)
        part.checksum = row.get("checksum") or 0
    if user and not standing(user).has(*KNOWS_ALL):
        _add_true_checksums(parts, called(cycle).filter(component__in=list(parts)))
    standings = Certification.objects.filter(call__in=[part.call for part in parts.values()], status__in=STANDING)
    for certification in standings.defer("revisions").select_related("signed_by", "countersigned_by", "call"):
        parts[certification.call.component_id].certification = certification
    return list(parts.values())


def _add_true_checksums(parts: dict[int, Part], rows: QuerySet[UseCase]) -> None:
    """A certification is of all cases of the component, also of those this person may not know of."""
    for component, checksum in rows.order_by().values("component").annotate(s=CHECKSUM).values_list("component", "s"):
        parts[component].checksum = checksum


def current_cycle(agency_code: str) -> Cycle | None:
    """The newest cycle."""
    return Cycle.objects.filter(agency__code=agency_code).order_by("-year").first()
