"""Letting changes to a recorded case count."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from registry import document as documents
from registry import reads
from registry.actions import counting as actions
from registry.forms.cycles import CountForm
from registry.permissions import edit_refusals, is_responsible
from registry.permissions.counting import count_refusals
from registry.views.shared import attempt, visible_use_case


def count(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """What would change in the inventory, and why do I let it count?"""
    use_case = visible_use_case(request, use_case_id, answers=True)
    refusals = count_refusals(request.user, use_case)
    if refusals and edit_refusals(request.user, use_case) and not is_responsible(request.user, use_case):
        raise PermissionDenied(" ".join(refusals))
    is_sent = request.method == "POST"
    form = CountForm(request.POST if is_sent else None, initial={"seen": use_case.revision_number})
    if is_sent and form.is_valid():
        if attempt(request, use_case, actions.let_count, use_case, **form.cleaned_data):
            messages.success(request, f"Revision {form.cleaned_data['seen']} counts in the inventory from today on.")
            return redirect(use_case)
        return redirect("use_cases-count", use_case_id)
    before = use_case.filed_document or documents.empty()
    context = {
        "use_case": use_case,
        "form": form,
        "refusals": refusals,
        "changes": reads.worded_changes(use_case.readable(before), use_case.document) if not refusals else [],
    }
    return render(request, "registry/count.html", context, status=400 if form.errors else 200)
