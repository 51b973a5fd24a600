"""The pages of systems: which there are, what one is, what its record says and since when."""

import csv
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.models import Component, Role
from accounts.permissions import standing
from audit.log import record, record_refusal
from audit.workflow import Refused
from registry import systems as facts_of
from registry.actions import system_links
from registry.actions import systems as actions
from registry.forms.systems import SameAsForm, SystemForm
from registry.inventory.write import neutralise
from registry.models import System
from registry.models.use_case import Handling
from registry.permissions.systems import (
    can_add_system,
    can_edit_system,
    can_name_systems,
    marks_visible_to,
    nameable,
    system_refusals,
    systems_visible_to,
)
from registry.reads import named_systems as reads_named_systems
from registry.reads import systems as reads
from registry.views.shared import attempt

COLUMNS = ("System", "Component", "System owner", "Authorization", "Expires on", "Vendor", "Contract", "Option by",
           "Use cases")  # fmt: skip


def visible_system(request: HttpRequest, uuid: UUID) -> System:
    """The system, or 404 for what does not exist as for what one may not know of."""
    rows = systems_visible_to(request.user).select_related("component", "owner", "merged_into")
    system = rows.filter(uuid=uuid).first()
    if system is None:
        raise Http404
    if system.handling == Handling.RESTRICTED:
        with transaction.atomic():
            record("system.viewed", system, actor=request.user, data={"path": request.path})
    return system


def listing(request: HttpRequest) -> HttpResponse:
    """Which systems do use cases rest on, and whose authorization ends soon?"""
    who = standing(request.user)
    if not (who.reads_in or who.is_department_wide):
        raise PermissionDenied("Systems are shown to people who work in the components or across them.")
    given = {name: value for name, value in request.GET.items() if isinstance(value, str)}
    everything = reads.listed(request.user)
    rows = reads.filtered(everything, given)
    if given.get("format") == "csv":
        return _csv(rows)
    context = {
        "page": Paginator(rows, 50).get_page(given.get("page")),
        "given": given,
        "filters": [name for name in ("component", "ato", "show", "q") if given.get(name)],
        "counts": reads.counts(rows),
        "expiring": everything.filter(reads.is_near(timezone.localdate())).count(),
        "can_add": can_add_system(request.user),
        "unrecorded": reads_named_systems.count_named(nameable(request.user)) if can_name_systems(request.user) else 0,
        "today": timezone.localdate(),
    }
    return render(request, "registry/systems/list.html", context)


def _csv(rows: QuerySet[System]) -> HttpResponse:
    """Exactly what is shown, all pages, formula signs made harmless."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="systems.csv"'
    writer = csv.writer(response)
    writer.writerow(COLUMNS)
    for row in rows:
        cells = (
            row.name, row.component.code, str(row.owner or row.mailbox), row.get_ato_display() or "Not stated",
            str(row.ato_expires_on or ""), row.vendor_name, row.contract_number, str(row.option_on or ""),
            str(getattr(row, "cases", "")),
        )  # fmt: skip
        writer.writerow([neutralise(cell) for cell in cells])
    return response


def detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What is this system, who uses it, and do they say the same of it?"""
    system = visible_system(request, uuid)
    if system.merged_into and "stay" not in request.GET:
        messages.info(request, f"{system.name} was found to be the same system. You are on the record that remains.")
        return redirect(system.merged_into)
    cases = reads.cases_of(request.user, system)
    marks = marks_visible_to(request.user).filter(system=system).select_related("use_case__component")
    day = _day(request.GET.get("as_of"))
    shown = reads.facts_on(system, day) if day else system.facts
    lines = reads.fact_lines(shown) if shown else None
    context = {
        "system": system,
        "as_of": day,
        "lines": lines,
        "unstated": [line.label for line in lines or () if not line.value],
        "cases": cases,
        "differing": reads.differing_cases(system, cases),
        "marks": [mark for mark in marks if mark.use_case],
        "due": facts_of.due(system.facts, timezone.localdate()),
        "history": reads.history(system),
        "past": reads.past_links(request.user, system),
        "merged": systems_visible_to(request.user).filter(merged_into=system),
        "can_edit": can_edit_system(request.user, system) and not system.merged_into_id,
        "refusals": system_refusals(request.user, system),
    }
    return render(request, "registry/systems/detail.html", context)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def add(request: HttpRequest) -> HttpResponse:
    """How do I put a system on record, so that its facts are entered once?"""
    if not can_add_system(request.user):
        raise PermissionDenied("Only people of a component and the inventory manager record systems.")
    form = SystemForm(request.user, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.facts()
        made = _try(
            request, form, given["component"], actions.add_system, given["component"], given,
            why=form.cleaned_data["why"], effective_on=form.cleaned_data["effective_on"],
        )  # fmt: skip
        if made:
            messages.success(request, f"{made} is on record. Link it from the page of each use case that uses it.")
            return redirect(made)
    return render(request, "registry/systems/edit.html", {"form": form})


def _try(request: HttpRequest, form: SystemForm, thing: Any, action: Any, *args: Any, **words: Any) -> Any:
    """Run an action; when it is refused say so in the form, so that nothing typed is lost."""
    try:
        return action(*args, actor=request.user, **words) or True
    except actions.StaleSystem:
        raise
    except Refused as refused:
        record_refusal(thing, actor=request.user, verb=action.__name__, reasons=refused.reasons)
        for reason in refused.reasons:
            form.add_error(None, reason)
        return None


def edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What has changed about this system? Every case on it is told."""
    system = visible_system(request, uuid)
    if refusals := system_refusals(request.user, system):
        raise PermissionDenied(" ".join(refusals))
    form = SystemForm(request.user, system, data=request.POST or None)
    opened_on, conflicts = system.revision_number, []
    if request.method == "POST":
        sent = request.POST.get("opened_on", "")
        opened_on = int(sent) if sent.isdigit() and len(sent) < 9 else system.revision_number
        if form.is_valid():
            try:
                words = {"why": form.cleaned_data["why"], "effective_on": form.cleaned_data["effective_on"]}
                done = _try(
                    request, form, system, actions.change_system, system, form.facts(), opened_on=opened_on, **words
                )
            except actions.StaleSystem as stale:
                conflicts, opened_on = _conflicts(form, stale.theirs), stale.theirs.revision_number
                messages.warning(request, str(stale))
            else:
                if done:
                    _say_saved(request, system, done)
                    return redirect(system)
    context = {"form": form, "system": system, "opened_on": opened_on, "conflicts": conflicts}
    return render(request, "registry/systems/edit.html", context, status=409 if conflicts else 200)


def _say_saved(request: HttpRequest, system: System, done: Any) -> None:
    if done is True:
        messages.info(request, "Nothing was changed.")
    elif system.effective_on and done.effective_on < system.effective_on:
        messages.success(
            request, "Kept for that past. What the record says of a later day stays, and no use case is marked."
        )
    else:
        marked = marks_visible_to(request.user).filter(system=system, key=f"revision:{done.number}").count()
        told = f" {marked} use case{'' if marked == 1 else 's'} on it will be looked at again." if marked else ""
        messages.success(request, f"Saved as revision {done.number}.{told}")


def _conflicts(form: SystemForm, theirs: System) -> list[dict[str, str]]:
    """Their and my version of each fact that differs, in words."""
    mine = System(**form.facts()).facts
    names = facts_of.changed(theirs.facts, mine)
    words = facts_of.BY_NAME
    return [
        {"label": words[n].label, "mine": reads.fact_words(n, mine[n]), "theirs": reads.fact_words(n, theirs.facts[n])}
        for n in names
    ]


def join(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Is this the same system as another record?"""
    system = visible_system(request, uuid)
    if refusals := system_refusals(request.user, system):
        raise PermissionDenied(" ".join(refusals))
    others = systems_visible_to(request.user).filter(merged_into=None).exclude(pk=system.pk)
    form = SameAsForm(others.select_related("component"), request.POST or None)
    if request.method == "POST" and form.is_valid():
        into = form.cleaned_data["into"]
        moved = attempt(request, system, actions.join_systems, system, into, why=form.cleaned_data["why"])
        if moved is not None:
            messages.success(request, f"{system.name} now leads here. Its history stays readable.")
            return redirect(into)
    cases = reads.cases_of(request.user, system)
    return render(request, "registry/systems/same_as.html", {"form": form, "system": system, "cases": cases})


def named(request: HttpRequest) -> HttpResponse:
    """Which systems do answers name that nobody has recorded?"""
    if not can_name_systems(request.user):
        raise PermissionDenied("Only component leads and the inventory manager make records of names in answers.")
    if request.method == "POST":
        return _make_of_name(request)
    found = reads_named_systems.named(request.user, nameable(request.user))
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    return render(request, "registry/systems/named.html", {"page": page, "cases": sum(len(one.cases) for one in found)})


def _make_of_name(request: HttpRequest) -> HttpResponse:
    name, code = request.POST.get("name", "").replace("\x00", "").strip()[:300], request.POST.get("component", "")
    place = Component.objects.filter(code=code).order_by("pk").first()
    who = standing(request.user)
    if not name or place is None or not (place.pk in who.lead_of or who.has(Role.INVENTORY_MANAGER)):
        messages.error(request, "Choose a name and one of your components.")
        return redirect("systems-named")
    made = attempt(request, place, system_links.make_of_name, name, place)
    if made:
        system, number = made
        messages.success(
            request, f"{system} is on record, with {number} use case{'' if number == 1 else 's'}. Complete its facts."
        )
        return redirect(system)
    return redirect("systems-named")
