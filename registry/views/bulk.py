"""Acting on several cases of the list: asked once, done in one act, told case by case. No script is needed."""

import hashlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from audit.log import Subject
from audit.models import Event
from registry import filters, list_query
from registry.actions import bulk as actions
from registry.forms.listing import TagForm, UpdateForm
from registry.forms.people import AssignForm
from registry.models import UseCase
from registry.permissions import visible_to
from registry.permissions.listing import can_act_on_list, tag_refusals, update_refusals
from registry.permissions.people import offer_refusals
from registry.reads import listing as reads_list
from registry.reads import people as reads_people
from registry.views.listing import back_to
from registry.views.shared import attempt

MOST = 500  # cases of one act: more is no work of one sitting
TITLES = {
    "assign": ("Ask somebody to take over", "Ask to take over"),
    "update": ("Ask for an update", "Ask the owners"),
    "tag": ("Tag", "Tag them"),
    "untag": ("Take tags off", "Take the tags off"),
}
REFUSALS: dict[str, Callable[[Any, UseCase], list[str]]] = {
    "assign": offer_refusals, "update": update_refusals, "tag": tag_refusals, "untag": tag_refusals,
}  # fmt: skip


def confirm(request: HttpRequest) -> HttpResponse:
    """To how many of these cases will it be done, to which not and why? Then do it."""
    user: Any = request.user
    if not can_act_on_list(user):
        raise PermissionDenied("Only people of a component and the inventory manager act on cases of the list.")
    given = request.POST if request.method == "POST" else request.GET
    query = list_query.of_request(given, filters.names())
    name = given.get("act", "")
    found = _chosen(user, given, query)
    if problem := _problem(name, found):
        messages.error(request, problem)
        return redirect(back_to(query.text()))
    refusals = REFUSALS[name]
    able = [case for case in found if not refusals(user, case)]
    seen = _digest(found)
    is_sent = request.method == "POST" and "seen" in given
    form = _form(name, able, user, request.POST if is_sent else None)
    if is_sent and given["seen"] != seen:
        messages.warning(request, _moved(given.get("number", ""), len(found)))
    elif is_sent and able and form.is_valid():
        words = _words(name, form)
        act = attempt(request, Subject("list", "use_cases"), actions.act_on, name, found, query=query.text(), **words)
        if act:
            return redirect("use_cases-acted", act)
    context = {
        "act": name,
        "title": TITLES[name][0],
        "button": TITLES[name][1],
        "able": able,
        "barred": [(case, " ".join(why)) for case in found if (why := refusals(user, case))],
        "form": form,
        "nobody": name == "assign" and able and not getattr(form, "people", None),
        "seen": seen,
        "number": len(found),
        "every": "every" in given,
        "pairs": query.pairs(),
        "back": back_to(query.text()),
    }
    return render(request, "registry/list/bulk.html", context)


def _chosen(user: Any, given: Any, query: list_query.ListQuery) -> list[UseCase]:
    """The ticked cases, or all that fit the question now; what does not exist for the person leaves no trace."""
    if "every" in given:
        rows = reads_list.listing(user, query).found.rows
    else:
        ids = [text for text in given.getlist("id") if "\x00" not in text][: MOST + 1]
        rows = visible_to(user).filter(use_case_id__in=ids)
    joined = rows.select_related("component", "agency", "owner", "backup_owner").defer("search_vector")
    return list(joined.defer("document", "filed_document", "search_vector").order_by("use_case_id")[: MOST + 1])


def _problem(name: str, found: list[UseCase]) -> str:
    if name not in TITLES:
        return "Choose what to do with the cases."
    if not found:
        return "Tick at least one case, or “all that fit”."
    return f"Up to {MOST} cases can be acted on at once. Narrow the list down first." if len(found) > MOST else ""


def _digest(found: list[UseCase]) -> str:
    return hashlib.sha256(" ".join(case.use_case_id for case in found).encode()).hexdigest()[:16]


def _moved(before: str, now: int) -> str:
    was = f"it was {before}" if before.isdecimal() and int(before) != now else "they are others"
    return f"The list has changed in between: {now} cases fit now, {was}. Nothing was done. Look again, then confirm."


def _form(name: str, able: list[UseCase], user: Any, data: Any) -> Form:
    if name == "assign":
        backups, others = reads_people.candidates(able)
        return AssignForm(backups, others, user, data)
    return UpdateForm(data) if name == "update" else TagForm(data)


def _words(name: str, form: Any) -> dict[str, Any]:
    given = form.cleaned_data
    if name == "assign":
        return {"person": form.person, "kind": given["kind"], "note": given["note"]}
    if name == "update":
        return {"due_on": given["due_on"], "note": given["note"]}
    return {"names": given["tags"]}


def acted(request: HttpRequest, act: UUID) -> HttpResponse:
    """What became of each case?"""
    event = Event.objects.filter(act=act, kind="list.acted", actor_id=request.user.pk).first()
    if event is None:
        raise Http404
    done, left = event.data["done"], dict(event.data["left"])
    rows = visible_to(request.user).filter(use_case_id__in=[*done, *left]).order_by("use_case_id")
    cases = list(rows.defer("document", "filed_document", "search_vector"))
    context = {
        "event": event,
        "name": event.data["act"],
        "done": [case for case in cases if case.use_case_id in set(done)],
        "left": [(case, left[case.use_case_id]) for case in cases if case.use_case_id in left],
        "back": back_to(event.data["query"]),
    }
    return render(request, "registry/list/acted.html", context)
