"""What looks wrong in the inventory."""

import csv
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from audit.log import Subject
from registry import marking
from registry.actions import quality_marks
from registry.actions.need_to_know import note_taken
from registry.inventory.issue_words import TITLES
from registry.inventory.write import neutralise
from registry.models import QualityMark
from registry.permissions.quality import can_count, can_see_quality
from registry.reads import quality as reads
from registry.reads.quality import words
from registry.views.shared import attempt

HEADER = ("Use Case ID", "Name", "Component", "What looks wrong", "What to do", "Question", "Severity", "Since",
          marking.COLUMN)  # fmt: skip


def overview(request: HttpRequest) -> HttpResponse:
    """What looks wrong in the inventory, where, and is it getting better?"""
    given = _given(request)
    today = timezone.localdate()
    rows = reads.chosen(request.user, {"component": given.get("component", "")})
    context = {
        "given": given, "days": reads.days(today), "rules": reads.by_rule(rows, today),
        "components": reads.by_component(reads.chosen(request.user, {}), today),
        "last": reads.last_count(), "since": reads.first_look(), "can_count": can_count(request.user),
    }  # fmt: skip
    return render(request, "registry/quality/overview.html", context)


def cases(request: HttpRequest) -> HttpResponse:
    """Which cases does a rule speak of, since when, and what is to be done?"""
    given = _given(request)
    rows = reads.open_marks(reads.chosen(request.user, given))
    if given.get("format") == "csv":
        return _csv(request.user, rows)
    context = {
        "given": given, "title": TITLES.get(given.get("code", ""), "What looks wrong"),
        "page": Paginator(rows, 50).get_page(given.get("page")),
    }  # fmt: skip
    return render(request, "registry/quality/cases.html", context)


def _given(request: HttpRequest) -> dict[str, str]:
    if not can_see_quality(request.user):
        raise PermissionDenied("This is shown to people who work in the components or across them.")
    return {name: value for name, value in request.GET.items() if isinstance(value, str)}


def _csv(user: Any, rows: QuerySet[QualityMark]) -> HttpResponse:
    """Exactly what is shown, all pages, formula signs made harmless."""
    found = list(rows)
    note_taken("quality.csv", [one.use_case for one in found], actor=user)
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="what-looks-wrong.csv"'
    writer = csv.writer(response)
    writer.writerow(HEADER)
    for one in found:
        case = one.use_case
        cells = (
            case.use_case_id, case.title, case.component.code, one.message, one.remedy, words(one.field),
            one.get_severity_display(), one.found_on.isoformat(), marking.of_line(case),
        )  # fmt: skip
        writer.writerow([neutralise(cell) for cell in cells])
    return response


@require_POST
def count(request: HttpRequest) -> HttpResponse:
    """Look at everything anew, now."""
    if not can_count(request.user):
        raise PermissionDenied("Only the inventory manager has the whole inventory looked at anew. Ask that office.")
    told = attempt(request, Subject("quality", "now", "what looks wrong"), quality_marks.count_quality)
    if isinstance(told, dict):
        looked = "1 case was" if told["cases"] == 1 else f"{told['cases']} cases were"
        messages.success(request, f"{looked} looked at: {told['found']} found anew, {told['cleared']} cleared.")
    return redirect("quality-overview")
