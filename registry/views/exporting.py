"""An inventory file before it leaves."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from registry.actions import inventory as actions
from registry.forms.inventory import ExportForm
from registry.inventory.issue_words import grouped
from registry.inventory.records import Issue
from registry.permissions import can_export

SHOWN = 10  # issues of a kind before the page is asked for all of them


@require_GET
def check(request: HttpRequest) -> HttpResponse:
    """What would OMB have to repair in this file, and what stays out of it?"""
    if not can_export(request.user):
        raise PermissionDenied("Whole inventories are exported by the inventory manager, the CAIO and auditors.")
    form = ExportForm(request.GET or None)
    if not form.is_valid():
        return render(request, "registry/inventory/check.html", {"form": form}, status=400 if form.errors else 200)
    user: Any = request.user
    given = form.cleaned_data
    looked = actions.look_through(actor=user, **given)
    groups = grouped([_told(issue) for issue in looked.issues])
    show = request.GET.get("show", "")
    context = {
        "form": form, "looked": looked, "layout": given["layout"], "audience": given["audience"],
        "year": given["cycle"], "shown": SHOWN,
        "groups": [group for group in groups if group.code == show] or groups, "show": show,
    }  # fmt: skip
    return render(request, "registry/inventory/check.html", context)


def _told(issue: Issue) -> dict[str, Any]:
    names = ("row", "use_case_id", "column", "code", "severity", "value", "message", "sheet")
    return {name: getattr(issue, name) for name in names}
