"""What-if: a draft edition tried out over the registry before it takes effect."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from governance.actions.policy import request_simulation
from governance.forms.policy import DraftForm
from governance.models import Simulation
from governance.permissions.policy import try_refusals
from governance.reads import what_if as reads
from registry.views.shared import attempt


def _may_try(request: HttpRequest) -> None:
    if reasons := try_refusals(request.user):
        raise PermissionDenied(" ".join(reasons))


def listing(request: HttpRequest) -> HttpResponse:
    """What would a new edition change, before it takes effect?"""
    _may_try(request)
    form = DraftForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        name, text = form.cleaned_data["file"]
        user: Any = request.user
        made = attempt(request, user, request_simulation, name=name, text=text, as_of=form.cleaned_data["as_of"])
        return redirect(made) if made else redirect("policy-what_if")
    context = {
        "form": form,
        "earlier": Simulation.objects.defer("text", "result").select_related("requested_by")[:20],
    }
    return render(request, "governance/policy/what_if.html", context, status=400 if form.errors else 200)


def detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who would newly fail, who would newly pass, provision by provision?"""
    _may_try(request)
    row = get_object_or_404(Simulation.objects.select_related("requested_by"), uuid=uuid)
    shown = request.GET.get("ref", "")
    context = {
        "row": row,
        "lines": reads.lines(request.user, row),
        "shown": shown,
        "cases": reads.cases(request.user, row, shown) if shown in row.result else None,
    }
    return render(request, "governance/policy/what_if_detail.html", context)
