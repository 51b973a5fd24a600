"""One component's part of a cycle: its cases with what was said of them, and who has not answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet

from accounts.models import User
from registry import asking, diff, editions, handling
from registry import document as documents
from registry.models import ComponentCall, Cycle, StillTrue, UseCase
from registry.permissions import standing
from registry.questions import Question
from registry.reads import worded
from registry.reads.cycles import Overview, Part, called, current_cycle, known, overview

STATES = {
    "unanswered": "Not gone through yet",
    "answered": "Gone through",
    "changed": "Changed since",
    "unfiled": "With changes nobody filed",
}


def cases_of(user: Any, call: ComponentCall) -> QuerySet[UseCase]:
    """The called cases of the component the person may know of."""
    return known(user, called(call.cycle).filter(component=call.component_id))


def with_answers(rows: QuerySet[UseCase], cycle: Cycle) -> QuerySet[UseCase]:
    """Each case with what was said of it in the cycle, as `said` (a list of none or one)."""
    newest = StillTrue.objects.filter(cycle=cycle, is_current=True).select_related("confirmed_by", "on_behalf_of")
    rows = rows.select_related("component", "owner", "backup_owner")
    rows = rows.defer("document", "filed_document", "search_vector")
    return rows.prefetch_related(Prefetch("confirmations", newest, to_attr="said"))


def in_state(rows: QuerySet[UseCase], cycle: Cycle, state: str) -> QuerySet[UseCase]:
    """Those in a state of `STATES`; all for any other word."""
    said = StillTrue.objects.filter(cycle=cycle, is_current=True, use_case=OuterRef("pk"))
    if state == "unanswered":
        return rows.filter(~Exists(said))
    if state == "answered":
        return rows.filter(Exists(said))
    if state == "changed":
        return rows.filter(Exists(said.exclude(revision_number=OuterRef("revision_number"))))
    return rows.exclude(filed_number=F("revision_number")) if state == "unfiled" else rows


def of_person(rows: QuerySet[UseCase], person: User) -> QuerySet[UseCase]:
    """Those the person owns, or stands in for."""
    return rows.filter(Q(owner=person) | Q(backup_owner=person))


@dataclass(frozen=True)
class Waiting:
    """Somebody who owns called cases, and how many of them nobody has gone through."""

    name: str
    pk: int | None
    cases: int
    unanswered: int


def owners(user: Any, call: ComponentCall) -> list[Waiting]:
    """Who answers for how many, those with most open first; cases without an owner stand under nobody."""
    said = StillTrue.objects.filter(cycle=call.cycle, is_current=True, use_case=OuterRef("pk"))
    rows = cases_of(user, call).order_by().annotate(is_answered=Exists(said))
    counted = rows.values("owner", "owner__name").annotate(
        cases=Count("pk"), unanswered=Count("pk", filter=Q(is_answered=False))
    )
    found = [Waiting(row["owner__name"] or "", row["owner"], row["cases"], row["unanswered"]) for row in counted]
    return sorted(found, key=lambda one: (-one.unanswered, one.name))


@dataclass(frozen=True)
class Line:
    """One answer as it stands, to be confirmed or changed. `state` says whether there is one at all."""

    question: Question
    words: str
    state: str

    @property
    def has_answer(self) -> bool:
        """Whether something stands there that can still be true."""
        return self.state != "blank"


def lines(use_case: UseCase, wanted: frozenset[str]) -> list[Line]:
    """The reported answers that are asked of the case, in the order of the form; the row is cut for its reader."""
    form = editions.of(use_case)
    document: Mapping[str, Any] = use_case.document
    asked = asking.asked(form, document) | (asking.present(document) & wanted)
    found = []
    for question in form:
        if question.field not in wanted or question.field not in asked:
            continue
        side = diff.side(document, question.field)
        found.append(Line(question, worded(side, question), side.state))
    return found


def readable_lines(use_case: UseCase, wanted: frozenset[str]) -> list[Line]:
    """Those whose answers the reader may know: nobody confirms what they cannot read."""
    held = documents.withheld(use_case.document)
    return [
        line
        for line in lines(use_case, wanted)
        if line.question.field not in use_case.hidden and not handling.is_marker(held.get(line.question.field, ""))
    ]


@dataclass(frozen=True)
class MyCall:
    """A component's open call with how many of my own cases nobody has gone through."""

    call: ComponentCall
    number: int


def waiting_for(person: User) -> list[MyCall]:
    """The open calls in which cases of mine wait, in two queries for each newest cycle."""
    places = standing(person).components
    if not places:
        return []
    rows = ComponentCall.objects.filter(component__in=places, status="open", cycle__status="open")
    calls = {call.component_id: call for call in rows.select_related("cycle", "component").order_by("cycle__year")}
    if not calls:
        return []
    cycle = max((call.cycle for call in calls.values()), key=lambda one: one.year)
    mine = in_state(of_person(called(cycle).filter(component__in=list(calls)), person), cycle, "unanswered")
    counted = mine.order_by().values_list("component").annotate(number=Count("pk"))
    return [MyCall(calls[component], number) for component, number in counted]


def running(user: Any) -> Overview | None:
    """The newest cycle that has not left yet as the person may see it, for the first page; None without one."""
    cycle = current_cycle(settings.PORTAL_AGENCY)
    return None if cycle is None or cycle.is_frozen else overview(user, cycle)


def led(found: Overview, person: User) -> list[Part]:
    """The parts the person certifies that have something open."""
    mine = standing(person).lead_of
    return [part for part in found.parts if part.call.component_id in mine and part.standing != "certified"]


def to_countersign(found: Overview) -> list[Part]:
    """The parts a lead has signed that wait for the inventory manager."""
    return [part for part in found.parts if part.standing == "signed"]
