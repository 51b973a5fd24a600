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
from registry import questionnaire, reads, tasklist
from registry.actions import use_cases as actions
from registry.forms import SectionForm
from registry.forms_talk import mark_fields
from registry.inventory.write import neutralise
from registry.models import Revision, UseCase
from registry.permissions import (
    can_accept_ownership,
    can_delete_draft,
    can_edit,
    can_register,
    can_see_corrections,
    edit_refusals,
    standing,
    visible_to,
)
from registry.views.shared import attempt, visible_use_case

COLUMNS = ("Use Case ID", "Name", "Component", "Stage", "Impact", "Status", "Owner")


def listing(request: HttpRequest) -> HttpResponse:
    """Which use cases are there, and which of them fit?"""
    given = {name: value for name, value in request.GET.items() if isinstance(value, str)}
    found = reads.filtered(visible_to(request.user), given, request.user)
    rows = found.rows.select_related("component", "owner").defer("document", "filed_document", "search_vector")
    if not given.get("q") or given.get("sort"):
        rows = rows.order_by(*reads.SORTS.get(given.get("sort", ""), reads.SORTS[""]))
    if given.get("format") == "csv":
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
        )  # fmt: skip
        writer.writerow([neutralise(cell) for cell in cells])
    return response


def tasks(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """What do I owe now, and what later?"""
    use_case = visible_use_case(request, use_case_id)
    listed = tasklist.build(questionnaire.default(), use_case.document)
    context = {
        "use_case": use_case,
        "tasks": listed,
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


def section(request: HttpRequest, use_case_id: str, slug: str) -> HttpResponse:
    """What are the answers of this section? Saved on its own; leaving loses nothing that was saved."""
    use_case = visible_use_case(request, use_case_id)
    if refusals := edit_refusals(request.user, use_case):
        raise PermissionDenied(" ".join(refusals))
    try:
        part = questionnaire.default().section(slug)
    except KeyError:
        raise Http404 from None
    form = SectionForm(part, use_case.document, data=request.POST or None)
    opened_on = use_case.revision_number
    conflicts: list[dict[str, Any]] = []
    if request.method == "POST":
        opened_on = _number(request.POST.get("opened_on"), use_case.revision_number)
        if form.is_valid():
            try:
                actions.save_section(use_case, slug, form.answers(), opened_on=opened_on, actor=request.user)  # type: ignore[arg-type]
            except actions.StaleSection as stale:
                conflicts, opened_on = _conflicts(form, stale), use_case.revision_number
                messages.warning(request, str(stale))
            else:
                return _after_save(request, use_case)
    mark_fields(form, request.user, use_case)
    context = {"use_case": use_case, "section": part, "form": form, "opened_on": opened_on, "conflicts": conflicts}
    return render(request, "registry/section.html", context, status=409 if conflicts else 200)


def _number(text: Any, default: int) -> int:
    return int(text) if isinstance(text, str) and text.isdigit() and len(text) < 9 else default


def _conflicts(form: SectionForm, stale: actions.StaleSection) -> list[dict[str, Any]]:
    """Their and my version of each answer that differs, in words."""
    mine, theirs = form.answers(), documents.answers(stale.theirs)
    return [
        {"label": q.label, "mine": q.words(mine.get(q.field)), "theirs": q.words(theirs.get(q.field))}
        for q in form.questions
        if (mine.get(q.field) or None) != (theirs.get(q.field) or None)
    ]


def _after_save(request: HttpRequest, use_case: UseCase) -> HttpResponse:
    """On to the next unfinished section, or back to the list when that was asked for."""
    fresh = UseCase.objects.get(pk=use_case.pk)
    messages.success(request, f"Saved as revision {fresh.revision_number}.")
    following = tasklist.build(questionnaire.default(), fresh.document).continue_with
    if following is None or "back" in request.POST:
        return redirect("use_cases-tasks", use_case.use_case_id)
    return redirect("use_cases-section", use_case.use_case_id, following.slug)


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
    use_case = visible_use_case(request, use_case_id)
    rows = Revision.objects.filter(use_case=use_case).select_related("written_by")
    shown = rows.filter(number=number).first()
    if shown is None:
        raise Http404
    before = rows.filter(number=number - 1).values_list("document", flat=True).first() or documents.empty()
    context = {
        "use_case": use_case,
        "revision": shown,
        "changes": reads.worded_changes(before, shown.document),
        "filings": shown.filings.select_related("filed_by"),
    }
    return render(request, "registry/revision.html", context)
