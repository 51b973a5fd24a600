"""Lists from outside as pages and the certification need them: what each line is, counts, what may cover it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Greatest, Upper

from accounts.models import Component
from registry import outside
from registry.models import OutsideAnswer, OutsideLine, OutsideList, OutsideMatch, UseCase
from registry.models.use_case import Handling, Status
from registry.permissions import visible_to
from registry.permissions.know import is_about_restricted, known_to
from registry.permissions.outside import lines_visible_to
from registry.permissions.systems import cases_with_open_systems, systems_visible_to

OPEN, MATCHED = "open", "matched"
Says = OutsideAnswer.Says
# What a line can be, in the order of the filters. A promised case is waited for: without it the inventory lacks one.
STATES: Mapping[str, str] = {
    OPEN: "Not answered", Says.UNRESOLVED: "Unresolved", Says.NEW_CASE: "To be registered",
    MATCHED: "Found in a use case",
    Says.COVERED: "Covered", Says.NOT_AI: "Not AI", Says.COMMON: "Common commercial use",
}  # fmt: skip
WAITING = (OPEN, Says.UNRESOLVED, Says.NEW_CASE)
ANSWERED = tuple(one for one in STATES if one not in (*WAITING, MATCHED))  # a person accounted for them
LIKE = 0.3
MOST = 6


def with_state(rows: QuerySet[OutsideLine]) -> QuerySet[Any]:
    """Each line with its `state`: what a person said counts before what was found.

    A match counts while everybody here may know of the answer it rests on; a case restricted since gives no hint.
    """
    told = OutsideMatch.objects.filter(line=OuterRef("pk")).exclude(use_case__handling=Handling.RESTRICTED)
    found = Exists(told.exclude(is_about_restricted("field")))
    return rows.annotate(
        state=Case(
            When(answer__isnull=False, then=F("answer__says")),
            When(found, then=Value(MATCHED)),
            default=Value(OPEN),
            output_field=CharField(),
        )
    )


def is_waiting() -> Q:
    """Lines nobody has accounted for."""
    return Q(state__in=WAITING)


def unresolved(component: Component) -> int:
    """How many lines of the lists in use the component has still to account for (GAO-24-105980, completeness)."""
    rows = OutsideLine.objects.filter(component=component, outside_list__state=OutsideList.State.CURRENT)
    return with_state(rows).filter(is_waiting()).count()


def chosen(user: Any, given: Mapping[str, str], *, besides: str = "") -> QuerySet[Any]:
    """The lines a person may see that fit the filters; `besides` leaves one filter out, to count its choices."""
    rows = with_state(lines_visible_to(user))
    given = {name: value for name, value in given.items() if value and name != besides}
    if state := given.get("state"):
        wanted = {"waiting": WAITING, "answered": ANSWERED}.get(state, (state,))
        rows = rows.filter(state__in=wanted)
    if kind := given.get("kind"):
        rows = rows.filter(outside_list__kind=kind)
    if component := given.get("component"):
        rows = rows.filter(component=None) if component == "none" else rows.filter(component__code=component)
    if given.get("new"):
        rows = rows.filter(is_new=True)
    if words := given.get("q", "").replace("\x00", "").strip()[:200]:
        rows = rows.filter(Q(name__icontains=words) | Q(number__icontains=words) | Q(vendor__icontains=words))
    return rows


def listed(rows: QuerySet[Any]) -> QuerySet[Any]:
    """With all a list shows."""
    joined = rows.select_related("component", "outside_list", "answer__answered_by")
    cases = "answer__cases__component", "matches__use_case__component"
    return joined.defer("outside_list__content", "outside_list__issues", "outside_list__gone").prefetch_related(*cases)


def counts(user: Any, given: Mapping[str, str], name: str) -> dict[str, int]:
    """How many lines each choice of a filter has, the other filters as they are."""
    column = {"state": "state", "kind": "outside_list__kind", "component": "component__code"}[name]
    rows = chosen(user, given, besides=name).order_by().values(column).annotate(number=Count("pk"))
    return {row[column] or "none": row["number"] for row in rows}


@dataclass(frozen=True)
class Shown:
    """A line as a person may read it: the cases they may open, and the components of others."""

    line: Any
    cases: tuple[UseCase, ...]
    elsewhere: tuple[str, ...]

    @property
    def words(self) -> str:
        """What it is, in words."""
        return str(STATES[self.line.state])

    @property
    def is_waiting(self) -> bool:
        """Whether somebody has still to account for it."""
        return self.line.state in WAITING


def shown(user: Any, lines: list[Any]) -> list[Shown]:
    """Lines with what this person may know of the cases that cover them."""
    cases = {case.pk for line in lines for case in _cases(line)}
    seen = set(visible_to(user).filter(pk__in=cases).values_list("pk", flat=True))
    made = []
    for line in lines:
        every = _cases(line)
        others = {case.component.code for case in every if case.pk not in seen and case.handling != Handling.RESTRICTED}
        made.append(Shown(line, tuple(case for case in every if case.pk in seen), tuple(sorted(others))))
    return made


def _cases(line: Any) -> list[UseCase]:
    """The cases a line is covered by as somebody said, or as was found while nobody said anything."""
    if line.answer:
        return sorted(line.answer.cases.all(), key=lambda case: case.use_case_id)
    if line.state != MATCHED:
        return []
    found = {
        one.use_case_id: one.use_case
        for one in line.matches.all()
        if one.use_case.handling != Handling.RESTRICTED and one.field not in one.use_case.restricted
    }
    return sorted(found.values(), key=lambda case: case.use_case_id)


# -- who may cover it -------------------------------------------------------------------------------


def suggestions(user: Any, line: OutsideLine) -> list[UseCase]:
    """Cases the person may open that say the line's number or name, or have a name or system like it.

    A case or answer the person may not know of is never a hint (design section 4, need to know).
    """
    mine = visible_to(user).exclude(status=Status.WITHDRAWN).select_related("component").defer("search_vector")
    exact = list(mine.filter(_says(user, line))[:MOST]) if line.name or line.number else []
    like = mine.exclude(pk__in=[case.pk for case in exact]).filter(_alike(user, line))
    name = line.name[:200].upper()
    ranked = like.annotate(rank=Greatest(TrigramSimilarity(Upper("name"), name), Value(0.0)))
    return [*exact, *ranked.order_by("-rank", "use_case_id")[: MOST - len(exact)]]


def _says(user: Any, line: OutsideLine) -> Q:
    """The same text in one of the answers the list is held against, of cases whose answer the person may read."""
    wanted = Q()
    for field in outside.BY_CODE[line.outside_list.kind].fields:
        same = Q()
        for text in {line.name[:300], line.number} - {""}:
            same |= Q(**{f"document__answers__{field}__iexact": text})
        readable = ~Q(restricted_fields__contains=[field]) | Q(pk__in=known_to(user).values("pk"))
        wanted |= same & readable
    return wanted


def _alike(user: Any, line: OutsideLine) -> Q:
    name = line.name[:200]
    systems = systems_visible_to(user).alias(like=TrigramSimilarity("name", name)).filter(like__gte=LIKE)
    open_links = Q(system_links__system__in=systems.values("pk"), system_links__ended_at=None)
    on_system = UseCase.objects.filter(open_links, pk__in=cases_with_open_systems(user).values("pk"))
    alike = UseCase.objects.alias(upper_name=Upper("name")).filter(upper_name__trigram_similar=name.upper())
    return Q(pk__in=on_system.values("pk")) | Q(pk__in=alike.values("pk"))


# -- the overview -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Summary:
    """A kind of list: the one in use, and its lines the person sees by state."""

    kind: outside.Kind
    row: OutsideList | None
    states: Mapping[str, int]

    @property
    def total(self) -> int:
        """All lines."""
        return sum(self.states.values())

    @property
    def waiting(self) -> int:
        """Lines nobody has accounted for."""
        return sum(self.states.get(state, 0) for state in WAITING)

    @property
    def answered(self) -> int:
        """Lines a person accounted for."""
        return self.total - self.waiting - self.states.get(MATCHED, 0)


def overview(user: Any) -> list[Summary]:
    """Every kind of list with what is in use."""
    rows = OutsideList.objects.filter(state=OutsideList.State.CURRENT).defer("content", "issues", "gone")
    current = {row.kind: row for row in rows.select_related("uploaded_by")}
    states: dict[str, dict[str, int]] = {}
    for one in (
        with_state(lines_visible_to(user)).order_by().values("outside_list__kind", "state").annotate(n=Count("pk"))
    ):
        states.setdefault(one["outside_list__kind"], {})[one["state"]] = one["n"]
    return [Summary(kind, current.get(kind.code), states.get(kind.code, {})) for kind in outside.KINDS]


def by_component(user: Any) -> list[tuple[str, str, int, int]]:
    """(code, name, waiting, all) of each component with lines, most waiting first; without a component: empty code."""
    rows = with_state(lines_visible_to(user)).order_by().values("component__code", "component__name")
    found = rows.annotate(waiting=Count("pk", filter=is_waiting()), total=Count("pk"))
    made = [(one["component__code"] or "", one["component__name"] or "", one["waiting"], one["total"]) for one in found]
    return sorted(made, key=lambda one: (-one[2], one[0]))
