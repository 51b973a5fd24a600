"""The yearly confirmation of approved cases: the list of what is due, and the page of one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.permissions import standing
from governance import recertification as rules
from governance.actions import recertification as actions
from governance.forms.gates import CertifyForm, ConfirmForm
from governance.permissions import recertification as permissions
from governance.reads import case
from governance.reads import recertification as reads
from registry import editions, tasklist
from registry.models import UseCase
from registry.views.shared import attempt, visible_use_case


def listing(request: HttpRequest) -> HttpResponse:
    """Which approved cases are to be confirmed for another year, by when, and who has them?"""
    who = standing(request.user)
    if not (who.reads_in or who.is_department_wide):
        raise PermissionDenied("The list is for people who work on use cases. Ask an administrator for a role.")
    asked = request.GET
    found = reads.listing(
        request.user, asked.get("scope", ""), asked.get("show", "overdue"), asked.get("component", "")
    )
    page = Paginator(found.rows, 50).get_page(asked.get("page"))
    context = {
        "found": found, "page": page, "rows": reads.dues(list(page.object_list)),
        "component": asked.get("component", ""), "edition": rules.in_force(timezone.localdate()),
    }  # fmt: skip
    return render(request, "governance/gates/year_list.html", context)


def detail(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """Is what was approved still true, and who has said so?"""
    use_case = visible_use_case(request, use_case_id, answers=True)
    return _page(request, use_case)


def _page(request: HttpRequest, use_case: UseCase, form: Any = None) -> HttpResponse:
    user, due = request.user, reads.due_of(use_case)
    document = use_case.document
    context = {
        "case": use_case,
        "facts": case.facts(use_case),
        "due": due,
        "missing": len(tasklist.missing(editions.of(use_case), document)),
        "parts": case.parts(document, editions.of(use_case), with_blank=False),
        "history": reads.history(use_case),
        "confirming": permissions.confirm_refusals(user, use_case),
        "certifying": permissions.certify_refusals(user, use_case, due.waiting if due else None),
        "form": form or ConfirmForm(initial={"opened_on": use_case.revision_number}),
        "certify_form": CertifyForm(initial={"seen": use_case.filed_number}),
    }
    return render(request, "governance/gates/year.html", context)


@require_POST
def confirm(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """Say that it is still true."""
    use_case = visible_use_case(request, use_case_id)
    _allow(permissions.confirm_refusals(request.user, use_case))
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return _page(request, use_case, form)
    given = {name: form.cleaned_data[name] for name in ("opened_on", "note")}
    if attempt(request, use_case, actions.confirm_true, use_case, **given):
        messages.success(request, f"Confirmed. The {use_case.component} lead is asked to certify it.")
    return redirect("year-case", use_case_id)


@require_POST
def certify(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """Certify it for the component."""
    use_case = visible_use_case(request, use_case_id)
    _allow(permissions.certify_refusals(request.user, use_case))
    form = CertifyForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Nothing was certified. Look at the case once more.")
    elif attempt(request, use_case, actions.certify_true, use_case, seen=form.cleaned_data["seen"]):
        messages.success(request, "Certified for another year.")
    return redirect("year-case", use_case_id)


def _allow(reasons: list[str]) -> None:
    if reasons:
        raise PermissionDenied(" ".join(reasons))
