"""What was left out of the inventory."""

import csv

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.typed import signed_in
from governance.reads import left_out
from registry import marking
from registry.actions.need_to_know import note_taken
from registry.inventory.write import neutralise
from registry.permissions import can_see_left_out

HEADER = ("Use Case ID", "Name", "Component", "Why", "Reason", "Exclusion", "Who", "When", marking.COLUMN)


def listing(request: HttpRequest) -> HttpResponse:
    """Which cases are not in the inventory, who said so, when and why?"""
    if not can_see_left_out(request.user):
        raise PermissionDenied(
            "The log of what was left out is read by the inventory manager, the Chief AI Officer and auditors. "
            "Ask one of them about a single case."
        )
    found = left_out.entries(request.user)
    grounds = left_out.counted(found)
    ground = request.GET.get("why", "")
    shown = [entry for entry in found if not ground or entry.ground == ground]
    if request.GET.get("format") == "csv":
        note_taken("left-out.csv", [one.use_case for one in shown], actor=signed_in(request))
        return _csv(shown)
    page = Paginator(shown, 50).get_page(request.GET.get("page"))
    context = {"page": page, "grounds": grounds, "ground": ground, "total": len(found)}
    return render(request, "governance/use_cases/left_out.html", context)


def _csv(shown: list[left_out.Entry]) -> HttpResponse:
    """Exactly what is shown, all pages, formula signs made harmless."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="left-out.csv"'
    writer = csv.writer(response)
    writer.writerow(HEADER)
    for one in shown:
        day = timezone.localtime(one.at).date().isoformat()
        case = one.use_case
        cells = (case.use_case_id, case.title, case.component.code, one.ground_label, one.reason, one.exclusion,
                 one.who, day, marking.of_line(case))  # fmt: skip
        writer.writerow([neutralise(cell) for cell in cells])
    return response
