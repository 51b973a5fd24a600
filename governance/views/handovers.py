"""Offers: what I was asked to take over, and my answer. Governance, because open conditions stand beside the facts."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.permissions import standing
from accounts.typed import the_field
from audit.log import record
from governance.reads import handovers as reads
from registry.actions import handovers as actions
from registry.forms import AnswerField
from registry.models import Handover
from registry.models.use_case import Handling
from registry.permissions.people import people_of
from registry.views.shared import attempt


class AnswerForm(forms.Form):
    """The answer's reason; for a transfer who owns the cases from now on."""

    owner = forms.ModelChoiceField(
        User.objects.none(), required=False, label="Who owns them?", empty_label="Nobody yet: they stand on my list",
        help_text="You own them at once; anybody else is asked first.",
    )  # fmt: skip
    why = AnswerField(required=False, max_length=500, label="A word to whoever asked",
                      help_text="Needed when you decline.", widget=forms.Textarea(attrs={"rows": 3}))  # fmt: skip

    def __init__(self, first: Handover, data: Any = None) -> None:
        super().__init__(data)
        if first.to_component is None:
            del self.fields["owner"]
        else:
            the_field(self, "owner").queryset = people_of(first.to_component)


def listing(request: HttpRequest) -> HttpResponse:
    """What was I asked to take over, and what did I ask of others?"""
    if not standing(request.user).components:
        raise PermissionDenied("Use cases are offered to people who work in a component.")
    return render(request, "governance/handovers/list.html", {"offers": reads.offers(request.user)})


def _bulk(request: HttpRequest, act: UUID) -> reads.Bulk:
    bulk = reads.bulk(request.user, act)
    if bulk is None:
        raise Http404
    return bulk


def detail(request: HttpRequest, act: UUID) -> HttpResponse:
    """Do I take these cases over, all, some or none?"""
    bulk = _bulk(request, act)
    form = AnswerForm(bulk.first, request.POST or None)
    if request.method == "POST":
        if form.is_valid() and _answer(request, bulk, form):
            return redirect("home" if bulk.answerable else "handovers-detail", *([] if bulk.answerable else [act]))
        bulk = _bulk(request, act)
    for offer in bulk.offers:
        if offer.use_case.handling == Handling.RESTRICTED:
            with transaction.atomic():
                record("use_case.viewed", offer.use_case, actor=request.user, data={"path": request.path})
    return render(request, "governance/handovers/detail.html", {"bulk": bulk, "first": bulk.first, "form": form})


def _answer(request: HttpRequest, bulk: reads.Bulk, form: AnswerForm) -> bool:
    """Carry the answer out; False leaves the person on the page."""
    accept = request.POST.get("answer") == "accept"
    why = form.cleaned_data["why"]
    if not accept and not why:
        form.add_error("why", "Say in a word why not, so that somebody else can be asked.")
        return False
    ticked = set(request.POST.getlist("offer"))
    uuids = [offer.handover.uuid for offer in bulk.offers if str(offer.handover.uuid) in ticked]
    owner = form.cleaned_data.get("owner")
    outcome = attempt(
        request, bulk.first, actions.answer, bulk.act, uuids, accept=accept, why=why, owner=owner
    )  # fmt: skip
    if not outcome:
        return False
    number = len(outcome.done)
    cases = f"{number} use case{'' if number == 1 else 's'}"
    messages.success(request, f"{'Accepted' if accept else 'Declined'}: {cases}. {bulk.first.offered_by} is told.")
    for case, reason in outcome.left:
        messages.warning(request, f"{case.use_case_id} was left out: {reason}")
    return True


@require_POST
def take_back(request: HttpRequest, act: UUID) -> HttpResponse:
    """Take back what waits for an answer."""
    bulk = _bulk(request, act)
    if not bulk.can_take_back and bulk.waiting:
        raise PermissionDenied(
            f"Only {bulk.first.offered_by} or the {bulk.first.from_component} lead can take this back."
        )
    if attempt(request, bulk.first, actions.take_back, act):
        messages.success(request, "Taken back. The owners stay as they were.")
    return redirect("handovers-detail", act)
