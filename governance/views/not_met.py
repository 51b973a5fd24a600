"""Deployed but not met."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.typed import signed_in
from governance.compliance.permissions import sees_every_case
from governance.reads import not_met
from governance.reports.tables import Sheet, csv_bytes
from governance.views.compliance import may_look
from registry import marking
from registry.actions.need_to_know import note_taken

HEADS = (
    "Use Case ID",
    "Case",
    "Component",
    "Practices not met",
    "Due",
    "Days past due",
    "Whose",
    "Begun",
    marking.COLUMN,
)


def listing(request: HttpRequest) -> HttpResponse:
    """Which deployed high-impact uses run with a practice not met, and what is done about each?"""
    may_look(request)
    component = request.GET.get("component", "")
    every = not_met.listed(request.user)
    shown = [line for line in every if not component or line.row.component == component]
    if request.GET.get("format") == "csv":
        return _csv(request, shown)
    counts: dict[str, int] = {}
    for line in every:
        counts[line.row.component] = counts.get(line.row.component, 0) + 1
    context = {
        "page": Paginator(shown, 50).get_page(request.GET.get("page")),
        "components": sorted(counts.items()),
        "component": component,
        "number": len(every),
        "late": sum(line.row.days_past_due > 0 for line in shown),
        "sees_all": sees_every_case(request.user),
    }
    return render(request, "governance/compliance/not_met.html", context)


def _csv(request: HttpRequest, shown: list[not_met.NotMet]) -> HttpResponse:
    """Exactly what is shown, all pages."""
    note_taken("not-met.csv", [line.use_case for line in shown], actor=signed_in(request))
    lines: list[list[Any]] = [
        [
            line.row.use_case_id, line.use_case.title, line.row.component,
            ", ".join(cell.head for cell in line.row.not_met), line.row.due_on, line.row.days_past_due, line.whose,
            line.started, marking.of_line(line.use_case),
        ]
        for line in shown
    ]  # fmt: skip
    return HttpResponse(
        csv_bytes(Sheet("Deployed but not met", "", HEADS, lines)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="not-met.csv"'},
    )
