"""Naming who may know what is restricted in a case, and which answers are."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from registry.actions import need_to_know as actions
from registry.forms.know import NameForm, RestrictForm
from registry.models import NeedToKnow, UseCase
from registry.permissions.know import naming_refusals
from registry.views.people import people_page
from registry.views.shared import attempt, visible_use_case


def _allowed(request: HttpRequest, use_case_id: str) -> UseCase:
    use_case = visible_use_case(request, use_case_id)
    if refusals := naming_refusals(request.user, use_case):
        raise PermissionDenied(" ".join(refusals))
    return use_case


@require_POST
def restrict(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """Which answers of this case may only people with need to know read?"""
    use_case = _allowed(request, use_case_id)
    form = RestrictForm(use_case, request.POST)
    if not form.is_valid():
        return people_page(request, use_case, restrict_form=form)
    given = form.cleaned_data
    if attempt(request, use_case, actions.restrict, use_case, given["fields_"], reason=given["reason"]):
        messages.success(request, "Saved. Search, lists and files leave restricted answers out from now on.")
    return redirect("use_cases-people", use_case_id)


@require_POST
def name(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """Who else needs to know, and why?"""
    use_case = _allowed(request, use_case_id)
    form = NameForm(use_case, request.POST)
    if not form.is_valid():
        return people_page(request, use_case, name_form=form)
    made = attempt(request, use_case, actions.name_knower, use_case, **form.cleaned_data)
    if made:
        told = " They are told by mail, by the ID of the case only." if made.user_id else ""
        messages.success(request, f"{made.who} may know now.{told}")
    return redirect("use_cases-people", use_case_id)


@require_POST
def end(request: HttpRequest, use_case_id: str, uuid: UUID) -> HttpResponse:
    """Why does this person or office no longer need to know?"""
    use_case = _allowed(request, use_case_id)
    row = NeedToKnow.objects.filter(use_case=use_case, uuid=uuid).select_related("use_case", "user", "office").first()
    if row is None:
        raise Http404
    if attempt(request, use_case, actions.end_knowing, row, reason=request.POST.get("reason", "")[:500]):
        messages.success(request, f"{row.who} no longer knows what is restricted in {use_case_id}.")
    return redirect("use_cases-people", use_case_id)
