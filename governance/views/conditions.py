"""Conditions: the lists of them, and the page of one with what can be done about it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.permissions import standing
from governance.actions import conditions as actions
from governance.forms.conditions import DueForm, MetForm, NotAcceptedForm, OwnerForm
from governance.models import Condition
from governance.permissions import conditions as permissions
from governance.reads import conditions as reads
from registry.permissions.talk import evidence_visible_to
from registry.views.shared import attempt, visible_use_case


def listing(request: HttpRequest) -> HttpResponse:
    """Which conditions are mine, my component's or my office's, and which are overdue?"""
    who = standing(request.user)
    if not (who.reads_in or who.is_department_wide):
        raise PermissionDenied("Conditions are for people who work on use cases. Ask an administrator for a role.")
    asked = request.GET
    found = reads.listing(
        request.user, asked.get("scope", ""), asked.get("show", "open"), asked.get("component", "")
    )  # fmt: skip
    page = Paginator(found.rows, 50).get_page(asked.get("page"))
    context = {"found": found, "page": page, "component": asked.get("component", "")}
    return render(request, "governance/conditions/list.html", context)


def detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What has to be done by whom and when, what hangs on it, and what has happened?"""
    return _page(request, _visible(request, uuid))


def _page(request: HttpRequest, row: Condition, **forms: Form) -> HttpResponse:
    user: Any = request.user
    judging = permissions.accept_refusals(user, row)
    terms = permissions.terms_refusals(user, row)
    is_done = row.state == Condition.State.ACCEPTED
    proof = evidence_visible_to(user).filter(pk=row.proof_id).first() if row.proof_id else None
    context = {
        "row": row,
        "case": row.use_case,
        "proof": proof,
        "may_report": not is_done and not permissions.report_refusals(user, row),
        "report_refusals": permissions.report_refusals(user, row),
        "judging": judging,
        "terms": terms,
        "may_give": not is_done and (not terms or row.answerable == user),
        "met_form": forms.get("met") or MetForm(condition=row, user=user),
        "back_form": forms.get("back") or NotAcceptedForm(auto_id="id_back_%s"),
        "due_form": forms.get("due") or DueForm(initial={"due_on": row.due_on}, auto_id="id_due_%s"),
        "owner_form": forms.get("owner") or OwnerForm(condition=row, initial={"owner": row.owner_id}),
        "history": reads.history(row),
        "escalations": row.escalations.all(),
    }
    return render(request, "governance/conditions/detail.html", context)


@require_POST
def met(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Report that a condition is met."""
    row = _visible(request, uuid)
    _allow(permissions.report_refusals(request.user, row))
    form = MetForm(request.POST, condition=row, user=request.user)
    return _answer(
        request, row, {"met": form}, actions.report_met, "Reported met. Who set the condition is asked to accept it."
    )


@require_POST
def accept(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Accept that a condition is met."""
    row = _visible(request, uuid)
    _allow(permissions.accept_refusals(request.user, row))
    if attempt(request, row, actions.accept_met, row):
        messages.success(request, "Accepted. The condition is closed.")
    return redirect(row)


@require_POST
def back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give a condition back: it is not met yet."""
    row = _visible(request, uuid)
    _allow(permissions.accept_refusals(request.user, row))
    form = NotAcceptedForm(request.POST, auto_id="id_back_%s")
    return _answer(
        request, row, {"back": form}, actions.not_accept, "Given back. Who has to meet it is told what is missing."
    )


@require_POST
def due(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Move the day a condition is due."""
    row = _visible(request, uuid)
    _allow(permissions.terms_refusals(request.user, row))
    form = DueForm(request.POST, auto_id="id_due_%s")
    return _answer(
        request, row, {"due": form}, actions.move_due, "The day was moved. The reason stands in the history."
    )


@require_POST
def owner(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say who sees to a condition."""
    row = _visible(request, uuid)
    refusals = permissions.terms_refusals(request.user, row)
    _allow([] if row.answerable == request.user else refusals)
    form = OwnerForm(request.POST, condition=row)
    return _answer(
        request, row, {"owner": form}, actions.name_owner, "Saved. They find it on their list of conditions."
    )


def _answer(
    request: HttpRequest, row: Condition, asked: dict[str, Form], act: Callable[..., Any], done: str
) -> HttpResponse:
    """Do what a form asks for and say so, or show the page again with what is wrong in it."""
    (form,) = asked.values()
    if not form.is_valid():
        return _page(request, row, **asked)
    if attempt(request, row, act, row, **form.cleaned_data):
        messages.success(request, done)
    return redirect(row)


def _visible(request: HttpRequest, uuid: UUID) -> Condition:
    joins = ("use_case__component", "lane__office", "lane__review", "decision", "owner", "set_by", "met_by")
    row = Condition.objects.select_related(*joins, "accepted_by").filter(uuid=uuid).first()
    if row is None:
        raise Http404
    row.use_case = visible_use_case(request, row.use_case.use_case_id)
    return row


def _allow(reasons: list[str]) -> None:
    if reasons:
        raise PermissionDenied(" ".join(reasons))
