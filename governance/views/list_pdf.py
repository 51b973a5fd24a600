"""The list of use cases as PDF: here and not beside the list, because only reports know how to make one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.models import Agency
from governance.reports import render
from governance.reports.list_pdf import MOST, WIDEST, ListOnPaper
from registry.actions.list_exports import record_export
from registry.reads import listing as reads_list
from registry.views.listing import back_to


def list_pdf(request: HttpRequest) -> HttpResponse:
    """May I have exactly this list on paper?"""
    user: Any = request.user
    shown = reads_list.of_request(user, request.GET)
    number = shown.found.rows.count()
    if number > MOST or len(shown.columns) > WIDEST:
        messages.warning(
            request,
            f"A PDF takes up to {MOST:,} rows and {WIDEST} columns; this list has {number:,} and "
            f"{len(shown.columns)}. Narrow it down, or download it as CSV or Excel below.",
        )
        return redirect(back_to(shown.query.text()))
    listed = shown.file()
    agency = str(Agency.objects.values_list("name", flat=True).first() or "")
    paper = ListOnPaper(
        "Use cases", agency, shown.head(len(listed.rows)), listed.heads, listed.rows, timezone.localdate()
    )
    made = render.to_pdf(render.to_html("reports/list.html", paper))
    record_export(
        "pdf", query=shown.query.text(), columns=[column.code for column in shown.columns], rows=len(listed.rows),
        restricted=listed.restricted, answers=listed.answers, actor=user,
    )  # fmt: skip
    response = HttpResponse(made.content, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="use-cases.pdf"'
    return response
