"""Common commercial uses: the department's list, each component's, and files of it."""

import re
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.models import Agency, Component
from accounts.permissions import standing
from audit import reads as audit_reads
from audit.log import Subject, record_refusal
from audit.workflow import Refused
from registry import cots
from registry.actions import cots as actions
from registry.actions import cots_import
from registry.actions.cots_export import export_cots
from registry.actions.inventory import discard
from registry.forms.cots import CotsFileForm, SettleForm, UseForm
from registry.models import ImportBatch
from registry.models.cots import subject_of
from registry.permissions import can_export, imports_visible_to
from registry.permissions.cots import answer_refusals, answered_by, can_attest, can_see_cots, settle_refusals
from registry.reads import cots as reads
from registry.views.shared import attempt

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
HISTORY = 20


def _reader(request: HttpRequest) -> Agency:
    """The agency whose list the person reads."""
    if not can_see_cots(request.user):
        raise PermissionDenied("Common commercial uses are shown to people who work in the components or across them.")
    return get_object_or_404(Agency, code=settings.PORTAL_AGENCY)


def _year(request: HttpRequest) -> int:
    known = reads.years()
    text = request.GET.get("year", "")
    return int(text) if re.fullmatch("20[0-9][0-9]", text) else known[0]


def _history(subject: Subject) -> list[tuple[Any, str]]:
    """The last events of a list, newest first, each in words."""
    return [(event, audit_reads.sentence(event)) for event in audit_reads.timeline(subject.timeline)[:HISTORY]]


def overview(request: HttpRequest) -> HttpResponse:
    """Which common commercial uses does the department report, who uses them, and what is still to settle?"""
    agency, year = _reader(request), _year(request)
    rolled = reads.roll_up(agency, year)
    context = {
        "agency": agency, "year": year, "years": sorted({*reads.years(), year}, reverse=True), "rows": rolled,
        "used": sum(1 for one in rolled if one.is_used), "to_settle": sum(1 for one in rolled if one.needs_settling),
        "missing": reads.missing(agency, year), "total": len(rolled),
        "mine": list(answered_by(request.user).filter(pk__in=standing(request.user).lead_of)),
        "can_settle": not settle_refusals(request.user), "can_export": can_export(request.user),
        "can_import": answered_by(request.user).exists(),
        "history": _history(subject_of(agency, None, year)),
    }  # fmt: skip
    return render(request, "registry/cots/overview.html", context)


def component(request: HttpRequest, code: str) -> HttpResponse:
    """Which of the common uses has this component, of which products, by how many?"""
    agency, year = _reader(request), _year(request)
    place = get_object_or_404(Component, agency=agency, code=code)
    refusals = answer_refusals(request.user, place)
    if request.method == "POST" and refusals:
        raise PermissionDenied(" ".join(refusals))
    forms = [UseForm(line, request.POST or None) for line in reads.lines(place, year)]
    # Every form is asked, so that the page names all mistakes and not the first form's only.
    are_valid = request.method == "POST" and not any(one.errors for one in forms)
    if are_valid and _saved(request, place, year, forms):
        return redirect(f"{reverse('cots-component', args=[code])}?year={year}")
    context = {
        "agency": agency, "component": place, "year": year, "forms": forms, "refusals": refusals,
        "errors": [(one, one[name], error) for one in forms for name, told in one.errors.items() for error in told],
        "left": reads.unattested(place, year), "can_attest": can_attest(request.user, place),
        "carried": sum(1 for one in forms if one.is_carried),
        "history": _history(subject_of(agency, place, year)),
    }  # fmt: skip
    return render(request, "registry/cots/component.html", context, status=400 if context["errors"] else 200)


def _saved(request: HttpRequest, place: Component, year: int, forms: list[UseForm]) -> bool:
    blank_is_no = request.POST.get("rest") == "no"
    given = {one.line.use.code: one.answer(blank_is_no=blank_is_no) for one in forms}
    attested = request.POST.get("attested") == "yes"
    saved = attempt(request, place, actions.answer, place, year, given, attested=attested)
    if saved is None:
        return False
    left = reads.unattested(place, year)
    rest = f"{left} of {len(forms)} are still open." if left else "The list is complete."
    messages.success(request, f"Saved. {rest}")
    return True


def settle(request: HttpRequest, code: str) -> HttpResponse:
    """What does the department report of this use, where components' numbers do not fall into one band?"""
    agency, year = _reader(request), _year(request)
    if refusals := settle_refusals(request.user):
        raise PermissionDenied(" ".join(refusals))
    layout = cots.of_year(year)
    shown = next((one for one in reads.roll_up(agency, year) if one.use.code == code), None)
    if shown is None:
        raise Http404
    form = SettleForm(shown, layout, request.POST or None)
    back = f"{reverse('cots-overview')}?year={year}"
    if request.method == "POST" and request.POST.get("act") == "unsettle":
        if attempt(request, agency, actions.unsettle, agency, year, code):
            messages.success(request, f"{shown.use.short}: what components say counts again.")
        return redirect(back)
    if request.method == "POST" and form.is_valid():
        why = form.cleaned_data["why"]
        if attempt(request, agency, actions.settle, agency, year, code, form.answer(), why=why):
            messages.success(request, f"{shown.use.short}: settled.")
            return redirect(back)
    context = {"agency": agency, "year": year, "one": shown, "form": form, "layout": layout}
    return render(request, "registry/cots/settle.html", context, status=400 if form.errors else 200)


def bring(request: HttpRequest) -> HttpResponse:
    """How do I bring in a list somebody else filled in?"""
    agency, year = _reader(request), _year(request)
    if not answered_by(request.user).exists():
        raise PermissionDenied("Only component leads and the inventory manager bring lists in.")
    form = CotsFileForm(request.user, year, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("cots-preview", _previewed(request, agency, form).uuid)
        except Refused as refused:
            record_refusal(agency, actor=request.user, verb="look", reasons=refused.reasons)
            form.add_error("file", " ".join(refused.reasons))
    context = {"form": form, "agency": agency, "year": year}
    return render(request, "registry/cots/bring.html", context, status=400 if form.errors else 200)


def _previewed(request: HttpRequest, agency: Agency, form: CotsFileForm) -> ImportBatch:
    user: Any = request.user
    upload, place = form.cleaned_data["file"], form.cleaned_data["component"]
    content = upload.read()
    looked = cots_import.look(
        content, upload.name, agency=agency, actor=user, component=place, year=form.cleaned_data["year"]
    )
    return cots_import.preview(looked, content, upload.name, actor=user)


def preview(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What would this list change, row by row?"""
    user: Any = request.user
    batch = get_object_or_404(imports_visible_to(user), uuid=uuid, layout__startswith="cots-")
    if request.method == "POST":
        return _answered(request, batch)
    context: dict[str, Any] = {"batch": batch, "is_open": batch.state == ImportBatch.State.PREVIEW}
    if context["is_open"]:
        try:
            context["looked"] = cots_import.again(batch, actor=user)
        except Refused as refused:
            context["refusals"] = refused.reasons
    return render(request, "registry/cots/preview.html", context)


def _answered(request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    """Take the ticked rows over, or throw the file away."""
    if request.POST.get("act") == "discard":
        if attempt(request, batch, discard, batch):
            messages.success(request, "The file was thrown away; nothing was changed.")
        return redirect("cots-overview")
    seen = dict(one.split(":", 1) for one in request.POST.getlist("rows") if one.count(":") == 1)
    known = {code: int(version) for code, version in seen.items() if version.isascii() and version.isdigit()}
    changes = attempt(request, batch, cots_import.confirm, batch, known)
    if changes is None:
        return redirect("cots-preview", batch.uuid)
    count = len(changes) if isinstance(changes, dict) else 0
    messages.success(request, f"{count} row{'' if count == 1 else 's'} changed.")
    place = batch.summary.get("component")
    where = reverse("cots-component", args=[place]) if place else reverse("cots-overview")
    return redirect(f"{where}?year={batch.cycle}")


@require_GET
def download(request: HttpRequest) -> HttpResponse:
    """May I have the department's list as OMB wants it?"""
    agency, year = _reader(request), _year(request)
    if not can_export(request.user):
        raise PermissionDenied("The inventory manager, the Chief AI Officer and auditors take the list out.")
    file_format = request.GET.get("format", "csv")
    if file_format not in TYPES:
        raise Http404
    user: Any = request.user
    made = export_cots(agency, year, file_format, actor=user)
    response = HttpResponse(made.content, content_type=TYPES[file_format])
    response["Content-Disposition"] = f'attachment; filename="{made.file_name}"'
    return response
