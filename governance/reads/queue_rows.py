"""Rows of a queue in words: why a case is here, since when, what it waits for. Queries do not grow with rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone

from governance.lifecycles import PENDING
from governance.models import Condition, Lane, LaneQuestion, Review
from governance.permissions.office import acts_in
from governance.reads import case
from governance.reads.queue import NEW_DAYS, STEP_DAYS, Queue, chosen, order
from governance.reads.queue_asked import Asked
from governance.reads.unsigned import lanes_nobody_signs
from registry.models import Revision, UseCase

NOBODY = "Nobody of the office can sign: the Chief AI Officer names an acting signer"


@dataclass(frozen=True)
class Row:
    """One case in a queue, whatever the kind of work."""

    use_case: UseCase
    url: str
    because: str
    changed: str
    since: datetime
    due_on: date
    risk: int
    blocked: str = ""
    is_resubmitted: bool = False
    is_new: bool = False
    lane: Lane | None = None
    may_act: bool = True
    stage: str = ""
    impact: str = ""

    @property
    def is_overdue(self) -> bool:
        """Whether its day has passed while its clock ran."""
        return not self.is_waiting and self.days_left < 0

    @property
    def is_waiting(self) -> bool:
        """Whether an earlier office comes first: no clock runs."""
        return self.lane is not None and self.lane.status == Lane.State.WAITING

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
    def since_day(self) -> str:
        """The day it came, with its year only when it is not this one."""
        day = timezone.localtime(self.since).date()
        year = "" if day.year == timezone.localdate().year else f" {day.year}"
        return f"{day.day} {day:%B}{year}"

    @property
    def due_words(self) -> str:
        """12 days over, today, tomorrow, in 3 days."""
        left = self.days_left
        if left < 0:
            return f"{-left} day{'' if left == -1 else 's'} over"
        return {0: "today", 1: "tomorrow"}.get(left, f"in {left} days")


def load(found: Queue, first: int = 0, last: int | None = None) -> QuerySet[Any]:
    """A slice of the chosen rows in their order, with the joins a row needs: two queries and those of the joins.

    Their keys come first: sorting what a row shows, documents and all, would cost more the more rows there are.
    """
    work, model = found.work, Lane if found.work == "lanes" else Review
    keys = list(chosen(found).values_list("pk", flat=True)[first:last])
    rows: QuerySet[Any] = model._default_manager.filter(pk__in=keys).order_by(*order(work))
    prefix = "review__" if work == "lanes" else ""
    before = Review.objects.filter(use_case=OuterRef(f"{prefix}use_case"), round__lt=OuterRef(f"{prefix}round"))
    joins = [f"{prefix}use_case__component", f"{prefix}revision"]
    joins += ["assigned_to", "office", "second_reader"] if work == "lanes" else ["submitted_by"]
    conditions = Prefetch(f"{prefix}use_case__conditions", earlier_conditions(), to_attr="open_conditions")
    asked = LaneQuestion.objects.filter(ended_at=None).select_related("asked_of")
    if work == "decide":
        rows = rows.annotate(objections=Count("lanes", filter=Q(lanes__status=Lane.State.OBJECTED)))
    if work == "lanes":
        rows = rows.prefetch_related(Prefetch("questions", asked, to_attr="open_questions"))
    return (
        rows.select_related(*joins)
        .prefetch_related(conditions)
        .annotate(before=Subquery(before.order_by("-round").values("revision")[:1]))
        .annotate(ended=Subquery(before.order_by("-round").values("ended_how")[:1]))
    )


@dataclass(frozen=True)
class _Page:
    """What the rows of a page need besides themselves, each read in one query."""

    user: Any
    asked: Asked
    before: dict[int, Revision]
    pending: dict[int, list[str]]
    alone: set[int]


def as_rows(asked: Asked, loaded: Iterable[Any], user: Any) -> list[Row]:
    """Rows in words; the documents they are compared with are read in one query."""
    items, is_lanes = list(loaded), asked.work == "lanes"
    before = Revision.objects.in_bulk([item.before for item in items if item.before])
    waiting = [item.review_id for item in items if is_lanes and item.status == Lane.State.WAITING]
    pending: dict[int, list[str]] = defaultdict(list)
    if waiting:
        others = Lane.objects.filter(review__in=waiting, status__in=PENDING).order_by("due_on")
        for review, code in others.values_list("review", "office__code"):
            pending[review].append(code)
    alone = _alone(items) if is_lanes else set()
    page = _Page(user, asked, before, pending, alone)
    return [_row(page, item) for item in items]


def _row(page: _Page, item: Any) -> Row:
    work = page.asked.work
    review: Review = item.review if work == "lanes" else item
    use_case = review.use_case
    since = item.opened_at if work == "lanes" else use_case.status_changed_at
    return Row(
        use_case=use_case,
        url=_url(page, item, use_case),
        because=_because(work, item),
        changed=_changed(review, page.before.get(item.before), item.ended),
        since=since,
        due_on=_lane_due(item) if work == "lanes" else _due(since, work),
        risk=review.risk,
        blocked=(work == "lanes" and _lane_blocked(page, item)) or _blocked(use_case),
        is_resubmitted=review.round > 1,
        is_new=review.round == 1 and since >= timezone.now() - timedelta(days=NEW_DAYS),
        lane=item if work == "lanes" else None,
        may_act=work != "lanes" or acts_in(page.user, item),
        **case.facts(use_case),
    )


def _alone(lanes: list[Lane]) -> set[int]:
    rows = Lane.objects.filter(pk__in=[lane.pk for lane in lanes])
    return lanes_nobody_signs(rows, {lane.office_id for lane in lanes})


def _due(since: datetime, work: str) -> date:
    return timezone.localtime(since).date() + timedelta(days=STEP_DAYS[work])


def _lane_due(lane: Lane) -> date:
    """The due day as it would be if the open question were answered today."""
    stood = (timezone.localdate() - lane.paused_on).days if lane.paused_on else 0
    return lane.due_on + timedelta(days=stood)


def _url(page: _Page, item: Any, use_case: UseCase) -> str:
    """Where it is decided; for who only looks, the case with its review."""
    work, text = page.asked.work, page.asked.text
    if work != "lanes":
        return f"{reverse(f'reviews-{work}', args=[use_case.use_case_id])}?{text}"
    if not acts_in(page.user, item):
        return use_case.get_absolute_url() + "#reviews"
    return f"{reverse('reviews-lane', args=[item.uuid])}?{text}"


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


def _lane_blocked(page: _Page, lane: Lane) -> str:
    """By whom: nobody who could sign, an office that answers first, whoever was asked, a second reader."""
    if lane.pk in page.alone:
        return NOBODY
    if lane.status == Lane.State.WAITING:
        first = [code for code in page.pending[lane.review_id] if code in lane.after] or lane.after
        return f"{' and '.join(first)} answer{'s' if len(first) == 1 else ''} first"
    asked = getattr(lane, "open_questions", [])
    if lane.status == Lane.State.ASKED and asked:
        day = timezone.localtime(asked[0].asked_at)
        return f"Question to {asked[0].asked_of}, {day.day} {day:%B}"
    return f"Second reader: {lane.second_reader}" if lane.status == Lane.State.SECOND else ""


def earlier_conditions(states: Iterable[str] = (Condition.State.OPEN,)) -> QuerySet[Condition]:
    """Open conditions of earlier rounds and decisions; those of a running round are the other offices' answers."""
    ended = Q(decision__isnull=False) | Q(lane__review__ended_at__isnull=False)
    return Condition.objects.filter(ended, state__in=states).order_by("due_on")
