"""The seals of the audit log: is the history as it was recorded?"""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from governance.actions.seals import request_verification
from governance.forms.seals import PrintedForm
from governance.permissions.seals import can_see_seals, verify_refusals
from governance.reads import seals as reads
from registry.views.shared import attempt

WHO = "The seals are for those who look across the department, for auditors and administrators."


def overview(request: HttpRequest) -> HttpResponse:
    """Is the history as it was recorded, and is the seal on my old report one of it?"""
    if not can_see_seals(request.user):
        raise PermissionDenied(WHO)
    asked = "number" in request.GET or "sha256" in request.GET
    form = PrintedForm(request.GET if asked else None)
    given = form.cleaned_data if asked and form.is_valid() else None
    found = reads.verifications()
    context = {
        "form": form,
        "compared": reads.compare(given["number"], given["sha256"]) if given else None,
        "seals": reads.newest(),
        "verifications": found,
        "last": next((one for one in found if one.state == one.State.DONE), None),
        "waiting": next((one for one in found if one.is_waiting), None),
        "may_ask": not verify_refusals(request.user),
    }
    return render(request, "governance/seals/overview.html", context, status=400 if asked and not given else 200)


@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for a walk along the whole chain."""
    if reasons := verify_refusals(request.user):
        raise PermissionDenied(" ".join(reasons))
    form = PrintedForm(request.POST)
    printed: dict[int, str] = {}
    if request.POST.get("number") and form.is_valid():
        printed = {form.cleaned_data["number"]: form.cleaned_data["sha256"]}
    user: Any = request.user
    if attempt(request, user, request_verification, printed=printed):
        messages.success(request, "Asked for. A worker walks the chain; you may leave this page.")
    return redirect("seals-overview")
