"""The lists of determinations: what waits for one, what is to be acknowledged, what is not AI and still counts."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When

from accounts.models import Role
from accounts.permissions import standing
from governance.determining import HIGH, PRESUMED
from governance.models import AiDetermination, Determination
from governance.permissions import determine as permissions
from governance.permissions.determine import CLOSED
from registry.models import UseCase
from registry.reads import label

WAITING, ACKNOWLEDGE, DIFFERS, NOT_AI = "waiting", "acknowledge", "differs", "not_ai"
LABELS = {
    WAITING: "Not determined here", ACKNOWLEDGE: "Cleared, to acknowledge", DIFFERS: "Reported otherwise",
    NOT_AI: "Not AI, not withdrawn",
}  # fmt: skip
GROUPS = {
    "deployed_high": ("Deployed, high-impact", Q(stage="deployed", impact=HIGH)),
    "deployed_presumed": ("Deployed, presumption cleared by the report", Q(stage="deployed", impact=PRESUMED)),
    "other_live": (
        "Not deployed, high-impact or presumed", ~Q(stage="deployed") & Q(impact__in=[HIGH, PRESUMED])
    ),
    "rest": ("Not high-impact, or not answered", ~Q(impact__in=[HIGH, PRESUMED]) | Q(impact=None)),
}  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """A filter with how many cases it finds."""

    code: str
    label: str
    count: int


@dataclass(frozen=True)
class Listing:
    """The rows of one list, and the other lists with their counts."""

    show: str
    group: str
    rows: QuerySet[UseCase]
    shows: list[Choice]
    groups: list[Choice]


def listing(user: Any, show: str, group: str) -> Listing:
    """One of the lists, most urgent first: deployed high-impact before all."""
    show, group = show if show in LABELS else WAITING, group if group in GROUPS else ""
    every = _shown(user)
    shows = [Choice(code, LABELS[code], every[code].count()) for code in LABELS]
    chosen = every[show]
    counted = chosen.aggregate(**{code: Count("pk", filter=wanted) for code, (_, wanted) in GROUPS.items()})
    groups = [Choice(code, label, counted[code]) for code, (label, _) in GROUPS.items() if counted[code]]
    rows = chosen.filter(GROUPS[group][1]) if group else chosen
    return Listing(show, group, ranked(rows), shows, groups)


def ranked(rows: QuerySet[UseCase]) -> QuerySet[UseCase]:
    """By what is at stake, then by how long it waits."""
    whens = [When(wanted, then=Value(n)) for n, (_, wanted) in enumerate(GROUPS.values())]
    rank = Case(*whens, default=Value(len(GROUPS)), output_field=IntegerField())
    rows = rows.select_related("component", "owner").defer("document", "filed_document")
    return rows.annotate(rank=rank).order_by("rank", "filed_effective_on", "use_case_id")


def _shown(user: Any) -> dict[str, QuerySet[UseCase]]:
    rows = _at_work(user)
    ai = AiDetermination.objects.filter(use_case=OuterRef("pk")).order_by("-signed_at", "-id")
    return {
        WAITING: waiting(user),
        ACKNOWLEDGE: to_acknowledge(user),
        DIFFERS: rows.exclude(signed_impact="").exclude(impact=None).exclude(signed_impact=F("impact")),
        NOT_AI: rows.annotate(newest_ai=Subquery(ai.values("is_ai")[:1])).filter(newest_ai=False),
    }  # fmt: skip


def _at_work(user: Any) -> QuerySet[UseCase]:
    """What is filed and still worked on, of the cases this person sees here."""
    rows = permissions.determinable(user).filter(filed_number__isnull=False).exclude(status__in=CLOSED)
    return rows.exclude(stage="retired")


def waiting(user: Any) -> QuerySet[UseCase]:
    """Filed and not determined here."""
    return _at_work(user).filter(signed_impact="")


def to_acknowledge(user: Any) -> QuerySet[UseCase]:
    """Presumptions a named official cleared, which the Chief AI Officer has not acknowledged; of the newest only."""
    newest = Determination.objects.filter(use_case=OuterRef("use_case")).order_by("-signed_at", "-id")
    open_ones = Determination.objects.filter(
        use_case=OuterRef("pk"), impact=PRESUMED, naming__isnull=False, acknowledged_at=None,
        pk=Subquery(newest.values("pk")[:1]),
    )  # fmt: skip
    return permissions.determinable(user).filter(Exists(open_ones), signed_impact=PRESUMED)


@dataclass(frozen=True)
class Home:
    """What waits, for the home page."""

    waiting: int
    deployed_high: int
    acknowledge: int
    is_caio: bool


def home(user: Any) -> Home | None:
    """What waits for somebody who determines; nothing for others."""
    is_caio = standing(user).has(Role.CAIO)
    if not (is_caio or permissions.namings(user)):
        return None
    wanted = {"every": Count("pk"), "high": Count("pk", filter=GROUPS["deployed_high"][1])}
    found = waiting(user).aggregate(**wanted)
    return Home(found["every"], found["high"], to_acknowledge(user).count() if is_caio else 0, is_caio)


def worded(rows: Any) -> Any:
    """The words of a page's rows."""
    for row in rows:
        row.stage_words = label("stage", row.stage)
        row.reported_words = label("impact", row.impact)
        row.signed_words = label("impact", row.signed_impact) if row.signed_impact else ""
    return rows


def waiting_for(user: Any) -> int:
    """What only this person can do: the Chief AI Officer's acknowledgements. What waits for anybody is on the list."""
    return to_acknowledge(user).count() if standing(user).has(Role.CAIO) else 0
