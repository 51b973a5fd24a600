"""Waves of reviews: which cases are asked, how far they are, and which wave to open next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Value, When

from accounts.models import Membership, Role, User
from accounts.permissions import standing
from governance.models import Decision, Wave, WaveCase
from registry.models import UseCase
from registry.models.use_case import Status
from registry.permissions import visible_to

_PRESUMED = ["high_impact", "presumed_not_high_impact"]
# Which recorded cases come first (design section 3: deployed high-impact first), each without those before it.
TIERS: dict[str, tuple[str, Q]] = {
    "deployed_high": ("Deployed, high-impact", Q(stage="deployed", impact="high_impact")),
    "deployed_presumed": (
        "Deployed, presumed but not high-impact",
        Q(stage="deployed", impact="presumed_not_high_impact"),
    ),
    "pilot_high": ("Piloted, high-impact", Q(stage="pilot", impact="high_impact")),
    "deployed_rest": ("Deployed, not high-impact", Q(stage="deployed") & (~Q(impact__in=_PRESUMED) | Q(impact=None))),
    "pilot_rest": ("Piloted, not high-impact", Q(stage="pilot") & (~Q(impact="high_impact") | Q(impact=None))),
    "pre_deployment": ("Not in use yet", Q(stage="pre_deployment")),
}
STATES = {
    "not_begun": "Not begun",
    "sent": "Sent",
    "in_review": "In review",
    "decided": "Decided",
    "excused": "Excused",
    "over": "Withdrawn or retired",
}
_SENT = (Status.SUBMITTED, Status.RETURNED, Status.ENDORSED)
_IN_REVIEW = (Status.IN_REVIEW, Status.READY, Status.AT_BOARD)
_DECIDED = Exists(Decision.objects.filter(use_case=OuterRef("use_case")))


def eligible(tier: str, component: str = "") -> QuerySet[UseCase]:
    """Recorded cases of a tier that no decision of this portal covers and no wave has asked for or excused."""
    rows = UseCase.objects.filter(TIERS[tier][1], status=Status.RECORDED, filed_number__isnull=False)
    rows = rows.filter(~Exists(Decision.objects.filter(use_case=OuterRef("pk"))))
    rows = rows.filter(~Exists(WaveCase.objects.filter(use_case=OuterRef("pk")).exclude(left_how="moved")))
    return rows.filter(component__code=component) if component else rows


@dataclass(frozen=True)
class Tier:
    """A next wave that could be opened, with how many cases it would ask for."""

    code: str
    label: str
    number: int


def next_tiers(user: Any, component: str = "") -> list[Tier]:
    """What could be asked next, the first being the suggestion; counted over the cases the person may know of."""
    seen = visible_to(user).values("pk")
    found = (
        Tier(code, label, eligible(code, component).filter(pk__in=seen).count()) for code, (label, _) in TIERS.items()
    )
    return [tier for tier in found if tier.number]


def members(wave: Wave) -> QuerySet[Any]:
    """The cases of a wave, each with how far it is (`state`); those moved to another are that one's."""
    return _of([wave]).filter(wave=wave)


def _of(waves: Iterable[Wave] | None = None) -> QuerySet[Any]:
    state = Case(
        When(left_how=WaveCase.Left.EXCUSED, then=Value("excused")),
        When(use_case__status__in=(Status.WITHDRAWN, Status.RETIRED), then=Value("over")),
        When(_DECIDED, then=Value("decided")),
        When(use_case__status__in=_IN_REVIEW, then=Value("in_review")),
        When(use_case__status__in=_SENT, then=Value("sent")),
        default=Value("not_begun"),
        output_field=CharField(),
    )
    rows = WaveCase.objects.exclude(left_how=WaveCase.Left.MOVED).annotate(state=state)
    return rows if waves is None else rows.filter(wave__in=list(waves))


@dataclass(frozen=True)
class Progress:
    """A wave as one person may see it."""

    wave: Wave
    counts: dict[str, int]
    moved: int

    @property
    def total(self) -> int:
        """All its cases but those moved to another."""
        return sum(self.counts.values())

    @property
    def is_late(self) -> bool:
        """Past its day with cases nobody has sent."""
        return self.wave.days_over > 0 and self.counts["not_begun"] > 0

    def rows(self) -> list[tuple[str, str, int]]:
        """Each state with how many, for the filter."""
        return [(state, label, self.counts[state]) for state, label in STATES.items() if self.counts[state]]


def progress(user: Any, wave: Wave) -> Progress:
    """How many of its cases are how far."""
    return progresses(user, [wave])[0]


def progresses(user: Any, waves: list[Wave]) -> list[Progress]:
    """How far each wave is, in two queries however many there are."""
    seen = {"use_case__in": visible_to(user).values("pk")}
    counted = _of(waves).filter(**seen).order_by().values_list("wave", "state").annotate(n=Count("pk"))
    by_state = {(wave, state): number for wave, state, number in counted}
    left = WaveCase.objects.filter(wave__in=waves, left_how=WaveCase.Left.MOVED, **seen).order_by()
    moved = dict(left.values_list("wave").annotate(n=Count("pk")))
    return [
        Progress(one, {state: by_state.get((one.pk, state), 0) for state in STATES}, moved.get(one.pk, 0))
        for one in waves
    ]


def rows_of(user: Any, wave: Wave, state: str = "", component: str = "") -> QuerySet[Any]:
    """The cases behind a figure."""
    rows = members(wave).filter(use_case__in=visible_to(user).values("pk"))
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(use_case__component__code=component) if component else rows
    joins = ("use_case__component", "use_case__owner", "left_by")
    rows = rows.select_related(*joins).defer(
        "use_case__document", "use_case__filed_document", "use_case__search_vector"
    )
    return rows.order_by("use_case__component__code", "use_case__use_case_id")


def _unsent(wave: Wave) -> QuerySet[Any]:
    return members(wave).filter(state="not_begun")


def people_of(wave: Wave) -> list[User]:
    """Who answers for its cases that are not sent: owners, backup owners, and the leads of their components."""
    rows = _unsent(wave).order_by()
    owners = {*rows.values_list("use_case__owner", flat=True), *rows.values_list("use_case__backup_owner", flat=True)}
    leads = Membership.objects.current().filter(
        role=Role.COMPONENT_LEAD, component__in=rows.values("use_case__component")
    )  # fmt: skip
    people = {*owners, *leads.values_list("user", flat=True)} - {None}
    return list(User.objects.filter(pk__in=people, is_active=True, is_system=False).order_by("pk"))


def _answers_for(person: Any) -> Q:
    led = Q(use_case__component__in=standing(person).lead_of)
    return led | Q(use_case__owner=person.pk) | Q(use_case__backup_owner=person.pk)


def not_begun_of(person: Any, wave: Wave) -> int:
    """How many of its unsent cases the person answers for."""
    return _mine(person).filter(wave=wave).count()


def mine(person: Any) -> list[tuple[Wave, int]]:
    """The waves with unsent cases the person answers for, the soonest first, with how many."""
    counted = dict(_mine(person).order_by().values_list("wave").annotate(n=Count("pk")))
    return [(wave, counted[wave.pk]) for wave in Wave.objects.filter(pk__in=counted).order_by("due_on")]


def _mine(person: Any) -> QuerySet[Any]:
    return _of().filter(_answers_for(person), state="not_begun", use_case__in=visible_to(person).values("pk"))


def asked(pks: Iterable[int]) -> dict[int, Wave]:
    """The wave each of these recorded cases is asked in and not excused from."""
    rows = WaveCase.objects.filter(use_case__in=list(pks), use_case__status=Status.RECORDED, left_how="")
    return {row.use_case_id: row.wave for row in rows.select_related("wave")}


def later(wave: Wave) -> QuerySet[Wave]:
    """The waves a case can be moved to."""
    return Wave.objects.filter(number__gt=wave.number).order_by("number")
