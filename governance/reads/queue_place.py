"""Where a case stands in the queue it was opened from: what comes before it, what after, how much is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse

from governance.models import Lane, Review
from governance.permissions.office import lanes_open_to
from governance.reads import queue
from governance.reads.queue_asked import Asked


@dataclass(frozen=True)
class Stop:
    """A neighbour in the queue."""

    title: str
    url: str


@dataclass(frozen=True)
class Place:
    """The neighbours of a case among what the person can decide, and how many of these there are besides it."""

    asked: Asked
    following: Stop | None
    previous: Stop | None
    left: int

    @property
    def back(self) -> str:
        """The queue it was opened from."""
        return f"{reverse('reviews-queue')}?{self.asked.text}"


def place(user: Any, asked: Asked, item: Lane | Review) -> Place:
    """Next and previous by the order of the list, round the end to its beginning; decided rows have a place too."""
    found = queue.find(user, asked)
    rows = found.rows.filter(queue.shown(found)).exclude(pk=item.pk)
    if asked.work == "lanes":
        rows = rows.filter(_can_be_done(user), lanes_open_to(user))
    names = queue.order(asked.work)
    here = [_value(item, name) for name in names]
    joins = "review__use_case" if asked.work == "lanes" else "use_case"
    ahead, behind = rows.select_related(joins).order_by(*names), rows.order_by(*[f"-{name}" for name in names])
    following = ahead.filter(_beyond(names, here, "gt")).first() or ahead.first()
    previous = behind.select_related(joins).filter(_beyond(names, here, "lt")).first()
    if previous and following and previous.pk == following.pk:
        previous = None  # there is only one other
    return Place(asked, _stop(asked, following), _stop(asked, previous), rows.count())


def _can_be_done(user: Any) -> Q:
    """What a reviewer would take: one's own and what nobody has; no question is open in it."""
    mine = Q(status=Lane.State.OPEN) & (Q(assigned_to=user.pk) | Q(assigned_to=None))
    return mine | Q(status=Lane.State.SECOND, second_reader=user.pk)


def _value(item: Any, name: str) -> Any:
    for part in name.split("__"):
        item = getattr(item, part)
    return item


def _beyond(names: Sequence[str], here: Sequence[Any], side: str) -> Q:
    """After (`gt`) or before (`lt`) a row, by all the columns of the order."""
    found, same = Q(), Q()
    for name, value in zip(names, here, strict=True):
        found |= same & Q(**{f"{name}__{side}": value})
        same &= Q(**{name: value})
    return found


def _stop(asked: Asked, item: Any) -> Stop | None:
    if item is None:
        return None
    if asked.work == "lanes":
        return Stop(item.review.use_case.title, f"{reverse('reviews-lane', args=[item.uuid])}?{asked.text}")
    use_case = item.use_case
    return Stop(use_case.title, f"{reverse(f'reviews-{asked.work}', args=[use_case.use_case_id])}?{asked.text}")
