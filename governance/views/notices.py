"""A person's notices, and mails that did not go out."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.models import Role
from accounts.permissions import has_role
from governance.actions import inbox as actions
from governance.forms.notices import ChoicesForm
from governance.models import NoticeDispatch
from governance.reads import inbox as reads

A_PAGE = 50


def inbox(request: HttpRequest) -> HttpResponse:
    """What was I told, and what of it have I not seen?"""
    shows_all = request.GET.get("show") == "all"
    every = reads.of_person(request.user).select_related("event")
    rows = every if shows_all else reads.new(request.user).select_related("event")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    current = set(reads.current(every.filter(pk__in=[row.pk for row in page])).values_list("pk", flat=True))
    context = {
        "page": page,
        "lines": [(row, row.pk in current) for row in page],
        "shows_all": shows_all,
        "newest": max((row.pk for row in page), default=0),
        "total": every.count(),
        "is_inbox": True,
        "sees_undelivered": has_role(request.user, Role.ADMINISTRATOR),
    }
    return render(request, "governance/notices/inbox.html", context)


def _mine(request: HttpRequest, pk: int) -> NoticeDispatch:
    return get_object_or_404(reads.of_person(request.user), pk=pk)


def open_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Where does this notice lead? It counts as read from here on."""
    notice = _mine(request, pk)
    actions.read(notice)
    is_ours = url_has_allowed_host_and_scheme(notice.path, allowed_hosts=None)
    return redirect(notice.path if notice.path and is_ours else "notices-inbox")


@require_POST
def keep_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep it as new."""
    actions.unread(_mine(request, pk))
    return redirect("notices-inbox")


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark what stood on the page, and all before it, as read."""
    given = request.POST.get("newest", "")
    count = actions.read_all(actor=_person(request), up_to=int(given) if given.isdecimal() else 0)
    messages.success(request, f"{count} notice{'' if count == 1 else 's'} marked as read.")
    return redirect("notices-inbox")


def _person(request: HttpRequest) -> Any:
    return request.user


def choices(request: HttpRequest) -> HttpResponse:
    """What am I mailed, and how often?"""
    person = _person(request)
    form = ChoicesForm(person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.choose(form.cleaned_data, actor=person)
        messages.success(request, "Kept. It holds for what happens from now on.")
        return redirect("notices-choices")
    return render(request, "governance/notices/choices.html", {"form": form})


def _for_administrators(request: HttpRequest) -> None:
    if not has_role(request.user, Role.ADMINISTRATOR):
        raise PermissionDenied("Mails that did not go out are for the portal's administrators. Ask one of them.")


def undelivered(request: HttpRequest) -> HttpResponse:
    """Which mails did not go out, and why?"""
    _for_administrators(request)
    page = Paginator(reads.undelivered(), A_PAGE).get_page(request.GET.get("page"))
    digests = list(reads.undelivered_digests()[:A_PAGE])
    return render(request, "governance/notices/undelivered.html", {"page": page, "digests": digests})


@require_POST
def send_again(request: HttpRequest) -> HttpResponse:
    """Try them again now."""
    _for_administrators(request)
    count = actions.send_again(actor=_person(request))
    messages.success(request, f"{count} mail{'' if count == 1 else 's'} will be tried again within a minute.")
    return redirect("notices-undelivered")
