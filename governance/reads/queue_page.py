"""What stands around the rows of the queue: the places to go, what it can be narrowed to, saved views of it."""

from dataclasses import dataclass
from typing import Any

from accounts.models import Component
from governance.permissions.office import works_lanes
from governance.reads import queue, queue_asked
from governance.reads.queue_asked import Asked
from registry import list_query
from registry.permissions.views import may_keep_views, view_refusals, views_visible_to
from registry.view_places import QUEUE


@dataclass(frozen=True)
class Spot:
    """A queue of this person: whose lanes, or another kind of work."""

    label: str
    text: str
    count: int
    is_current: bool


def places(user: Any, found: queue.Queue) -> list[Spot]:
    """The queues a person can go to, lanes first for those who work in them, each with how much is there."""
    asked = found.asked
    others = [Spot(queue.WORKS[work], f"work={work}", queue.count(user, Asked(work)), work == asked.work)
             for work in queue.works(user) if work != "lanes"]  # fmt: skip
    counts = found.scopes or queue.scope_counts(user)
    lanes = [
        Spot(queue_asked.SCOPES[scope], f"scope={scope}", counts[scope], scope == asked.scope)
        for scope in queue_asked.scopes(user)
    ]
    return lanes + others if works_lanes(user) else others + lanes


def components(found: queue.Queue) -> list[str]:
    """The components lanes can be narrowed to: those with a lane this person may see."""
    rows = Component.objects.filter(pk__in=found.components)
    return list(rows.order_by("code").values_list("code", flat=True))


def views(user: Any, asked: Asked, named: str) -> dict[str, Any]:
    """The saved views of the queue, the open one, and whether one may keep more."""
    found = list(views_visible_to(user).filter(place=QUEUE.code))
    view = next((one for one in found if str(one.uuid) == named), None)
    return {
        "views": found,
        "view": view,
        "is_changed": bool(view and view.query != list_query.read(asked.pairs, QUEUE.names).text()),
        "may_change": bool(view and not view_refusals(user, view)),
        "may_keep": may_keep_views(user),
    }
