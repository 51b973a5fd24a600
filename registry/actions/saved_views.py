"""Saving, changing, removing and restoring views of the list and the queue. Nothing a view names is changed by it."""

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Component, User
from accounts.permissions import standing
from audit.log import record
from audit.workflow import Refused
from registry import filters, list_query, view_places
from registry.models import ListDefault, SavedView
from registry.permissions.views import audiences, view_refusals, views_visible_to

KEPT = timedelta(days=30)
MOST = 100  # views of one person; a list nobody reads helps nobody


@transaction.atomic
def save_view(
    name: str,
    query: str,
    *,
    audience: str = "private",
    component: Component | None = None,
    place: str = view_places.LIST.code,
    actor: User,
) -> SavedView:
    """Keep a question to the list, or to the queue, under a name, for oneself or for others."""
    if place not in view_places.PLACES:
        raise Refused("There are no views of this page.")
    where = _place(audience, component, actor)
    if SavedView.objects.filter(made_by=actor, removed_at=None).count() >= MOST:
        raise Refused(f"You have {MOST} views. Remove one you no longer use first.")
    view = SavedView.objects.create(
        name=_name(name), query=question_of(query, place), place=place, audience=audience, component=where,
        made_by=actor,
    )  # fmt: skip
    record("saved_view.made", view, actor=actor, data=_data(view))
    return view


@transaction.atomic
def change_view(
    view: SavedView,
    *,
    actor: User,
    name: str | None = None,
    query: str | None = None,
    audience: str | None = None,
    component: Component | None = None,
) -> SavedView:
    """Rename a view, share it, or let it ask something else."""
    view = _own(view, actor)
    if name is not None:
        view.name = _name(name)
    if query is not None:
        view.query = question_of(query, view.place)
    if audience is not None and (audience, component) != (view.audience, view.component):
        view.component = _place(audience, component, actor)
        view.audience = audience
    view.save()
    record("saved_view.changed", view, actor=actor, data=_data(view))
    return view


@transaction.atomic
def remove_view(view: SavedView, *, actor: User) -> None:
    """Take a view away, for everybody who has it; it can be brought back for thirty days."""
    view = _own(view, actor)
    view.removed_at, view.removed_by = timezone.now(), actor
    view.save(update_fields=["removed_at", "removed_by"])
    record("saved_view.removed", view, actor=actor)


@transaction.atomic
def restore_view(view: SavedView, *, actor: User) -> SavedView:
    """Bring a removed view back: whoever removed it, within thirty days."""
    view = SavedView.objects.select_for_update().get(pk=view.pk)
    if view.removed_at is None or view.removed_by_id != actor.pk:
        raise Refused("Only a view you removed yourself can be brought back.")
    if view.removed_at < timezone.now() - KEPT:
        raise Refused("It was removed more than thirty days ago.")
    view.removed_at = view.removed_by = None
    view.save(update_fields=["removed_at", "removed_by"])
    record("saved_view.restored", view, actor=actor)
    return view


@transaction.atomic
def set_default_view(view: SavedView | None, *, actor: User) -> None:
    """What the list opens with for this person. A setting of one's own screen: no event."""
    if view is not None and view.place != view_places.LIST.code:
        raise Refused("The list opens with a view of the list only.")
    if view is not None and not views_visible_to(actor).filter(pk=view.pk).exists():
        raise Refused("This view is not there any more.")
    ListDefault.objects.update_or_create(person=actor, defaults={"view": view})


@transaction.atomic
def set_default_columns(codes: list[str], *, actor: User) -> None:
    """The columns this person sees where an address names none; without any the usual ones."""
    ListDefault.objects.update_or_create(person=actor, defaults={"columns": ",".join(codes)})


def _own(view: SavedView, actor: User) -> SavedView:
    found = SavedView.objects.select_for_update(of=("self",)).select_related("component", "made_by").get(pk=view.pk)
    if found.removed_at:
        raise Refused("Somebody has removed this view.")
    if refusals := view_refusals(actor, found):
        raise Refused(*refusals)
    return found


def _name(name: str) -> str:
    if not name.strip():
        raise Refused("Give the view a name.")
    return name.strip()[:80]


def question_of(text: str, place: str) -> str:
    """The question as its page itself writes it, so that it can tell a changed one."""
    found = list_query.of_text(text, names_of(place))
    # An order and columns are the list's alone.
    return found.text() if place == view_places.LIST.code else list_query.ListQuery(found.filters).text()


def names_of(place: str) -> Collection[str]:
    """What may stand in a question to this page."""
    return view_places.PLACES[place].names or filters.names()


def _place(audience: str, component: Component | None, actor: User) -> Component | None:
    """The component a view is shared with: one the actor works in."""
    if audience not in dict(audiences(actor)):
        raise Refused("You cannot share a view that far: a component lead or the inventory manager can.")
    if audience != SavedView.Audience.COMPONENT:
        return None
    if component is None or component.pk not in standing(actor).components:
        raise Refused("Choose a component you work in.")
    return component


def _data(view: SavedView) -> dict[str, object]:
    """What of a private view concerns nobody stays out of the log."""
    said: dict[str, object] = {"audience": view.audience, "component": view.component}
    return said | ({"query": view.query} if view.is_shared else {})
