"""Work on one case: its tags, and the update somebody waits for."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from registry.actions import tagging, updates
from registry.forms.listing import TagForm
from registry.models import UpdateRequest
from registry.permissions import visible_to
from registry.permissions.listing import can_answer_update, tag_refusals
from registry.views.shared import attempt, visible_use_case


@require_POST
def tags(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """Put tags on this case, or take one off."""
    use_case = visible_use_case(request, use_case_id)
    if refusals := tag_refusals(request.user, use_case):
        raise PermissionDenied(" ".join(refusals))
    is_off = "off" in request.POST
    form = TagForm({"tags": request.POST["off"]} if is_off else request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(one) for one in form.errors["tags"]))
    else:
        attempt(request, use_case, tagging.untag if is_off else tagging.tag, [use_case], form.cleaned_data["tags"])
    return redirect(use_case.get_absolute_url() + "#work")


@require_POST
def unchanged(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Nothing has changed: the update that was asked for is given."""
    asked = _visible(request, uuid)
    if not can_answer_update(request.user, asked):
        raise PermissionDenied(f"Only the owner of {asked.use_case} and the backup owner answer this.")
    if attempt(request, asked.use_case, updates.say_unchanged, asked):
        messages.success(request, f"Thank you. {asked.asked_by} sees that the answers of {asked.use_case} still hold.")
    return redirect(asked.use_case)


@require_POST
def take_back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The update is not wanted any more."""
    asked = _visible(request, uuid)
    if asked.asked_by_id != request.user.pk:
        raise PermissionDenied(f"Only {asked.asked_by} can take this back.")
    if attempt(request, asked.use_case, updates.take_update_back, asked):
        messages.success(request, "Taken back.")
    return redirect(asked.use_case)


def _visible(request: HttpRequest, uuid: UUID) -> UpdateRequest:
    rows: Any = UpdateRequest.objects.select_related("use_case__component", "use_case__owner", "asked_by")
    return get_object_or_404(rows.filter(use_case__in=visible_to(request.user).values("pk")), uuid=uuid)
