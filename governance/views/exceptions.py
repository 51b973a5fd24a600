"""Extensions, pilot certificates, and ordering a use stopped that does not comply."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from governance import exceptions as rules
from governance.actions import discontinue as stops
from governance.actions import extensions, pilots
from governance.compliance.practices import NAMES
from governance.forms.exceptions import ClosePilotForm, DiscontinueForm, ExtensionForm, PilotForm, WhyForm
from governance.models import Extension, PilotCertificate, StopOrder
from governance.permissions import exceptions as permissions
from governance.reads import case, waiver_page
from governance.reads.waivers import not_met
from registry.models import UseCase
from registry.views.shared import attempt, visible_use_case

WHY = "Why it is taken off"


# -- extensions -------------------------------------------------------------------------------------


def record(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """What did OMB grant for this case, and which document shows it?"""
    use_case = visible_use_case(request, use_case_id)
    _allow(permissions.extension_refusals(request.user))
    form = ExtensionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = attempt(request, use_case, extensions.record_extension, use_case, **form.cleaned_data)
        if made:
            messages.success(request, "The extension is on record. It excuses nothing after its last day.")
            return redirect(made)
    said = "What OMB granted is recorded, not decided, here."
    return _form(request, use_case, form, ("Record an extension", "Record the extension"), said)


def extension(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What was granted, until when, and what shows it?"""
    return _extension_page(request, _extension(request, uuid))


def _extension_page(request: HttpRequest, row: Extension, form: Form | None = None) -> HttpResponse:
    refusals = permissions.extension_refusals(request.user)
    rule = rules.in_force(timezone.localdate()).extension(row.instrument)
    context = {
        "row": row,
        "case": row.use_case,
        "facts": case.facts(row.use_case),
        "instrument": rule.name if rule else row.instrument,
        "practices": [NAMES[name] for name in row.practices],
        "refusals": refusals,
        "form": None if refusals or row.removed_at else form or WhyForm(label=WHY),
        "history": waiver_page.history(row),
    }
    return render(request, "governance/exceptions/extension.html", context)


@require_POST
def remove(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take an extension off that was recorded by mistake."""
    row = _extension(request, uuid)
    _allow(permissions.extension_refusals(request.user))
    form = WhyForm(request.POST, label=WHY)
    if not form.is_valid():
        return _extension_page(request, row, form)
    if attempt(request, row, extensions.remove_extension, row, **form.cleaned_data):
        messages.success(request, "Taken off. It stays here with the reason and excuses nothing.")
    return redirect(row)


# -- pilots -----------------------------------------------------------------------------------------


def certify(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """How far does this pilot reach, for how long, and what are people told?"""
    use_case = visible_use_case(request, use_case_id)
    _allow(permissions.pilot_refusals(request.user, use_case))
    running = use_case.pilot_certificates.filter(closed_on=None).first()
    form = PilotForm(request.POST or None, initial=_begins(running) if running else {})
    if request.method == "POST" and form.is_valid():
        made = attempt(request, use_case, pilots.certify_pilot, use_case, **form.cleaned_data)
        if made:
            messages.success(request, "The pilot is certified. It is told 30 days before it ends.")
            return redirect(made)
    said = (
        "M-25-21 (summary): a pilot is limited in scale and time; people are told, and choose where that is possible."
    )
    if running:
        said += " This one replaces the certificate that runs."
    return _form(request, use_case, form, ("Certify a pilot", "Certify the pilot"), said)


def _begins(running: PilotCertificate) -> dict[str, Any]:
    names = ("scale", "choice", "notice", "applied", "not_applied")
    return {"seen": running.uuid, **{name: getattr(running, name) for name in names}}


def pilot(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """How far does the pilot reach, how long has it run, and what follows it?"""
    return _pilot_page(request, _pilot(request, uuid))


def _pilot_page(request: HttpRequest, row: PilotCertificate, form: Form | None = None) -> HttpResponse:
    refusals = permissions.pilot_refusals(request.user, row.use_case)
    context = {
        "row": row,
        "case": row.use_case,
        "facts": case.facts(row.use_case),
        "applied": [NAMES[name] for name in row.applied],
        "excused": [label for name, label in NAMES.items() if name not in row.applied],
        "refusals": refusals,
        "form": None if refusals or row.closed_on else form or ClosePilotForm(),
        "history": waiver_page.history(row),
    }
    return render(request, "governance/exceptions/pilot.html", context)


@require_POST
def close(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say what follows the pilot."""
    row = _pilot(request, uuid)
    _allow(permissions.pilot_refusals(request.user, row.use_case))
    form = ClosePilotForm(request.POST)
    if not form.is_valid():
        return _pilot_page(request, row, form)
    if attempt(request, row, pilots.close_pilot, row, **form.cleaned_data):
        messages.success(request, "Recorded. The certificate excuses nothing any more.")
    return redirect(row)


# -- stopping what does not comply ------------------------------------------------------------------


def discontinue(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """Why is this use stopped rather than waived, and from when?"""
    use_case = visible_use_case(request, use_case_id)
    _allow(permissions.discontinue_refusals(request.user))
    standing = StopOrder.objects.filter(use_case=use_case, lifted_at=None).first()
    if request.method == "GET" and standing:
        messages.info(request, "An order to stop this use stands already.")
        return redirect(standing)
    form = DiscontinueForm(request.POST or None, initial={"effective_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        made = attempt(request, use_case, stops.order_discontinued, use_case, **form.cleaned_data)
        if made:
            messages.success(request, "Ordered. Its owner is told; until somebody else confirms, it counts as running.")
            return redirect(made)
    found = [NAMES[name] for name in not_met(use_case)]
    named = f"Not met now: {', '.join(found)}." if found else "No practice is not met now, so it cannot be ordered."
    said = f"{named} The owner reports how it was stopped, and somebody else confirms it."
    return _form(request, use_case, form, ("Order the use stopped", "Order it stopped"), said)


@require_POST
def lift(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let a use run again that was stopped for practices not met."""
    row = StopOrder.objects.select_related("use_case").filter(uuid=uuid).first()
    if row is None:
        raise Http404
    row.use_case = visible_use_case(request, row.use_case.use_case_id)
    _allow(permissions.lift_refusals(request.user, row))
    form = WhyForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Say what changed, so that it may run again.")
    elif attempt(request, row, stops.lift_order, row, **form.cleaned_data):
        messages.success(request, "The order is lifted. The use may run again.")
    return redirect(row)


# -- what they have in common -----------------------------------------------------------------------


def _form(request: HttpRequest, use_case: UseCase, form: Form, words: tuple[str, str], said: str) -> HttpResponse:
    """A form on a page of its own; `words`: its heading and its button."""
    heading, button = words
    context = {
        "case": use_case, "facts": case.facts(use_case), "form": form, "heading": heading, "button": button,
        "said": said, "back": reverse("use_cases-detail", args=[use_case.use_case_id]),
    }  # fmt: skip
    return render(request, "governance/exceptions/form.html", context)


def _extension(request: HttpRequest, uuid: UUID) -> Extension:
    row = Extension.objects.select_related("use_case", "recorded_by", "removed_by").filter(uuid=uuid).first()
    if row is None:
        raise Http404
    row.use_case = visible_use_case(request, row.use_case.use_case_id)
    return row


def _pilot(request: HttpRequest, uuid: UUID) -> PilotCertificate:
    row = PilotCertificate.objects.select_related("use_case", "certified_by", "closed_by").filter(uuid=uuid).first()
    if row is None:
        raise Http404
    row.use_case = visible_use_case(request, row.use_case.use_case_id)
    return row


def _allow(reasons: list[str]) -> None:
    if reasons:
        raise PermissionDenied(" ".join(reasons))
