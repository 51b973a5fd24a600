"""Answering and what a case's people do with it: the program office's pages."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from registry import document as documents
from registry import editions, reads, tasklist
from registry.actions import use_cases as actions
from registry.models import Revision
from registry.permissions import (
    can_accept_ownership,
    can_delete_draft,
    can_edit,
    can_see_corrections,
    edit_refusals,
    standing,
)
from registry.views.sections import appeared
from registry.views.shared import attempt, visible_use_case


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
        "stage_given": bool(use_case.document["answers"].get("development_stage")),
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
        "filings": shown.filings.select_related("filed_by"),
        "can_restore": number != use_case.revision_number and not edit_refusals(request.user, use_case),
    }
    return render(request, "registry/revision.html", context)
