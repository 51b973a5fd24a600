"""The yearly inventory: opening a cycle, seeing where every component stands, closing and opening again."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.models import Agency, Component
from accounts.permissions import standing
from audit.log import Subject
from audit.reads import sentence, timeline
from registry.actions import cycles as actions
from registry.forms.cycles import CycleForm, ReasonForm
from registry.inventory.change_log import KINDS
from registry.models import ComponentCall, Cycle
from registry.permissions import KNOWS_ALL
from registry.permissions.cycles import (
    calls_visible_to,
    can_see_cycles,
    freeze_refusals,
    runs_cycles,
    runs_refusals,
    sees_whole_cycle,
)
from registry.reads import cycles as reads
from registry.views.shared import attempt

WHO_SEES = "The yearly inventory is shown to the components, and to those who run, decide, lead and audit it."


def visible_cycle(request: HttpRequest, year: int) -> Cycle:
    """The cycle, or 404; who works nowhere in the inventory is told who does."""
    if not can_see_cycles(request.user):
        raise PermissionDenied(WHO_SEES)
    cycle = Cycle.objects.filter(agency__code=settings.PORTAL_AGENCY, year=year).select_related("agency").first()
    if cycle is None:
        raise Http404
    return cycle


def visible_call(request: HttpRequest, year: int, code: str) -> ComponentCall:
    """One component's part, or 404 for what does not exist as for another component's."""
    if not can_see_cycles(request.user):
        raise PermissionDenied(WHO_SEES)
    rows = calls_visible_to(request.user).filter(cycle__agency__code=settings.PORTAL_AGENCY, cycle__year=year)
    call = rows.filter(component__code=code).first()
    if call is None:
        raise Http404
    return call


def require(refusals: list[str]) -> None:
    """403 with the sentences that say who can."""
    if refusals:
        raise PermissionDenied(" ".join(refusals))


def listing(request: HttpRequest) -> HttpResponse:
    """Which yearly inventories were opened here, and where do they stand?"""
    if not can_see_cycles(request.user):
        raise PermissionDenied(WHO_SEES)
    form = CycleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        require(runs_refusals(request.user))
        if form.is_valid() and (cycle := _open(request, form.cleaned_data)):
            messages.success(request, f"The inventory of {cycle.year} is open. {_called(cycle)} called by mail.")
            return redirect(cycle)
    cycles = list(Cycle.objects.filter(agency__code=settings.PORTAL_AGENCY).prefetch_related("submissions"))
    context = {"cycles": cycles, "form": form, "can_open": runs_cycles(request.user)}
    return render(request, "registry/cycles/list.html", context, status=400 if form.errors else 200)


def _open(request: HttpRequest, given: dict[str, Any]) -> Cycle | None:
    agency = Agency.objects.filter(code=settings.PORTAL_AGENCY).first()
    if agency is None:
        messages.error(request, f"The organisation of {settings.PORTAL_AGENCY} is not loaded yet. Run load_catalogue.")
        return None
    year = given.pop("year")
    about = Subject("cycle", str(year), f"the inventory of {year}")
    return attempt(request, about, actions.open_cycle, agency, year, **given)


def _called(cycle: Cycle) -> str:
    number = cycle.calls.count()
    return f"{number} component{' was' if number == 1 else 's were'}"


def overview(request: HttpRequest, year: int) -> HttpResponse:
    """Who has answered, who has certified, who is late, and what stands before freezing?"""
    cycle = visible_cycle(request, year)
    whole = sees_whole_cycle(request.user)
    events = timeline(f"cycle-{year}").exclude(kind="call.opened").exclude(kind__startswith="call_workbook.")
    context = {
        "cycle": cycle,
        "overview": reads.overview(request.user, cycle),
        "sees_whole": whole,
        "can_run": runs_cycles(request.user),
        "can_freeze": not freeze_refusals(request.user),
        "submissions": cycle.submissions.defer("content", "revisions", "changes").select_related("frozen_by"),
        "events": [(event, sentence(event)) for event in events[:8]] if whole else [],
        "reason_form": ReasonForm(),
        "changes": [(KINDS[kind][0], number, kind) for kind in KINDS if (number := cycle.change_counts.get(kind))]
        if standing(request.user).has(*KNOWS_ALL)
        else [],
    }
    return render(request, "registry/cycles/overview.html", context)


@require_POST
def close(request: HttpRequest, year: int) -> HttpResponse:
    """End the data call for everybody."""
    cycle = visible_cycle(request, year)
    require(runs_refusals(request.user))
    if attempt(request, cycle, actions.close_cycle, cycle):
        messages.success(request, "The call is closed. Components can still certify, and you can open it again.")
    return redirect(cycle)


@require_POST
def reopen(request: HttpRequest, year: int) -> HttpResponse:
    """Open a closed or frozen cycle again, with a reason."""
    cycle = visible_cycle(request, year)
    require(runs_refusals(request.user))
    if attempt(request, cycle, actions.reopen_cycle, cycle, reason=request.POST.get("reason", "")):
        messages.success(request, "The cycle is open again. What was frozen stays on record.")
    return redirect(cycle)


@require_POST
def remind(request: HttpRequest, year: int) -> HttpResponse:
    """Remind every component, or one (`component`), of what it has not answered."""
    cycle = visible_cycle(request, year)
    require(runs_refusals(request.user))
    calls = ComponentCall.objects.filter(cycle=cycle).select_related("cycle", "component")
    code = request.POST.get("component")
    wanted = list(calls.filter(component__code=code) if code else calls)
    if done := attempt(request, cycle, actions.remind, wanted):
        codes = ", ".join(call.component.code for call in done)
        messages.success(request, f"Reminded: {codes}. Owners with open cases and the component leads get a mail.")
    return redirect(wanted[0] if code and wanted else cycle)


@require_POST
def call(request: HttpRequest, year: int) -> HttpResponse:
    """Call a component that came later."""
    cycle = visible_cycle(request, year)
    require(runs_refusals(request.user))
    component = Component.objects.filter(agency=cycle.agency, code=request.POST.get("component", "")).first()
    if component is None:
        messages.error(request, "Choose a component.")
    elif attempt(request, cycle, actions.call_component, cycle, component):
        messages.success(request, f"{component} is called.")
    return redirect(cycle)
