"""What waits for a person: lanes of their offices, endorsements, triage, decisions. Queries do not grow with rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from accounts.permissions import Standing, standing
from governance.lifecycles import AT_WORK
from governance.models import Condition, Lane, Review
from governance.permissions import DECIDERS
from governance.permissions.office import lanes_open_to, offices_of, people_of, works_lanes
from governance.reads import case
from governance.reads.unsigned import lanes_nobody_signs
from registry.models import Revision, UseCase
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
    "mine": "Mine",
}


@dataclass(frozen=True)
class Row:
    """One case in a queue, whatever the kind of work."""

    use_case: UseCase
    url: str
    because: str
    changed: str
    since: datetime
    due_on: date
    group: str
    blocked: str = ""
    is_resubmitted: bool = False
    is_new: bool = False
    lane: Lane | None = None
    stage: str = ""
    impact: str = ""

    @property
    def days_left(self) -> int:
        """Days to the due date; negative when it has passed."""
        return (self.due_on - timezone.localdate()).days

    @property
    def due_day(self) -> str:
        """The day, with its year only when it is not this one."""
        year = "" if self.due_on.year == timezone.localdate().year else f" {self.due_on.year}"
        return f"{self.due_on.day} {self.due_on:%B}{year}"

    @property
    def due_words(self) -> str:
        """12 days over, today, tomorrow, in 3 days."""
        left = self.days_left
        if left < 0:
            return f"{-left} day{'' if left == -1 else 's'} over"
        return {0: "today", 1: "tomorrow"}.get(left, f"in {left} days")


@dataclass(frozen=True)
class Queue:
    """One kind of work: counts for every filter, and how to fetch rows."""

    work: str
    rows: QuerySet[Any]
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Everything that waits here."""
        return self.counts["all"]


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
    found = ((work, _rows(user, work, standing(user))) for work in works(user))
    return sum(rows.filter(**{f"{_case(work)}__in": visible_to(user)}).count() for work, rows in found)


def queue(user: Any, work: str) -> Queue:
    """One kind of work with the counts of its filters, in one query."""
    rows = _rows(user, work, standing(user)).filter(**{f"{_case(work)}__in": visible_to(user)})
    tests = _tests(work, user)
    counts = rows.aggregate(**{name: Count("pk", filter=test) for name, test in tests.items()})
    return Queue(work, rows, counts)


def chosen(found: Queue, name: str, user: Any) -> QuerySet[Any]:
    """The rows of a filter, most urgent first."""
    test = _tests(found.work, user).get(name, Q())
    order = ["due_on", "opened_at", "pk"] if found.work == "lanes" else ["use_case__status_changed_at", "pk"]
    return found.rows.filter(test).order_by(*order)


def _rows(user: Any, work: str, who: Standing) -> QuerySet[Any]:
    if work == "lanes":
        return Lane.objects.filter(lanes_open_to(user), status__in=AT_WORK)
    running = Review.objects.filter(ended_at=None)
    if work == "endorse":
        led = who.lead_of | who.acting(Role.COMPONENT_LEAD, "endorse")
        return running.filter(use_case__status=Status.SUBMITTED, use_case__component__in=led)
    status = Status.ENDORSED if work == "triage" else Status.READY
    return running.filter(use_case__status=status)


def _case(work: str) -> str:
    return "review__use_case" if work == "lanes" else "use_case"


def _tests(work: str, user: Any) -> dict[str, Q]:
    """The filters as conditions; lanes have a due date of their own, other steps count from their status."""
    today = timezone.localdate()
    newer = timezone.now() - timedelta(days=NEW_DAYS)
    if work == "lanes":
        return {
            "all": Q(pk__isnull=False),
            # While a question is open the clock stands: the day moves on with each day, so none of them is overdue
            # that was not when it was asked.
            "overdue": Q(due_on__lt=Coalesce(F("paused_on"), today)),
            "week": Q(due_on__gte=Coalesce(F("paused_on"), today))
            & (Q(due_on__lt=F("paused_on") + WEEK) | Q(paused_on=None, due_on__lt=today + timedelta(days=WEEK))),
            "resubmitted": Q(review__round__gt=1),
            "new": Q(review__round=1, opened_at__gte=newer),
            "nobody": Q(assigned_to=None),
            "mine": Q(assigned_to=user.pk),
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


# -- rows for a page --------------------------------------------------------------------------------


def load(work: str, rows: QuerySet[Any]) -> QuerySet[Any]:
    """The joins a row needs, so that the number of queries stays the same for any number of rows."""
    prefix = "review__" if work == "lanes" else ""
    before = Review.objects.filter(use_case=OuterRef(f"{prefix}use_case"), round__lt=OuterRef(f"{prefix}round"))
    joins = [f"{prefix}use_case__component", f"{prefix}revision"]
    joins += ["assigned_to", "office", "second_reader"] if work == "lanes" else ["submitted_by"]
    if work == "decide":
        rows = rows.annotate(objections=Count("lanes", filter=Q(lanes__status=Lane.State.OBJECTED)))
    return (
        rows.select_related(*joins)
        .prefetch_related(Prefetch(f"{prefix}use_case__conditions", earlier_conditions(), to_attr="open_conditions"))
        .annotate(before=Subquery(before.order_by("-round").values("revision")[:1]))
        .annotate(ended=Subquery(before.order_by("-round").values("ended_how")[:1]))
    )


def as_rows(work: str, loaded: Iterable[Any]) -> list[Row]:
    """Rows in words; the documents they are compared with are read in one query."""
    items = list(loaded)
    revisions = Revision.objects.in_bulk([item.before for item in items if item.before])
    alone = _alone(items) if work == "lanes" else set()
    return [_row(work, item, revisions.get(item.before), item.pk in alone) for item in items]


def _alone(lanes: list[Lane]) -> set[int]:
    rows = Lane.objects.filter(pk__in=[lane.pk for lane in lanes])
    return lanes_nobody_signs(rows, {lane.office_id for lane in lanes})


def _row(work: str, item: Any, before: Revision | None, is_alone: bool) -> Row:
    review: Review = item.review if work == "lanes" else item
    use_case = review.use_case
    since = item.opened_at if work == "lanes" else use_case.status_changed_at
    due_on = _lane_due(item) if work == "lanes" else _due(since, work)
    return Row(
        use_case=use_case,
        url=_url(work, item, use_case),
        because=_because(work, item),
        changed=_changed(review, before, item.ended),
        since=since,
        due_on=due_on,
        group=_group(due_on),
        blocked=NOBODY if is_alone else (work == "lanes" and _lane_blocked(item)) or _blocked(use_case),
        is_resubmitted=review.round > 1,
        is_new=review.round == 1 and since >= timezone.now() - timedelta(days=NEW_DAYS),
        lane=item if work == "lanes" else None,
        **case.facts(use_case),
    )


def _due(since: datetime, work: str) -> date:
    return timezone.localtime(since).date() + timedelta(days=STEP_DAYS[work])


def _lane_due(lane: Lane) -> date:
    """The due day as it would be if the open question were answered today."""
    stood = (timezone.localdate() - lane.paused_on).days if lane.paused_on else 0
    return lane.due_on + timedelta(days=stood)


def _url(work: str, item: Any, use_case: UseCase) -> str:
    if work == "lanes":
        return reverse("reviews-lane", args=[item.uuid])
    return reverse(f"reviews-{work}", args=[use_case.use_case_id])


def _because(work: str, item: Any) -> str:
    if work == "lanes":
        return "; ".join(item.because)
    if work == "endorse":
        return f"Sent by {item.submitted_by}"
    if work == "triage":
        return "Endorsed by the component" if item.endorsed_by_id else "Sent; its component does not endorse first"
    if item.objections:
        return f"All offices have answered; {'one objects' if item.objections == 1 else f'{item.objections} object'}"
    return "All offices have signed" if item.routes.get("needed") else "No office had to sign"


def _changed(review: Review, before: Revision | None, ended: str | None) -> str:
    if before is None:
        return ""
    count = len(case.changed_since(review.use_case, before, review.revision))
    what = "it was sent back" if ended == "returned" else "the decision"
    return f"{count or 'No'} answer{'' if count == 1 else 's'} changed since {what}"


def _blocked(use_case: UseCase) -> str:
    """An earlier condition that is not met stands in the way of saying yes again."""
    open_conditions = getattr(use_case, "open_conditions", [])
    if not open_conditions:
        return ""
    first = open_conditions[0]
    more = f" and {len(open_conditions) - 1} more" if len(open_conditions) > 1 else ""
    return f"Condition due {first.due_on.day} {first.due_on:%B} not met{more}"


def _lane_blocked(lane: Lane) -> str:
    """A question nobody has answered, or a decision that lies before a second reader."""
    if lane.status == Lane.State.ASKED and lane.paused_on:
        return f"A question of {lane.paused_on.day} {lane.paused_on:%B} is not answered"
    return f"Second reader: {lane.second_reader}" if lane.status == Lane.State.SECOND else ""


def _group(due_on: date) -> str:
    left = (due_on - timezone.localdate()).days
    if left < 0:
        return "Overdue"
    return "Due this week" if left < WEEK else "Later"


def earlier_conditions() -> QuerySet[Condition]:
    """Open conditions of earlier rounds and decisions; those of a running round are the other offices' answers."""
    ended = Q(decision__isnull=False) | Q(lane__review__ended_at__isnull=False)
    return Condition.objects.filter(ended, state=Condition.State.OPEN).order_by("due_on")


def group_counts(counts: dict[str, int], name: str) -> dict[str, int]:
    """How many rows each heading stands for when nothing is filtered out."""
    if name != "all":
        return {}
    later = counts["all"] - counts["overdue"] - counts["week"]
    return {"Overdue": counts["overdue"], "Due this week": counts["week"], "Later": later}


def colleagues(user: Any) -> list[User]:
    """Who else acts for the person's offices: their reviewers, who stands in for them, and acting signers."""
    return [person for person in people_of(offices_of(user)) if person.pk != user.pk]


def next_lane(user: Any, after: Lane) -> Lane | None:
    """The next lane a reviewer would take: one's own first, then what nobody has, by due date."""
    mine = Q(status=Lane.State.OPEN) & (Q(assigned_to=user.pk) | Q(assigned_to=None))
    mine |= Q(status=Lane.State.SECOND, second_reader=user.pk)
    rows = queue(user, "lanes").rows.exclude(pk=after.pk).filter(mine)
    return rows.select_related("review__use_case").order_by("due_on", "opened_at", "pk").first()
