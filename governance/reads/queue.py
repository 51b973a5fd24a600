"""What waits for a person: lanes of their offices, endorsements, triage, decisions. Queries do not grow with rows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Aggregate, Count, F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Role, User
from accounts.permissions import standing
from governance.lifecycles import AT_WORK, PENDING, WAITING
from governance.models import Lane, Review
from governance.permissions import DECIDERS
from governance.permissions.office import lanes_open_to, offices_of, people_of, works_lanes
from governance.reads import queue_asked
from governance.reads.queue_asked import Asked
from governance.risk import RISKS
from registry.models.use_case import Status
from registry.permissions import visible_to

# Days a step may take before it counts as overdue: the portal's own service times, set by no instrument.
STEP_DAYS = {"endorse": 5, "triage": 5, "decide": 10}
NEW_DAYS = 7
WEEK = 7
NOBODY = "Nobody of the office can sign: the Chief AI Officer names an acting signer"

WORKS = {
    "lanes": "Lanes",
    "endorse": "To endorse",
    "triage": "To triage",
    "decide": "To decide",
}
FILTERS = {
    "all": "All",
    "overdue": "Overdue",
    "week": "Due this week",
    "resubmitted": "Resubmitted",
    "new": "New",
    "nobody": "With nobody",
    "blocked": "Blocked",
}


@dataclass(frozen=True)
class Queue:
    """One kind of work: counts for every filter and of every class of risk, and how to fetch rows.

    Of lanes also how many each scope holds, and the components they are of.
    """

    asked: Asked
    rows: QuerySet[Any]
    counts: dict[str, int] = field(default_factory=dict)
    risks: dict[int, int] = field(default_factory=dict)
    scopes: dict[str, int] = field(default_factory=dict)
    components: frozenset[int] = frozenset()

    @property
    def work(self) -> str:
        """The kind of work."""
        return self.asked.work

    @property
    def total(self) -> int:
        """Everything that waits here."""
        return self.counts["all"]

    @property
    def left(self) -> int:
        """How many rows the chosen filter leaves."""
        return self.counts[self.asked.show]


def works(user: Any) -> list[str]:
    """The kinds of work a person has, the order they are offered in."""
    who = standing(user)
    held = {
        "lanes": works_lanes(user),
        "endorse": bool(who.lead_of or who.acting(Role.COMPONENT_LEAD, "endorse")),
        "triage": who.has(Role.INVENTORY_MANAGER),
        "decide": who.has(*DECIDERS) or bool(who.acting(Role.CAIO, "decide") or who.acting(Role.CAIO, "refer")),
    }
    return [work for work in WORKS if held[work]]


def waiting(user: Any) -> int:
    """How much waits for the person, for the menu: one count for each kind of work they have."""
    return sum(count(user, queue_asked.usual(user, work)) for work in works(user))


def count(user: Any, asked: Asked) -> int:
    """How much there is, before any filter."""
    return _rows(user, asked).filter(_at_work(asked.work)).count()


def scope_counts(user: Any) -> dict[str, int]:
    """How many lanes at work each scope holds, in one query."""
    counts = _pending(user).aggregate(**_of_all_lanes(user))
    return {scope: counts[f"scope_{scope}"] for scope in queue_asked.scopes(user)}


def queue(user: Any, work: str) -> Queue:
    """One kind of work as it opens."""
    return find(user, queue_asked.usual(user, work))


def find(user: Any, asked: Asked) -> Queue:
    """What was asked for with all its counts, in one query: each more would read every open lane once more."""
    wanted = tests(asked.work)
    if asked.scope == "mine":
        del wanted["nobody"]
    if asked.show not in wanted:
        asked = replace(asked, show="all")
    rows, here = _rows(user, asked), Q()
    counted: dict[str, Aggregate] = {}
    if asked.work == "lanes":
        counted = _of_all_lanes(user)
        rows, here = _pending(user), _scope(user, asked.scope) & asked.narrowing
    risks = {f"risk_{risk}": wanted[asked.show] & Q(**{_risk(asked.work): risk}) for risk in RISKS}
    counted |= {name: Count("pk", filter=here & test) for name, test in {**wanted, **risks}.items()}
    counts = rows.aggregate(**counted)
    return Queue(
        asked, _rows(user, asked), {name: counts[name] for name in wanted},
        {risk: counts[f"risk_{risk}"] for risk in RISKS},
        {scope: counts[f"scope_{scope}"] for scope in queue_asked.scopes(user) if asked.work == "lanes"},
        frozenset(counts.get("components") or ()),
    )  # fmt: skip


def _of_all_lanes(user: Any) -> dict[str, Aggregate]:
    """How many lanes at work each scope holds, and which components have a lane somebody still owes."""
    scopes = {scope: Q(status__in=AT_WORK) & _scope(user, scope) for scope in queue_asked.scopes(user)}
    counted: dict[str, Aggregate] = {f"scope_{scope}": Count("pk", filter=test) for scope, test in scopes.items()}
    return counted | {"components": ArrayAgg("review__use_case__component", distinct=True)}


def chosen(found: Queue) -> QuerySet[Any]:
    """The rows of a filter, the most urgent first: by risk, then by due date."""
    return found.rows.filter(shown(found)).order_by(*order(found.work))


def shown(found: Queue) -> Q:
    """The chosen filter as a condition on the rows."""
    return tests(found.work)[found.asked.show]


def order(work: str) -> tuple[str, ...]:
    """By risk, then by the day it is due, then by how long it has been there."""
    if work == "lanes":
        return ("review__risk", "due_on", "opened_at", "pk")
    return ("risk", "use_case__status_changed_at", "pk")


def _rows(user: Any, asked: Asked) -> QuerySet[Any]:
    who, seen = standing(user), visible_to(user)
    if asked.work == "lanes":
        return _pending(user).filter(_scope(user, asked.scope), asked.narrowing)
    running = Review.objects.filter(ended_at=None, use_case__in=seen)
    if asked.work == "endorse":
        led = who.lead_of | who.acting(Role.COMPONENT_LEAD, "endorse")
        return running.filter(use_case__status=Status.SUBMITTED, use_case__component__in=led)
    status = Status.ENDORSED if asked.work == "triage" else Status.READY
    return running.filter(use_case__status=status)


def _pending(user: Any) -> QuerySet[Lane]:
    return Lane.objects.filter(status__in=PENDING, review__use_case__in=visible_to(user))


def _scope(user: Any, scope: str) -> Q:
    if scope == "all":
        return Q()
    mine = lanes_open_to(user)
    if scope == "office":
        return mine
    second = Q(second_reader=user.pk, status=Lane.State.SECOND)
    return mine & (Q(assigned_to=user.pk) | second)


def _risk(work: str) -> str:
    return "review__risk" if work == "lanes" else "risk"


def _at_work(work: str) -> Q:
    """A lane that waits for an earlier office is not with its office yet."""
    return Q(status__in=AT_WORK) if work == "lanes" else Q()


def tests(work: str) -> dict[str, Q]:
    """The filters as conditions; lanes have a due date of their own, other steps count from their status."""
    today = timezone.localdate()
    newer = timezone.now() - timedelta(days=NEW_DAYS)
    if work == "lanes":
        here = _at_work(work)
        # While a question is open the clock stands: the day moves on with each day, so none of them is overdue
        # that was not when it was asked.
        soon = Q(due_on__lt=F("paused_on") + WEEK) | Q(paused_on=None, due_on__lt=today + timedelta(days=WEEK))
        return {
            "all": here,
            "overdue": here & Q(due_on__lt=Coalesce(F("paused_on"), today)),
            "week": here & Q(due_on__gte=Coalesce(F("paused_on"), today)) & soon,
            "resubmitted": here & Q(review__round__gt=1),
            "new": here & Q(review__round=1, opened_at__gte=newer),
            "nobody": here & Q(assigned_to=None),
            "blocked": Q(status__in=[WAITING, Lane.State.ASKED, Lane.State.SECOND]),
        }
    first = today - timedelta(days=STEP_DAYS[work])
    return {
        "all": Q(pk__isnull=False),
        "overdue": Q(use_case__status_changed_at__date__lt=first),
        "week": Q(
            use_case__status_changed_at__date__gte=first,
            use_case__status_changed_at__date__lt=first + timedelta(days=WEEK),
        ),
        "resubmitted": Q(round__gt=1),
        "new": Q(round=1, use_case__status_changed_at__gte=newer),
    }


# -- who else is there ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Desk:
    """Somebody a lane can be given to, with how much lies there already."""

    person: User
    open: int
    overdue: int

    @property
    def words(self) -> str:
        """12 on the desk, 3 of them overdue."""
        if not self.open:
            return "nothing on the desk"
        return f"{self.open} on the desk" + (f", {self.overdue} overdue" if self.overdue else "")


def colleagues(user: Any) -> list[User]:
    """Who else acts for the person's offices: their reviewers, who stands in for them, and acting signers."""
    return [person for person in people_of(offices_of(user)) if person.pk != user.pk]


def desks(user: Any) -> list[Desk]:
    """The person and their colleagues, each with the lanes at work on their desk; restricted cases the viewer may
    not know of are not counted."""
    people = [user, *colleagues(user)]
    rows = Lane.objects.filter(assigned_to__in=people, status__in=AT_WORK, review__use_case__in=visible_to(user))
    late = tests("lanes")["overdue"]
    by_person: Any = rows.order_by().values_list("assigned_to")
    counted = by_person.annotate(open=Count("pk"), overdue=Count("pk", filter=late))
    found = {person: (open_, overdue) for person, open_, overdue in counted}
    return [Desk(person, *found.get(person.pk, (0, 0))) for person in people]
