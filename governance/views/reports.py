"""Reports: the shelf, asking for one, how far it is, the files."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.typed import signed_in
from governance.actions import reports as actions
from governance.models import Report
from governance.reports.base import ReportKind
from governance.reports.forms import ReportForm
from governance.reports.permissions import WHO, can_open_shelf, reports_visible_to
from governance.reports.shelf import SHELF
from governance.views.compliance import XLSX
from registry.views.shared import attempt

LIGHT = ("pdf", "xlsx", "html", "facts")


def _may_open(request: HttpRequest) -> None:
    if not can_open_shelf(request.user):
        raise PermissionDenied(WHO)


def listing(request: HttpRequest) -> HttpResponse:
    """Which reports are there, and where is the newest edition?"""
    _may_open(request)
    editions = reports_visible_to(request.user).defer(*LIGHT).select_related("requested_by")
    page = Paginator(editions.order_by("-queued_at"), 50).get_page(request.GET.get("page"))
    done = editions.filter(state=Report.State.DONE).order_by("slug", "-finished_at").distinct("slug")
    newest = {row.slug: row for row in done}
    code = request.GET.get("component", "")
    shelf = [
        {"kind": kind, "newest": newest.get(slug), "form": ReportForm(request.user, slug=slug, component=code)}
        for slug, kind in SHELF.items()
    ]
    context = {"shelf": shelf, "page": page}
    return render(request, "governance/reports/list.html", context)


@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """Ask for a report; a worker makes it and the page says how far it is."""
    _may_open(request)
    kind: ReportKind | None = SHELF.get(request.POST.get("slug", ""))
    form = ReportForm(request.user, request.POST)
    if kind is None or not form.is_valid():
        messages.error(request, "Choose a report of the shelf, a day that has come, and one of the components shown.")
        return redirect("reports-list")
    given: dict[str, Any] = {"as_of": form.cleaned_data["as_of"], "component_code": form.cleaned_data["component"]}
    made = attempt(request, request.user, actions.request_report, kind, **given)
    return redirect("reports-detail", made.uuid) if made else redirect("reports-list")


def _visible(request: HttpRequest, uuid: UUID) -> Report:
    _may_open(request)
    return get_object_or_404(reports_visible_to(request.user).select_related("requested_by"), uuid=uuid)


def detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Is it ready, what is in it, and is the copy I hold this one?"""
    report = _visible(request, uuid)
    asked = "".join(request.GET.get("sha256", "").split()).lower()[:64]
    stored = {
        "PDF": (report.pdf_sha256, actions.sha256(bytes(report.pdf)) if report.pdf else ""),
        "XLSX": (report.xlsx_sha256, actions.sha256(bytes(report.xlsx)) if report.xlsx else ""),
    }
    context = {
        "report": report,
        "kind": SHELF.get(report.slug),
        "is_waiting": report.state in (Report.State.QUEUED, Report.State.RUNNING),
        "intact": all(said == found for said, found in stored.values()),
        "asked": asked,
        "same_as": next((name for name, (said, _) in stored.items() if asked and said == asked), ""),
        "earlier": reports_visible_to(request.user)
        .filter(slug=report.slug, params=report.params, state=Report.State.DONE)
        .exclude(pk=report.pk)
        .defer(*LIGHT)
        .order_by("-as_of", "-queued_at")[:10],
    }
    return render(request, "governance/reports/detail.html", context)


def download(request: HttpRequest, uuid: UUID, file_format: str) -> HttpResponse:
    """The file as it was made."""
    report = _visible(request, uuid)
    if report.state != Report.State.DONE:
        raise Http404
    name = f"{report.slug}-{report.as_of.isoformat()}"
    files: dict[str, tuple[Any, str, str]] = {
        "pdf": (report.pdf, "application/pdf", f'attachment; filename="{name}.pdf"'),
        "xlsx": (report.xlsx, XLSX, f'attachment; filename="{name}.xlsx"'),
        "html": (report.html, "text/html; charset=utf-8", "inline"),
    }
    if file_format not in files:
        raise Http404
    content, kind, disposition = files[file_format]
    actions.record_download(report, file_format, actor=signed_in(request))
    body = content if isinstance(content, str) else bytes(content)
    return HttpResponse(body, content_type=kind, headers={"Content-Disposition": disposition})
