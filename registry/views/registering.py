"""Registering a use case: four answers, and what it is beside the cases that are like it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.models import Component
from registry import similar
from registry.actions import participation
from registry.actions import use_cases as actions
from registry.actions.outside_answers import registered
from registry.forms import RegisterForm
from registry.forms.participation import JOIN, REUSE, SimilarForm
from registry.models import OutsideLine
from registry.permissions import can_register, standing
from registry.permissions.outside import lines_visible_to
from registry.views.shared import attempt

NOT_YOURS = "Only program officers and component leads register use cases, in their own component."


def register(request: HttpRequest) -> HttpResponse:
    """How do I put a use of AI on record? Four answers make a draft, or a request to take part in one that exists."""
    if not can_register(request.user):
        raise PermissionDenied(NOT_YOURS)
    components = Component.objects.filter(pk__in=standing(request.user).components)
    form = RegisterForm(components, request.POST or None, initial=_of_line(request))
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        matches = _matches(request, form.cleaned_data)
        is_answered = "similar_answer" in request.POST
        compared = SimilarForm(matches, request.POST if is_answered else None)
        if not matches or (is_answered and compared.is_valid()):
            if done := _register(request, form, compared if matches else None):
                return done
        else:
            context |= {"matches": matches, "compared": compared}
    return render(request, "registry/register.html", context)


def _line(request: HttpRequest) -> OutsideLine | None:
    """The line of a list from outside the case is registered for; the form keeps it in its address."""
    try:
        wanted = UUID(request.GET.get("line", ""))
    except ValueError:
        return None
    return lines_visible_to(request.user).filter(uuid=wanted).first()


def _of_line(request: HttpRequest) -> dict[str, Any]:
    line = _line(request)
    return {"use_case_name": line.name[:300], "component": line.component_id} if line else {}


def _matches(request: HttpRequest, given: Any) -> list[similar.Match]:
    purpose = f"{given.get('problem_solved', '')} {given.get('system_outputs', '')}"
    return similar.similar(request.user, given.get("use_case_name", ""), purpose)


def _register(request: HttpRequest, form: RegisterForm, compared: SimilarForm | None) -> HttpResponse | None:
    component = form.cleaned_data["component"]
    if compared and compared.cleaned_data["similar_answer"] == JOIN:
        return _join(request, component, compared)
    said = None
    if compared:
        given = compared.cleaned_data
        about = [compared.chosen] if given["similar_answer"] == REUSE else list(compared.matches.values())
        said = participation.Compared(about, given["similar_answer"], given["why"])
    made = attempt(request, component, actions.register, component, form.answers(), compared=said)
    if not made:
        return None
    messages.success(request, f"{made.use_case_id} is saved as a draft. Nobody outside {component} sees it yet.")
    if (line := _line(request)) and attempt(request, made, registered, str(line.uuid), made):
        messages.success(request, f"“{line}” of the list from outside is covered by it.")
    return redirect("use_cases-tasks", made.use_case_id)


def _join(request: HttpRequest, component: Component, compared: SimilarForm) -> HttpResponse | None:
    part = compared.cleaned_data["why"]
    asked = attempt(request, component, participation.ask_to_join, compared.chosen, component, part=part)
    if not asked:
        return None
    messages.success(
        request,
        f"Asked. Nothing was registered: {component} takes part in “{compared.chosen.use_case.title}” once its owner "
        "says yes. You will get a mail.",
    )
    return redirect("joins-list")


@require_POST
def like_this(request: HttpRequest) -> HttpResponse:
    """Which cases are like what is being typed? A part of the register page, asked for while typing."""
    if not can_register(request.user):
        raise PermissionDenied(NOT_YOURS)
    given = {name: request.POST.get(name, "")[:5000] for name in ("use_case_name", "problem_solved", "system_outputs")}
    return render(request, "registry/similar/_matches.html", {"matches": _matches(request, given)})
