"""Waves of reviews: which to open next, how each goes, excusing and moving a case."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from audit.log import Subject
from governance.actions import waves as actions
from governance.forms.waves import LeaveForm, WaveForm
from governance.models import Wave
from governance.permissions import waves as permissions
from governance.reads import case, reviewed
from governance.reads import waves as reads
from registry.views.shared import attempt, visible_use_case


def listing(request: HttpRequest) -> HttpResponse:
    """Which recorded cases were asked for review, how far are they, and which come next?"""
    _see(request)
    rows = Wave.objects.select_related("opened_by")
    context = {
        "waves": reads.progresses(request.user, list(rows[:20])),
        "tiers": reads.next_tiers(request.user),
        "standing": reviewed.standing_of(request.user),
        "may_open": not permissions.open_refusals(request.user),
    }
    return render(request, "governance/gates/waves.html", context)


def add(request: HttpRequest) -> HttpResponse:
    """Which recorded cases should be sent for review next, and by when?"""
    _allow(permissions.open_refusals(request.user))
    tiers = reads.next_tiers(request.user)
    first = {"tier": request.GET.get("tier") or (tiers[0].code if tiers else "")}
    name = next((tier.label for tier in tiers if tier.code == first["tier"]), "")
    form = WaveForm(request.POST or None, tiers=tiers, initial={**first, "name": name})
    if request.method == "POST" and form.is_valid():
        thing = Subject("wave", "new", form.cleaned_data["name"])
        wave = attempt(request, thing, actions.open_wave, **form.cleaned_data)
        if wave:
            messages.success(request, f"{wave} is open. Everybody who answers for its cases is told.")
            return redirect(wave.get_absolute_url())
    return render(request, "governance/gates/wave_open.html", {"form": form, "tiers": tiers})


def detail(request: HttpRequest, number: int) -> HttpResponse:
    """How far are the cases of this wave, and who has what?"""
    _see(request)
    wave = _wave(number)
    state, code = request.GET.get("state", ""), request.GET.get("component", "")
    page = Paginator(reads.rows_of(request.user, wave, state, code), 50).get_page(request.GET.get("page"))
    context = {
        "wave": wave,
        "progress": reads.progress(request.user, wave),
        "state": state,
        "component": code,
        "page": page,
        "states": reads.STATES,
        "may_change": not permissions.change_refusals(request.user),
    }
    return render(request, "governance/gates/wave.html", context)


def leave(request: HttpRequest, number: int, use_case_id: str) -> HttpResponse:
    """Should this case be let off the wave, or be asked with a later one?"""
    _allow(permissions.change_refusals(request.user))
    use_case, wave = visible_use_case(request, use_case_id), _wave(number)
    member = reads.members(wave).filter(use_case=use_case).first()
    if member is None:
        raise Http404
    form = LeaveForm(request.POST or None, later=reads.later(wave))
    if request.method == "POST" and form.is_valid():
        to, reason = form.cleaned_data["to"], form.cleaned_data["reason"]
        more: dict[str, Any] = {"to": to, "reason": reason} if to else {"reason": reason}
        if attempt(request, use_case, actions.move_to_wave if to else actions.excuse, member, **more):
            messages.success(request, f"{use_case.use_case_id} is {f'asked in {to}' if to else 'excused'}.")
        return redirect(wave.get_absolute_url())
    context = {"case": use_case, "facts": case.facts(use_case), "wave": wave, "form": form}
    return render(request, "governance/gates/wave_leave.html", context)


def _wave(number: int) -> Wave:
    wave = Wave.objects.filter(number=number).select_related("opened_by").first()
    if wave is None:
        raise Http404
    return wave


def _see(request: HttpRequest) -> None:
    if not permissions.can_see(request.user):
        raise PermissionDenied("Waves are for people who work on use cases. Ask an administrator for a role.")


def _allow(reasons: list[str]) -> None:
    if reasons:
        raise PermissionDenied(" ".join(reasons))
