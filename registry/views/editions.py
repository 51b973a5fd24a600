"""Moving a case on to the questionnaire edition in force."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from registry import editions
from registry.actions import use_cases as actions
from registry.forms import AdoptForm
from registry.models import UseCase
from registry.permissions import can_edit, edit_refusals, is_responsible
from registry.views.sections import opened_query
from registry.views.shared import attempt, visible_use_case


def edition(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """What does the questionnaire in force ask beyond what this case answered, and shall the case move on to it?"""
    use_case = visible_use_case(request, use_case_id)
    if request.method == "POST":
        return _adopt(request, use_case)
    context = {
        "use_case": use_case,
        "behind": editions.behind(use_case),
        "now": editions.of(use_case),
        "can_edit": can_edit(request.user, use_case),
        "refusals": edit_refusals(request.user, use_case),
        "form": AdoptForm(),
    }
    return render(request, "registry/edition.html", context)


def _adopt(request: HttpRequest, use_case: UseCase) -> HttpResponse:
    if not is_responsible(request.user, use_case):
        raise PermissionDenied(" ".join(edit_refusals(request.user, use_case)))
    form, behind = AdoptForm(request.POST), editions.behind(use_case)
    why = form.cleaned_data["why"] if form.is_valid() else ""
    revision = attempt(request, use_case, actions.adopt_edition, use_case, why=why)
    if revision:
        now = editions.of(UseCase.objects.get(pk=use_case.pk))
        messages.success(
            request,
            f"The case answers edition {now.edition} from revision {revision.number} on. Nothing of the older "
            "revisions was changed.",
        )
    wanted = [one.question.field for one in behind.needed] if behind and revision else []
    return redirect(reverse("use_cases-tasks", args=[use_case.use_case_id]) + opened_query(wanted))
