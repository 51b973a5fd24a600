"""What a case's page does with its systems: link, end, compare, confirm. Each act leads back to that page."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from registry import editions
from registry.actions import system_links as actions
from registry.actions import system_marks
from registry.forms.systems import LinkForm, WhyForm
from registry.models import UseCase, UseCaseSystem
from registry.permissions.systems import confirm_refusals, link_refusals, systems_visible_to
from registry.reads.systems import linkable
from registry.views.shared import attempt, visible_use_case


def _back(use_case: UseCase) -> HttpResponse:
    return redirect(f"{use_case.get_absolute_url()}#systems")


def _allow(reasons: list[str]) -> None:
    if reasons:
        raise PermissionDenied(" ".join(reasons))


def _link_of(request: HttpRequest, use_case: UseCase, uuid: UUID) -> UseCaseSystem:
    rows = UseCaseSystem.objects.filter(use_case=use_case, system__in=systems_visible_to(request.user).values("pk"))
    link = rows.select_related("system__component", "use_case__component", "use_case__owner").filter(uuid=uuid).first()
    if link is None:
        raise Http404
    return link


@require_POST
def link(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """Say that this case uses a system."""
    use_case = visible_use_case(request, use_case_id)
    _allow(link_refusals(request.user, use_case))
    form = LinkForm(linkable(request.user, use_case), request.POST)
    if not form.is_valid():
        messages.error(request, "Choose the system and the day since when the case uses it.")
        return _back(use_case)
    given = form.cleaned_data
    made = attempt(
        request, use_case, actions.link_system, use_case, given["system"], why=given["why"],
        started_on=given["started_on"],
    )  # fmt: skip
    if made:
        asked = editions.of(use_case).by_field
        names = [asked[field].short for field in made.filled]
        filled = f" Filled from its record: {', '.join(names)}." if names else ""
        messages.success(request, f"{use_case_id} uses {given['system']}.{filled}")
    return _back(use_case)


@require_POST
def unlink(request: HttpRequest, use_case_id: str, uuid: UUID) -> HttpResponse:
    """Say that this case no longer uses a system."""
    use_case = visible_use_case(request, use_case_id)
    _allow(link_refusals(request.user, use_case))
    found = _link_of(request, use_case, uuid)
    form = WhyForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Say why the case no longer uses it.")
    elif attempt(request, use_case, actions.unlink_system, found, why=form.cleaned_data["why"]):
        messages.success(request, f"{use_case_id} no longer uses {found.system}. Its answers stay as they are.")
    return _back(use_case)


@require_POST
def take_over(request: HttpRequest, use_case_id: str, uuid: UUID) -> HttpResponse:
    """Answer what the system's record says."""
    use_case = visible_use_case(request, use_case_id)
    _allow(confirm_refusals(request.user, use_case))
    found = _link_of(request, use_case, uuid)
    name, opened_on = request.POST.get("field", ""), request.POST.get("opened_on", "")
    number = int(opened_on) if opened_on.isdigit() and len(opened_on) < 9 else 0
    if attempt(request, use_case, actions.take_over, found, name, opened_on=number):
        messages.success(request, "The answer now says what the record says. It counts when the case is next sent.")
    return _back(use_case)


@require_POST
def keep(request: HttpRequest, use_case_id: str, uuid: UUID) -> HttpResponse:
    """Keep an answer other than the record, and say why."""
    use_case = visible_use_case(request, use_case_id)
    _allow(confirm_refusals(request.user, use_case))
    found = _link_of(request, use_case, uuid)
    because = request.POST.get("because", "").replace("\x00", "")[:500]
    if attempt(request, use_case, actions.keep_answer, found, request.POST.get("field", ""), because=because):
        messages.success(request, "Kept, with your reason.")
    return _back(use_case)


@require_POST
def confirm(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """Confirm that the answers still hold."""
    use_case = visible_use_case(request, use_case_id)
    _allow(confirm_refusals(request.user, use_case))
    seen = [text for text in request.POST.getlist("mark") if _is_uuid(text)]
    if attempt(request, use_case, system_marks.confirm, use_case, seen):
        messages.success(request, "Confirmed: your answers still hold.")
    return _back(use_case)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
