"""Conditions: what they block, whose they are, which are overdue, and the lists of them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from accounts.models import Role
from accounts.permissions import standing
from audit.models import Event
from audit.reads import sentence
from governance import condition_terms
from governance.models import Condition, ConditionEscalation, Review
from governance.permissions.conditions import conditions_visible_to, mine
from registry.models import UseCase

State = Condition.State
SCOPES = {"mine": "Mine", "component": "My component’s", "office": "Set by my office", "all": "All I may see"}
FILTERS = {
    "open": "Not met",
    "overdue": "Overdue",
    "met": "Reported met",
    "escalated": "Escalated",
    "blocking": "Blocking a stage",
    "accepted": "Accepted",
    "every": "Every one",
}


def blocking(use_case: UseCase, stage: str) -> list[Condition]:
    """The conditions that stand in the way of this stage: not accepted, and set at an earlier one.

    The reported stage is a fact and never refused (design section 3); what a decision or a request may not pass is.
    """
    rows = Condition.objects.filter(use_case=use_case, blocks=Condition.Blocks.NEXT_STAGE).exclude(state=State.ACCEPTED)
    rows = rows.select_related("lane__office", "decision", "owner", "use_case__owner")
    return [row for row in rows if condition_terms.is_beyond(stage, row.set_at_stage)]


def blocking_practice(use_case: UseCase, practice: str) -> list[Condition]:
    """The conditions on a minimum practice that are not accepted: until then it is not verified or accepted."""
    rows = Condition.objects.filter(use_case=use_case, practice=practice).exclude(state=State.ACCEPTED)
    return list(rows.select_related("lane__office", "decision"))


def practice_words(use_case: UseCase, practice: str) -> list[str]:
    """Why a practice cannot be verified or accepted now, in sentences."""
    return [f"A condition blocks this practice until it is accepted: {row.text}" for row in
            blocking_practice(use_case, practice)]  # fmt: skip


def blocking_words(use_case: UseCase, review: Review | None) -> list[str]:
    """Why the stage of the revision under review cannot be approved now, in sentences."""
    if review is None:
        return []
    found = blocking(use_case, review.stage)
    return [f"A condition of {row.source} blocks this stage until it is met and accepted: {row.text}" for row in found]


# -- lists ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listing:
    """A list of conditions with the counts of its filters."""

    scope: str
    show: str
    rows: QuerySet[Condition]
    scopes: list[tuple[str, str]]
    filters: list[tuple[str, str, int]]


def listing(user: Any, scope: str, show: str, component: str = "") -> Listing:
    """The conditions of a scope the person has, counted by filter, most urgent first."""
    open_to = scopes(user)
    scope = scope if scope in open_to else _first(user)
    show = show if show in FILTERS else "open"
    rows = conditions_visible_to(user).filter(_scope(user, scope))
    if component:
        rows = rows.filter(component__code=component)
    counts = rows.aggregate(**{name: Count("pk", filter=test, distinct=True) for name, test in _tests().items()})
    chosen = rows.filter(_tests()[show]).select_related(
        "use_case__component", "use_case__owner", "owner", "lane__office", "decision"
    )
    chosen = chosen.annotate(taken=Count("escalations", distinct=True)).order_by("due_on", "pk")
    filters = [(name, label, counts[name]) for name, label in FILTERS.items()]
    return Listing(scope, show, chosen, list(open_to.items()), filters)


def scopes(user: Any) -> dict[str, str]:
    """The lists a person has: an office reviewer the office's, a lead the component's, everybody theirs and all."""
    who = standing(user)
    found = dict(SCOPES)
    if not who.components:
        del found["component"]
    if not who.reviewer_of:
        del found["office"]
    return found


def _first(user: Any) -> str:
    """The list that opens: a lead's component, a reviewer's office, an officer's own; for the others all."""
    who = standing(user)
    if who.lead_of:
        return "component"
    return "office" if who.reviewer_of else "mine" if who.officer_of else "all"


def _scope(user: Any, scope: str) -> Q:
    who = standing(user)
    if scope == "mine":
        return mine(user)
    if scope == "component":
        return Q(component__in=who.components)
    return Q(lane__office__in=who.reviewer_of) if scope == "office" else Q()


def _tests() -> dict[str, Q]:
    today = timezone.localdate()
    return {
        "open": Q(state=State.OPEN),
        "overdue": Q(state=State.OPEN, due_on__lt=today),
        "met": Q(state=State.MET),
        "escalated": Q(state=State.OPEN, escalations__isnull=False),
        "blocking": Q(blocks=Condition.Blocks.NEXT_STAGE) & ~Q(state=State.ACCEPTED),
        "accepted": Q(state=State.ACCEPTED),
        "every": Q(),
    }


def escalated_to(user: Any) -> QuerySet[Condition]:
    """Overdue conditions that were taken to this person, as a component lead or the Chief AI Officer."""
    who, Level = standing(user), ConditionEscalation.Level
    reach = Q(component__in=who.lead_of, escalations__level=Level.LEAD)
    if who.has(Role.CAIO, Role.DEPUTY_CAIO):
        reach |= Q(escalations__level=Level.CAIO)
    rows = conditions_visible_to(user).filter(reach, state=State.OPEN, due_on__lt=timezone.localdate())
    return rows.select_related("use_case__component", "use_case__owner", "owner").distinct().order_by("due_on", "pk")


def waiting_for(user: Any) -> dict[str, int]:
    """How many conditions wait for the person: to be met, and reported met for the office to accept."""
    rows = conditions_visible_to(user)
    offices = standing(user).reviewer_of
    return {
        "mine": rows.filter(mine(user), state=State.OPEN).count(),
        "to_accept": rows.filter(lane__office__in=offices, state=State.MET).count() if offices else 0,
    }


def history(condition: Condition) -> list[tuple[Event, str]]:
    """What happened to a condition, newest first."""
    events = Event.objects.filter(subject_type="condition", subject_id=str(condition.uuid)).order_by("-id")
    return [(event, sentence(event)) for event in events.exclude(kind="act.refused")]
