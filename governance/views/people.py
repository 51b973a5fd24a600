"""Deactivating a person, which touches reviews and findings and so lives here."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.permissions import can_manage_people
from governance.actions import people
from registry.views.shared import attempt


@require_POST
def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """End a person's access today."""
    if not can_manage_people(request.user):
        raise PermissionDenied("Only an administrator of the portal can manage people and roles.")
    person = get_object_or_404(User, pk=pk, is_system=False)
    if attempt(request, person, people.deactivate, person):
        messages.success(request, f"{person.name} can no longer sign in. Open work went back to the queue.")
    return redirect("people-detail", person.pk)
