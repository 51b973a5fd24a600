"""Questions asked of systems: lists with counts, a system's page, and what a case's page says of its systems."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from registry import editions, systems
from registry.models import KeptAnswer, System, SystemMark, SystemRevision, UseCase, UseCaseSystem
from registry.permissions import edit_refusals
from registry.permissions.know import for_reader
from registry.permissions.systems import cases_with_open_systems, confirm_refusals, link_refusals, systems_visible_to
from registry.questionnaire import Question
from registry.reads import Choice

CLOSE = 5  # other cases named on a case's page; the rest is one click away


def live(**where: Any) -> QuerySet[UseCaseSystem]:
    """Links that hold now."""
    return UseCaseSystem.objects.filter(ended_at=None, **where)


# -- the list ---------------------------------------------------------------------------------------


def listed(user: Any) -> QuerySet[System]:
    """The systems one may know of, each with the number of its cases and open marks one may know of."""
    cases = cases_with_open_systems(user).values("pk")
    known = Q(links__ended_at=None, links__use_case__in=cases)
    marked = SystemMark.objects.filter(system=OuterRef("pk"), cleared_at=None, use_case__in=cases)
    rows = systems_visible_to(user).filter(merged_into=None).select_related("component", "owner")
    return rows.annotate(cases=Count("links", filter=known, distinct=True), has_marks=Exists(marked))


def filtered(rows: QuerySet[System], given: Mapping[str, str]) -> QuerySet[System]:
    """The list's search and filters; an unknown value finds nothing rather than everything."""
    if component := given.get("component"):
        rows = rows.filter(component__code=component)
    if ato := given.get("ato"):
        rows = rows.filter(ato="" if ato == "unknown" else ato)
    if given.get("show") == "expiring":
        rows = rows.filter(is_near(timezone.localdate()))
    text = given.get("q", "").strip().replace("\x00", "")
    if text:
        words = Q(name__icontains=text) | Q(description__icontains=text) | Q(vendor_name__icontains=text)
        rows = rows.filter(words | Q(contract_number__icontains=text) | Q(merged__name__icontains=text)).distinct()
    return rows.order_by("name", "pk")


def is_near(as_of: date) -> Q:
    """An authorization or contract option that ends within 60 days, or has ended."""
    soon = systems.horizon(as_of)
    return Q(ato="held", ato_expires_on__lte=soon) | Q(option_on__lte=soon)


def counts(rows: QuerySet[System]) -> dict[str, list[Choice]]:
    """Each filter's values among the shown rows."""
    plain = System.objects.filter(pk__in=rows.order_by().values("pk"))
    places = plain.values_list("component__code").annotate(n=Count("pk")).order_by("component__code")
    states = dict(plain.values_list("ato").annotate(n=Count("pk")).order_by("ato"))
    words = {**systems.ATO, "": "Not stated"}
    return {
        "component": [Choice(code, code, n) for code, n in places],
        "ato": [Choice(code or "unknown", word, states[code]) for code, word in words.items() if code in states],
    }


def spoken(question: Question, answer: Any) -> str:
    """An answer in words, a date too."""
    return in_words(str(answer)) if question.type == "date" else question.words(answer)


def in_words(iso: str) -> str:
    """3 April 2026 of an ISO date; what is none stays as it is."""
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{day.day} {day:%B %Y}"


def fact_words(name: str, value: Any) -> str:
    """A fact of a record in words, a date too."""
    fact = systems.BY_NAME[name]
    return in_words(str(value or "")) if fact.type == "date" else fact.words(value)


# -- a system's page --------------------------------------------------------------------------------


@dataclass(frozen=True)
class FactLine:
    """One fact in words."""

    name: str
    label: str
    value: str


def fact_lines(facts: Mapping[str, Any]) -> list[FactLine]:
    """The facts in the order of the form."""
    return [FactLine(fact.name, fact.label, fact_words(fact.name, facts.get(fact.name))) for fact in systems.FACTS]


@dataclass(frozen=True)
class Step:
    """A revision of a record, with what it changed."""

    revision: SystemRevision
    changes: tuple[tuple[str, str, str], ...]


def history(system: System) -> list[Step]:
    """The revisions, newest first, each with (label, before, after) of what it changed."""
    rows = list(SystemRevision.objects.filter(system=system).select_related("recorded_by").order_by("number"))
    steps: list[Step] = []
    before: dict[str, Any] = {}
    for row in rows:
        names = systems.changed(before, row.facts) if before else []
        changes = tuple(
            (systems.BY_NAME[n].label, fact_words(n, before.get(n)), fact_words(n, row.facts.get(n))) for n in names
        )
        steps.append(Step(row, changes))
        before = row.facts
    return steps[::-1]


def facts_on(system: System, as_of: date, known_at: datetime | None = None) -> dict[str, Any] | None:
    """What the record says of a day; with `known_at`, what it said at that moment. None before its first fact."""
    rows = SystemRevision.objects.filter(system=system, effective_on__lte=as_of)
    if known_at is not None:
        rows = rows.filter(recorded_at__lte=known_at)
    found = rows.order_by("-effective_on", "-number").first()
    return dict(found.facts) if found else None


def links_on(use_case: UseCase, as_of: date, known_at: datetime | None = None) -> list[UseCaseSystem]:
    """The systems a case used on a day, as known now or at a moment; the last day counts."""
    rows = UseCaseSystem.objects.filter(use_case=use_case, started_on__lte=as_of).select_related("system")
    if known_at is None:
        return list(rows.filter(Q(ended_on=None) | Q(ended_on__gte=as_of)))
    not_ended = Q(ended_at=None) | Q(ended_at__gt=known_at) | Q(ended_on__gte=as_of)
    return list(rows.filter(not_ended, recorded_at__lte=known_at))


@dataclass(frozen=True)
class Differing:
    """A question the cases on a system answer differently, in words."""

    field: str
    label: str
    may_differ: bool
    says: str
    answers: tuple[tuple[str, tuple[UseCase, ...]], ...]


def differing_cases(system: System, cases: Sequence[UseCase]) -> list[Differing]:
    """Where the shown cases answer differently. Only these take part: a case one may not see leaves no trace.

    The newest answers are held against each other, filed or not: a difference is mended where answers are written.
    """
    asked = {field: question for case in cases for field, question in editions.of(case).by_field.items()}
    by_id = {case.use_case_id: case for case in cases}
    said = systems.answers(system.facts, timezone.localdate())
    found = []
    for one in systems.disagreements({case.use_case_id: case.document for case in cases}):
        if question := asked.get(one.field):
            answers = tuple(
                (spoken(question, answer), tuple(by_id[name] for name in names)) for answer, names in one.answers
            )
            says = spoken(question, said[one.field]) if one.field in said else ""
            found.append(Differing(one.field, question.short, one.may_differ, says, answers))
    return found


def cases_of(user: Any, system: System) -> list[UseCase]:
    """The cases on a system that exist for this person."""
    rows = cases_with_open_systems(user).filter(pk__in=live(system=system).values("use_case"))
    found = list(rows.select_related("component", "owner").defer("search_vector", "filed_document"))
    for_reader(user, *found)
    return found


def past_links(user: Any, system: System) -> list[UseCaseSystem]:
    """Links that ended, to cases that exist for this person."""
    rows = UseCaseSystem.objects.filter(system=system, use_case__in=cases_with_open_systems(user).values("pk"))
    return list(rows.exclude(ended_at=None).select_related("use_case", "ended_by").order_by("-ended_at"))


# -- a case's page ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """A case's answer beside what its system's record says."""

    field: str
    label: str
    answer: str
    says: str
    kept: KeptAnswer | None


@dataclass(frozen=True)
class OtherCase:
    """Another case on the same system that answers some questions differently."""

    use_case: UseCase
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Used:
    """A system the case uses, with everything its page says about it."""

    link: UseCaseSystem
    differences: tuple[Difference, ...] = ()
    marks: tuple[SystemMark, ...] = ()
    others: tuple[OtherCase, ...] = ()
    more: int = 0
    sharing: int = 0

    @property
    def open_differences(self) -> list[Difference]:
        """Those nobody has given a reason for."""
        return [one for one in self.differences if one.kept is None]


def used(user: Any, use_case: UseCase) -> list[Used]:
    """The systems of a case that exist for this person, in a number of queries that does not grow with them."""
    rows = live(use_case=use_case, system__in=systems_visible_to(user).values("pk"))
    if "system_name_ato" in use_case.hidden:
        return []
    links = list(rows.select_related("system__component", "system__owner", "recorded_by").prefetch_related("kept"))
    if not links:
        return []
    beside = _cases_beside(user, use_case, links)
    marks = defaultdict(list)
    for mark in SystemMark.objects.filter(use_case=use_case, cleared_at=None).order_by("raised_at", "pk"):
        marks[mark.system_id].append(mark)
    found = []
    for link in links:
        others = _others(use_case, beside[link.system_id])
        differs = _differences(link, use_case)
        found.append(
            Used(
                link, differs, tuple(marks[link.system_id]), others[:CLOSE], max(0, len(others) - CLOSE),
                len(beside[link.system_id]),
            )
        )  # fmt: skip
    return found


def _differences(link: UseCaseSystem, use_case: UseCase) -> tuple[Difference, ...]:
    asked = editions.of(use_case).by_field
    kept: dict[str, KeptAnswer] = {}
    for one in link.kept.all():  # newest first: the newest reason for a field stands
        kept.setdefault(one.field, one)
    found = []
    for name, answer, says in systems.differing(link.system.facts, use_case.document, asked, timezone.localdate()):
        reason = kept.get(name)
        holds = reason is not None and (reason.answer, reason.says) == (answer, says)
        mine, theirs = spoken(asked[name], answer), spoken(asked[name], says)
        found.append(Difference(name, asked[name].short, mine, theirs, reason if holds else None))
    return tuple(found)


def _cases_beside(user: Any, use_case: UseCase, links: Sequence[UseCaseSystem]) -> dict[int, list[UseCase]]:
    """The other cases on each of these systems, only those that exist for this person."""
    there = live(system__in=[link.system_id for link in links]).exclude(use_case=use_case)
    there = there.filter(use_case__in=cases_with_open_systems(user).values("pk"))
    found: dict[int, list[UseCase]] = defaultdict(list)
    for row in there.select_related("use_case__component", "use_case__owner").order_by("use_case__use_case_id"):
        found[row.system_id].append(row.use_case)
    for_reader(user, *sum(found.values(), []))
    return found


def _others(use_case: UseCase, beside: Iterable[UseCase]) -> tuple[OtherCase, ...]:
    asked = editions.of(use_case).by_field
    found = []
    for other in beside:
        pair = {"": use_case.document, "other": other.document}
        labels = [asked[one.field].short for one in systems.disagreements(pair) if one.field in asked]
        if labels:
            found.append(OtherCase(other, tuple(labels)))
    return tuple(found)


@dataclass(frozen=True)
class Panel:
    """The systems of a case, and what this person can do about them."""

    used: list[Used]
    linkable: list[System]
    link_refusals: list[str]
    edit_refusals: list[str]
    confirm_refusals: list[str]

    @property
    def has_marks(self) -> bool:
        """Whether something waits to be looked at."""
        return any(one.marks for one in self.used)


def panel(user: Any, use_case: UseCase) -> Panel:
    """What a case's page says of its systems."""
    refusals = link_refusals(user, use_case)
    return Panel(
        used=used(user, use_case),
        linkable=[] if refusals else list(linkable(user, use_case).select_related("component")),
        link_refusals=refusals,
        edit_refusals=edit_refusals(user, use_case),
        confirm_refusals=confirm_refusals(user, use_case),
    )


def linkable(user: Any, use_case: UseCase) -> QuerySet[System]:
    """The systems a person could still link to this case."""
    rows = systems_visible_to(user).filter(merged_into=None)
    return rows.exclude(pk__in=live(use_case=use_case).values("system")).order_by("name")


def marks_of(pks: Iterable[int]) -> dict[int, list[SystemMark]]:
    """The open marks of these cases, which are their owners' to clear."""
    found: dict[int, list[SystemMark]] = defaultdict(list)
    rows = SystemMark.objects.filter(use_case__in=list(pks), cleared_at=None).select_related("system")
    for mark in rows.order_by("raised_at", "pk"):
        if mark.use_case_id:
            found[mark.use_case_id].append(mark)
    return found
