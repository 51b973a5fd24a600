"""The dated records of every case one may see."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.typed import signed_in
from governance.compliance.permissions import sees_every_case
from governance.reads import record_register as reads
from governance.reports.tables import Sheet, csv_bytes
from governance.views.compliance import may_look
from registry import marking
from registry.actions.need_to_know import note_taken

HEADS = (
    "Use Case ID", "Name", "Component", "Kind", "Record", "Practice", "Date", "Until", "How it stands", "Recorded by",
    marking.COLUMN,
)  # fmt: skip
GAP_HEADS = ("Use Case ID", "Name", "Component", "Missing", "What it is for", "Who can add it", marking.COLUMN)


def listing(request: HttpRequest) -> HttpResponse:
    """Which records are there across cases, which run out, and which are missing?"""
    may_look(request)
    given = reads.given_of(request.GET.dict())
    user, is_missing = signed_in(request), given["show"] == "missing"
    gaps = reads.gaps(user) if is_missing else []
    found: Any = reads.narrowed(gaps, given) if is_missing else reads.listed(user, given)
    if request.GET.get("format") == "csv":
        return _csv(user, found, is_missing)
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    page.object_list = reads.with_cases(page.object_list) if is_missing else reads.with_lives(page.object_list)
    context = {
        "page": page,
        "given": given,
        "shown": reads.counted(user, given),
        "choices": reads.gap_choices(gaps, given) if is_missing else reads.choices(user, given),
        "names": (("kind", "Kind"), ("component", "Component")),
        "sees_all": sees_every_case(user),
    }
    return render(request, "governance/records/list.html", context)


def _csv(user: Any, found: Any, is_missing: bool) -> HttpResponse:
    """Exactly what is shown, all pages."""
    lines: list[list[Any]] = []
    if is_missing:
        gaps = reads.with_cases(found)
        lines = [[g.use_case.use_case_id, g.use_case.title, g.use_case.component.code, g.kind.label, g.kind.purpose,
                  g.who, marking.of_line(g.use_case)] for g in gaps]  # fmt: skip
        cases = [g.use_case for g in gaps]
    else:
        rows = reads.with_lives(found)
        lines = [[one.row.use_case.use_case_id, one.row.use_case.title, one.row.use_case.component.code, one.kind.label,
                  one.row.title, one.row.get_practice_display(), one.row.effective_on, one.life.last_day, one.word,
                  str(one.row.recorded_by), marking.of_line(one.row.use_case)] for one in rows]  # fmt: skip
        cases = [one.row.use_case for one in rows]
    note_taken("records.csv", list({case.pk: case for case in cases}.values()), actor=user)
    body = csv_bytes(Sheet("Records", "", GAP_HEADS if is_missing else HEADS, lines))
    return HttpResponse(
        body,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="records.csv"'},
    )
