"""Registering, listing and answering: the program office's pages."""

import csv
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from registry import document as documents
from registry import editions, marking, questionnaire, reads, tasklist
from registry.actions import use_cases as actions
from registry.actions.need_to_know import note_taken
from registry.inventory.write import neutralise
from registry.models import Revision
from registry.models.use_case import Handling
from registry.permissions import (
    can_accept_ownership,
    can_delete_draft,
    can_edit,
    can_register,
    can_see_corrections,
    can_see_left_out,
    edit_refusals,
    standing,
    visible_to,
)
from registry.views.sections import appeared
from registry.views.shared import attempt, visible_use_case

COLUMNS = ("Use Case ID", "Name", "Component", "Stage", "Impact", "Status", "Owner", marking.COLUMN)


def listing(request: HttpRequest) -> HttpResponse:
    """Which use cases are there, and which of them fit?"""
    given = {name: value for name, value in request.GET.items() if isinstance(value, str)}
    found = reads.filtered(visible_to(request.user), given, request.user)
    rows = found.rows.select_related("component", "owner").defer("document", "filed_document", "search_vector")
    if not given.get("q") or given.get("sort"):
        rows = rows.order_by(*reads.SORTS.get(given.get("sort", ""), reads.SORTS[""]))
    if given.get("format") == "csv":
        note_taken("use-cases.csv", rows.filter(handling=Handling.RESTRICTED), actor=request.user)  # type: ignore[arg-type]
        return _csv(rows)
    counts = reads.counts(found.rows)
    pages = Paginator(rows, 50)
    pages.count = counts.total  # counted with the filters already
    context = {
        "page": pages.get_page(given.get("page")),
        "given": given,
        "instead": found.instead,
        "counts": counts.choices,
        "can_register": can_register(request.user),
        "filters": [(n, v) for n, v in given.items() if n in (*reads.FILTERS, "show", "q") and v],
        "can_see_left_out": can_see_left_out(request.user),
        "works_in_component": bool(standing(request.user).components),
    }
    return render(request, "registry/list.html", context)


def _csv(rows: Any) -> HttpResponse:
    """Exactly what is shown, all pages, formula signs made harmless."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="use-cases.csv"'
    writer = csv.writer(response)
    writer.writerow(COLUMNS)
    for row in rows.iterator(chunk_size=500):
        cells = (
            row.use_case_id, row.title, row.component.code, reads.label("stage", row.stage),
            reads.label("impact", row.impact), row.get_status_display(), str(row.owner or ""),
            marking.of_line(row),
        )  # fmt: skip
        writer.writerow([neutralise(cell) for cell in cells])
    return response


def tasks(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """What do I owe now, and what later?"""
    use_case = visible_use_case(request, use_case_id)
    form = editions.of(use_case)
    listed = tasklist.build(form, use_case.document)
    context = {
        "use_case": use_case,
        "tasks": listed,
        "edition": form,
        "behind": editions.behind(use_case),
        "appeared": appeared(request, form, use_case.document),
        "leaving": reads.speaks_against(use_case.document),
        "stages": [(s, reads.label("stage", s)) for s in ("pre_deployment", "pilot", "deployed")],
        "last": reads.last_revision(use_case),
        "editing": reads.editing_now(use_case, request.user),
        "can_edit": can_edit(request.user, use_case),
        "refusals": edit_refusals(request.user, use_case),
        "can_delete": can_delete_draft(request.user, use_case),
        "can_accept": can_accept_ownership(request.user, use_case),
        "has_correction": can_see_corrections(request.user) and use_case.corrections.filter(state="open").exists(),
    }
    return render(request, "registry/tasks.html", context)


@require_POST
def delete(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """Delete a draft that was never filed."""
    use_case = visible_use_case(request, use_case_id)
    if not can_delete_draft(request.user, use_case):
        raise PermissionDenied("Only a draft that was never submitted can be deleted, by its owner or component lead.")
    if attempt(request, use_case, actions.delete_draft, use_case):
        messages.success(request, f"The draft {use_case_id} is deleted. Its ID will not be given again.")
    return redirect("use_cases-list")


@require_POST
def accept(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """Become the owner of a case that has none."""
    use_case = visible_use_case(request, use_case_id)
    if not standing(request.user).components:
        raise PermissionDenied("Only people of the case’s component can accept it.")
    if attempt(request, use_case, actions.accept_ownership, use_case):
        messages.success(request, f"You own {use_case_id} now. Check its answers: they came from an inventory file.")
    return redirect("use_cases-tasks", use_case_id)


def revision(request: HttpRequest, use_case_id: str, number: int) -> HttpResponse:
    """What did the record say then, and what did that revision change?"""
    use_case = visible_use_case(request, use_case_id, answers=True)
    rows = Revision.objects.filter(use_case=use_case).select_related("written_by")
    shown = rows.filter(number=number).first()
    if shown is None:
        raise Http404
    before = rows.filter(number=number - 1).values_list("document", flat=True).first() or documents.empty()
    context = {
        "use_case": use_case,
        "revision": shown,
        "changes": reads.worded_changes(use_case.readable(before), use_case.readable(shown.document)),
        "edition": questionnaire.named(shown.edition),
        "filings": shown.filings.select_related("filed_by"),
    }
    return render(request, "registry/revision.html", context)
