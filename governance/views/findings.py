"""Findings: what is wrong, why, what to do, by when."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from governance.compliance import finding_filters, reads
from governance.compliance.permissions import sees_every_case
from governance.models import Finding
from governance.reports.tables import Sheet, csv_bytes
from governance.views.compliance import may_look
from registry import marking
from registry.actions.need_to_know import note_taken

HEADS = (
    "Use Case ID", "Case", "Component", "Finding", "Severity", "Provision", "Edition", "What to do", "Due",
    "Open since", "State", "Resolved on", marking.COLUMN,
)  # fmt: skip
NAMES = (
    ("component", "Component"), ("provision", "Provision"), ("severity", "Severity"), ("practice", "Practice"),
    ("state", "State"),
)  # fmt: skip


def listing(request: HttpRequest) -> HttpResponse:
    """What is found, why, what is to be done and by when?"""
    may_look(request)
    given = reads.given_of(request.GET.dict())
    seen = reads.findings(request.user)
    rows = reads.filtered(seen, given).order_by(reads.BY_WEIGHT, "provision__ref", "use_case__use_case_id", "id")
    if request.GET.get("format") == "csv":
        return _csv(request.user, rows)
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    page.object_list = reads.worded(request.user, page.object_list)
    context = {
        "page": page,
        "given": given,
        "narrowed": finding_filters.in_words(given),
        "choices": reads.choices(seen, given),
        "cases": rows.order_by().values("use_case").distinct().count(),
        "filter_names": NAMES,
        "run": reads.last_run(),
        "today": timezone.localdate(),
        "sees_all": sees_every_case(request.user),
    }
    return render(request, "governance/compliance/findings.html", context)


def _csv(user: Any, rows: QuerySet[Finding]) -> HttpResponse:
    """Exactly what is shown, all pages."""
    found = reads.worded(user, rows)
    note_taken("findings.csv", [one.use_case for one in found], actor=user)
    lines = [
        [
            f.use_case.use_case_id, f.use_case.title, f.use_case.component.code, f.message,
            reads.SEVERITIES.get(f.severity, f.severity), f.provision.ref,
            str(f.provision.edition), f.remedy,
            f.due_on, f.opened_on, f.get_state_display(), f.resolved_on, marking.of_line(f.use_case),
        ]
        for f in found
    ]  # fmt: skip
    body = csv_bytes(Sheet("Findings", "", HEADS, lines))
    return HttpResponse(
        body,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="findings.csv"'},
    )
