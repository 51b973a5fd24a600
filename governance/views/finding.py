"""One finding: read it, comment, say whose it is, accept its risk, take that back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from governance.actions import finding_work as actions
from governance.forms.findings import AcceptForm, AssignForm, BackForm, NoteForm
from governance.models import Finding
from governance.permissions import findings as permissions
from governance.reads import finding_page
from governance.views.compliance import may_look
from registry.permissions.talk import evidence_visible_to
from registry.views.shared import attempt, visible_use_case

JOINS = ("use_case", "provision__edition__instrument", "assigned_to", "office", "accepted_by")
Refusals = Callable[[Any, Finding], list[str]]
ACTS: dict[str, tuple[Callable[..., Any], Refusals, str]] = {
    "comment": (actions.comment_on_finding, permissions.note_refusals, "It is on the finding."),
    "assign": (actions.assign_finding, permissions.assign_refusals, "They are told, and find it on their home page."),
    "accept": (actions.accept_risk, permissions.accept_refusals, "The risk is accepted until that day."),
    "back": (actions.take_acceptance_back, permissions.back_refusals, "The finding is open again."),
}  # fmt: skip


def detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What was found, why, what is to be done, by when, whose is it, and what was done so far?"""
    may_look(request)
    row = _row(request, uuid)
    return _page(request, row)


def _page(request: HttpRequest, row: Finding, **bound: Form) -> HttpResponse:
    found = finding_page.page(request.user, row)
    may = found.may
    wanted = {"comment": may["comment"], "assign": may["assign"], "accept": may["accept"], "back": may["back"]}
    forms = {name: bound.get(name) or _form(request, name, row) for name, is_wanted in wanted.items() if is_wanted}
    context = {"found": found, "finding": row, "use_case": row.use_case, "forms": forms}
    return render(request, "governance/compliance/finding.html", context, status=400 if bound else 200)


def _form(request: HttpRequest, act: str, row: Finding, data: Any = None) -> Any:
    if act == "comment":
        evidence = evidence_visible_to(request.user).filter(use_case=row.use_case).standing().order_by("title", "pk")
        return NoteForm(data, evidence=evidence)
    if act == "assign":
        people = permissions.assignable(row.use_case, row.field)
        return AssignForm(data, people=people, offices=permissions.offices_for(row.use_case))
    return AcceptForm(data) if act == "accept" else BackForm(data)


@require_POST
def act(request: HttpRequest, uuid: UUID, act: str) -> HttpResponse:
    """Do one of them."""
    may_look(request)
    row = _row(request, uuid)
    action, refusals, done = ACTS[act]
    if (reasons := refusals(request.user, row)) and reasons != [permissions.OVER]:
        raise PermissionDenied(" ".join(reasons))
    form = _form(request, act, row, request.POST)
    if not form.is_valid():
        return _page(request, row, **{act: form})
    words = form.words()
    if act in ("assign", "accept"):
        words["seen"] = request.POST.get("seen", "")
    if attempt(request, row, action, row, **words):
        messages.success(request, done)
    return redirect(row.get_absolute_url())


def _row(request: HttpRequest, uuid: UUID) -> Finding:
    """The finding, or 404 as for a case one may not know of."""
    row = permissions.findings_visible_to(request.user).select_related(*JOINS).filter(uuid=uuid).first()
    if row is None:
        raise Http404
    answers = [row.field] if row.field else False
    row.use_case = visible_use_case(request, row.use_case.use_case_id, answers=answers)
    return row
