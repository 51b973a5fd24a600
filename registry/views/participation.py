"""Taking part in cases of other components: requests, answers, and each participant's own part."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from registry.actions import participation as actions
from registry.forms.participation import AnswerJoinForm, LeaveForm, PartForm
from registry.models import UseCaseComponent
from registry.models.use_case import Handling
from registry.permissions import joins_asked_by, joins_to_answer, people_refusals, standing
from registry.similar import learnable
from registry.views.shared import attempt, visible_use_case

PAGE = 50


def joins(request: HttpRequest) -> HttpResponse:
    """Who asks to take part in my cases, and what became of my own component's requests?"""
    _allow(request)
    asked = [row.use_case_id for row in joins_asked_by(request.user)]
    context = {
        "known": set(learnable(request.user).filter(pk__in=asked).values_list("pk", flat=True)),
        "to_answer": joins_to_answer(request.user).select_related("use_case__component", "component", "asked_by"),
        "page": Paginator(
            joins_asked_by(request.user).select_related(
                "use_case__component", "use_case__agency", "component", "asked_by", "answered_by"
            ),
            PAGE,
        ).get_page(request.GET.get("page")),
        "form": AnswerJoinForm(),
    }
    return render(request, "registry/similar/joins.html", context)


def _allow(request: HttpRequest) -> None:
    if not standing(request.user).components:
        raise PermissionDenied("Taking part is arranged between components: by their program officers and leads.")


@require_POST
def answer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let a component take part, or say why not."""
    _allow(request)
    row = joins_to_answer(request.user, is_open=False).filter(uuid=uuid).select_related("use_case", "component").first()
    if row is None:
        raise Http404
    form = AnswerJoinForm(request.POST)
    if not form.is_valid():
        messages.error(request, "The answer is too long: use up to 1,000 characters.")
        return redirect("joins-list")
    accepts = "accept" in request.POST
    if attempt(request, row.use_case, actions.answer_join, row, accepts=accepts, answer=form.cleaned_data["answer"]):
        restricted = row.use_case.handling == Handling.RESTRICTED
        sees = "takes part now. The case is restricted: only those of it you named see it"
        done = (sees if restricted else "takes part now and sees the case") if accepts else "is told your answer"
        messages.success(request, f"{row.component} {done}.")
    return redirect("joins-list")


@require_POST
def take_back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take back a request of my own component."""
    _allow(request)
    row = joins_asked_by(request.user).filter(uuid=uuid).select_related("use_case", "component").first()
    if row is None:
        raise Http404
    if attempt(request, row, actions.take_back_join, row):
        messages.success(request, "Taken back.")
    return redirect("joins-list")


def part(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """Are the filed answers true for my component's part in this case?"""
    row = _own_part(request, use_case_id)
    form = PartForm(request.POST or None, initial={"text": row.part})
    if request.method == "POST" and form.is_valid():
        if attempt(request, row.use_case, actions.confirm_part, row, text=form.cleaned_data["text"]):
            messages.success(request, f"{row.component}’s part is confirmed.")
        return redirect("use_cases-detail", use_case_id)
    context = {"use_case": row.use_case, "part": row, "form": form, "leave_form": LeaveForm()}
    return render(request, "registry/similar/part.html", context, status=400 if form.errors else 200)


@require_POST
def leave(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """End my component's part in a case."""
    row = _own_part(request, use_case_id)
    form = LeaveForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Say why your component no longer takes part.")
        return redirect("parts-confirm", use_case_id)
    if attempt(request, row.use_case, actions.leave, row, why=form.cleaned_data["why"]):
        messages.success(request, f"{row.component} no longer takes part in {use_case_id}.")
    return redirect("use_cases-list")


def _own_part(request: HttpRequest, use_case_id: str) -> UseCaseComponent:
    use_case = visible_use_case(request, use_case_id)
    mine: Any = standing(request.user).components
    rows = UseCaseComponent.objects.filter(use_case=use_case, component__in=mine, is_owner=False)
    row = rows.select_related("component", "confirmed_by").order_by("pk").first()
    if row is None:
        people = people_refusals(request.user, use_case)
        hint = " It owns the case." if not people else ""
        raise PermissionDenied(f"Only people of a component that takes part in this case answer for its part.{hint}")
    row.use_case = use_case
    return row
