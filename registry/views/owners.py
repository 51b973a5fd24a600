"""Owners: asking somebody to take cases over, cases without owner, people who go."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.models import Component, Role
from accounts.permissions import standing
from registry.actions import handovers, owners
from registry.forms.people import AssignForm, LeavingForm, TransferForm
from registry.models import UseCase
from registry.permissions import visible_to
from registry.permissions.people import may_transfer, offer_refusals, overseen, oversees_owners, transfer_refusals
from registry.reads import people as reads
from registry.views.shared import attempt, visible_use_case

MOST = 500  # cases of one bulk


def assign(request: HttpRequest, use_case_id: str = "") -> HttpResponse:
    """Who should take these cases over? The person named answers; until then nothing changes.

    The cases come as `id` of the address or the form, once for each.
    """
    who = standing(request.user)
    if not (who.components or who.has(Role.INVENTORY_MANAGER)):
        raise PermissionDenied(
            "Only owners, component leads and the inventory manager ask somebody to take cases over."
        )
    found = _chosen(request, use_case_id)
    able = [case for case in found if not offer_refusals(request.user, case)]
    if use_case_id and not able:
        raise PermissionDenied(" ".join(offer_refusals(request.user, found[0])))
    backups, others = reads.candidates(able)
    is_sent = request.method == "POST" and "to" in request.POST
    note = getattr(reads.leaving_note(request.user), "note", "")
    form = AssignForm(backups, others, request.user, request.POST if is_sent else None, note=note)
    if is_sent and able and form.is_valid():
        given = form.cleaned_data
        done = attempt(
            request, able[0], handovers.offer, able, form.person, kind=given["kind"], note=given["note"]
        )  # fmt: skip
        if done:
            return _after_offer(request, done, str(form.person), is_me=form.person.pk == request.user.pk)
    barred = [(case, offer_refusals(request.user, case)) for case in found if case not in able]
    context = {"cases": able, "barred": barred, "form": form, "nobody": bool(able) and not (backups or others)}
    return render(request, "registry/owners/assign.html", context)


def _chosen(request: HttpRequest, use_case_id: str) -> list[UseCase]:
    """The cases asked for that exist for this person; others leave no trace."""
    if use_case_id:
        return [visible_use_case(request, use_case_id)]
    ids = [text for text in [*request.GET.getlist("id"), *request.POST.getlist("id")] if "\x00" not in text]
    rows = visible_to(request.user).filter(use_case_id__in=ids[:MOST])
    return list(rows.select_related("component", "agency", "owner", "backup_owner").order_by("use_case_id"))


def _after_offer(request: HttpRequest, done: handovers.Outcome, to: str, *, is_me: bool = False) -> HttpResponse:
    number = len(done.done)
    cases = f"{number} use case{'' if number == 1 else 's'}"
    if is_me:
        messages.success(request, f"You have taken over {cases}.")
        return redirect(done.done[0].use_case if number == 1 else "/use-cases/?show=mine")
    messages.success(request, f"{to} was asked to take over {cases}. Until they accept, nothing changes.")
    for case, reason in done.left[:10]:
        messages.warning(request, f"{case.use_case_id} was left out: {reason}")
    return redirect("handovers-detail", done.act)


def transfer(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """Does this case belong to another component? Its lead answers; the Use Case ID stays."""
    use_case = visible_use_case(request, use_case_id)
    refusals = transfer_refusals(request.user, use_case)
    if not may_transfer(request.user, use_case):
        raise PermissionDenied(" ".join(refusals))
    places = Component.objects.filter(agency=use_case.agency).exclude(pk=use_case.component_id)
    form = TransferForm(places, request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        done = attempt(
            request, use_case, handovers.offer_transfer, [use_case], given["component"], note=given["note"]
        )  # fmt: skip
        if done:
            return _after_offer(request, done, f"The lead of {given['component']}")
    context = {"use_case": use_case, "form": form, "refusals": refusals, "waiting": reads.waiting_for(use_case)}
    return render(request, "registry/owners/transfer.html", context)


def listing(request: HttpRequest) -> HttpResponse:
    """Which cases have nobody, who is going, and who could take over?"""
    if not oversees_owners(request.user):
        raise PermissionDenied("Only component leads and the inventory manager see to the owners of cases.")
    context: dict[str, Any] = {
        "groups": reads.left_behind(reads.unowned(request.user)),
        "leavers": reads.leaving(request.user),
        "offers": reads.offers_of(overseen(request.user)),
    }
    return render(request, "registry/owners/list.html", context)


def leaving(request: HttpRequest) -> HttpResponse:
    """I am leaving: when, and what should whoever follows know?"""
    if not standing(request.user).components:
        raise PermissionDenied("Only people who work in a component own use cases.")
    note = reads.leaving_note(request.user)
    start = {"leaves_on": note.leaves_on, "note": note.note} if note else None
    form = LeavingForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if attempt(request, request.user, owners.announce_leaving, given["leaves_on"], given["note"]):
            messages.success(request, "Your lead is told. You own your cases until somebody accepts them, or you go.")
            return redirect("owners-leaving")
    context = {"form": form, "note": note, "cases": reads.owned_by(request.user)}
    return render(request, "registry/owners/leaving.html", context)


@require_POST
def staying(request: HttpRequest) -> HttpResponse:
    """Take back that I am leaving."""
    if not standing(request.user).components:
        raise PermissionDenied("Only people who work in a component own use cases.")
    if attempt(request, request.user, owners.stay):
        messages.success(request, "Taken back. Your lead sees it no more.")
    return redirect("owners-leaving")
