"""Saved views of the list: made on the list, kept in order on a page of their own."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from audit.log import Subject
from registry import columns, filters, list_query
from registry.actions import saved_views as actions
from registry.forms.listing import ViewForm
from registry.models import ListDefault, SavedView
from registry.permissions.views import may_keep_views, view_refusals, views_to_restore, views_visible_to
from registry.view_places import LIST, PLACES
from registry.views.listing import back_to
from registry.views.shared import attempt


def listing(request: HttpRequest) -> HttpResponse:
    """Which views of the list and the queue do I have, and which of them are mine to change?"""
    user = _with_a_role(request)
    default = ListDefault.objects.filter(person=user).values_list("view", flat=True).first()
    lately = timezone.now() - timedelta(days=actions.KEPT.days)
    found = [
        {"view": view, "may": not (why := view_refusals(user, view)), "why": why, "is_default": view.pk == default}
        for view in views_visible_to(user)
    ]
    context = {"views": found, "removed": views_to_restore(user).filter(removed_at__gte=lately)}
    return render(request, "registry/list/views.html", context)


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep what the list shows now under a name."""
    user = _with_a_role(request)
    place = PLACES.get(request.POST.get("place", ""), LIST)
    query = _query(request, place.code)
    form = ViewForm(user, request.POST)
    if not form.is_valid():
        messages.error(request, "The view was not saved: give it a name and say who has it.")
        return redirect(_back(place.code, query))
    subject = Subject("saved_view", "new", "a new view")
    made = attempt(request, subject, actions.save_view, query=query, place=place.code, **form.chosen)
    if made is None:
        return redirect(_back(place.code, query))
    messages.success(request, f"The view “{made.name}” is saved.")
    return redirect(made)


def change(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What should this view be called, and who has it?"""
    user, view = _mine(request, uuid)
    form = ViewForm(user, request.POST or None, view)
    if request.method == "POST" and form.is_valid():
        changed = attempt(request, view, actions.change_view, view, **form.chosen)
        if changed:
            messages.success(request, f"The view “{changed.name}” is changed.")
            return redirect("saved_views-list")
    return render(request, "registry/list/view.html", {"view": view, "form": form})


@require_POST
def update(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let a view ask what the list shows now."""
    _, view = _mine(request, uuid)
    query = _query(request, view.place)
    if found := attempt(request, view, actions.change_view, view, query=query):
        messages.success(request, f"The view “{found.name}” shows this from now on.")
        return redirect(found)
    return redirect(_back(view.place, query))


@require_POST
def remove(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take a view away; it can be brought back for thirty days."""
    _, view = _mine(request, uuid)
    if attempt(request, view, actions.remove_view, view):
        messages.success(request, f"The view “{view.name}” is removed. You can bring it back for 30 days, below.")
    return redirect("saved_views-list")


@require_POST
def restore(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Bring back a view I removed."""
    view = get_object_or_404(views_to_restore(_with_a_role(request)), uuid=uuid)
    if attempt(request, view, actions.restore_view, view):
        messages.success(request, f"The view “{view.name}” is back.")
    return redirect("saved_views-list")


@require_POST
def default(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Open the list with this view, or no longer."""
    view = get_object_or_404(views_visible_to(_with_a_role(request)), uuid=uuid)
    wanted = None if "off" in request.POST else view
    if attempt(request, view, actions.set_default_view, wanted):
        messages.success(request, f"The list opens with {f'“{view.name}”' if wanted else 'all use cases'} for you.")
    return redirect("saved_views-list")


@require_POST
def own_columns(request: HttpRequest) -> HttpResponse:
    """See these columns wherever an address names none."""
    user = _with_a_role(request)
    query = list_query.of_request(request.POST, filters.names())
    codes = [] if "usual" in request.POST else [column.code for column in columns.named(query.cols, user)]
    actions.set_default_columns(codes, actor=user)
    messages.success(request, "These are your columns from now on." if codes else "You have the usual columns again.")
    return redirect(back_to(query.text("cols")))


def _query(request: HttpRequest, place: str) -> str:
    return list_query.of_request(request.POST, actions.names_of(place)).text()


def _back(place: str, query: str) -> str:
    return back_to(query) if place == LIST.code else f"{PLACES[place].url}?{query}"


def _with_a_role(request: HttpRequest) -> Any:
    if not may_keep_views(request.user):
        raise PermissionDenied("Views of the list are for people who have a role in the registry.")
    return request.user


def _mine(request: HttpRequest, uuid: UUID) -> tuple[Any, SavedView]:
    user = _with_a_role(request)
    view = get_object_or_404(views_visible_to(user), uuid=uuid)
    if refusals := view_refusals(user, view):
        raise PermissionDenied(" ".join(refusals))
    return user, view
