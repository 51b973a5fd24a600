"""Waivers: the register, a request and its answer, one waiver with its clocks, and what the public will read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.typed import signed_in
from governance.actions import waiver_requests, waivers
from governance.compliance.permissions import sees_every_case, waiver_refusals
from governance.forms.exceptions import CertifyForm, ReportForm, WaiverForm, WhyForm, terms_of
from governance.models import Waiver, WaiverReport, WaiverRequest
from governance.permissions import exceptions as permissions
from governance.reads import case, waiver_list, waiver_page, waivers_public
from governance.reports.tables import Sheet, csv_bytes
from registry import marking
from registry.actions.need_to_know import note_taken
from registry.models import UseCase
from registry.views.shared import attempt, visible_use_case

HEADS = (
    "Use Case ID", "Case", "Component", "Kind", "What", "State", "Since", "Last day", "Next", "By", "Days late",
    marking.COLUMN,
)  # fmt: skip
About = WaiverReport.About


def listing(request: HttpRequest) -> HttpResponse:
    """What lets a use run without a practice, and which of its clocks run out?"""
    if not permissions.can_see(request.user):
        raise PermissionDenied("Waivers are for people who work on use cases. Ask an administrator for a role.")
    given = {name: request.GET.get(name, "") for name in ("show", "component")}
    found = waiver_list.listing(request.user, **given)
    if request.GET.get("format") == "csv":
        return _csv(request, found)
    page = Paginator(found.rows, 50).get_page(request.GET.get("page"))
    context = {"found": found, "page": page, "sees_all": sees_every_case(request.user)}
    return render(request, "governance/exceptions/list.html", context)


def _csv(request: HttpRequest, found: waiver_list.Listing) -> HttpResponse:
    """Exactly what is shown, all pages."""
    note_taken("waivers.csv", [row.use_case for row in found.rows], actor=signed_in(request))
    lines = [
        [
            row.use_case.use_case_id, row.use_case.title, row.use_case.component.code, row.kind, row.what, row.state,
            row.since, row.until, row.next, row.due_on, row.days_late or None, marking.of_line(row.use_case),
        ]
        for row in found.rows
    ]  # fmt: skip
    return HttpResponse(
        csv_bytes(Sheet("Waivers and exceptions", "", HEADS, lines)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="waivers.csv"'},
    )


def public(request: HttpRequest) -> HttpResponse:
    """What will the public read of our waivers, and what is only counted?"""
    if not sees_every_case(request.user):
        raise PermissionDenied("This page counts withheld cases. Ask the inventory manager.")
    return render(request, "governance/exceptions/public.html", {"found": waivers_public.public_waivers()})


# -- a request --------------------------------------------------------------------------------------


def request_page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What is to be waived, why, who was asked, and what does the Chief AI Officer say?"""
    return _request_page(request, _request(request, uuid))


def _request_page(request: HttpRequest, row: WaiverRequest, **forms: Form) -> HttpResponse:
    refusals = waiver_refusals(request.user, row.use_case, row.practice)
    is_yours = row.state == "open" and not refusals
    context = {
        **waiver_page.of_request(row),
        "refusals": refusals,
        "is_yours": is_yours,
        "may_take_back": row.state == "open" and not permissions.ask_refusals(request.user, row.use_case),
        "may_ask_again": row.state in ("sent_back", "declined")
        and not row.later.exists()
        and not permissions.ask_refusals(request.user, row.use_case),
        "facts": case.facts(row.use_case),
        "grant_form": forms.get("grant") or WaiverForm(initial=terms_of(row), auto_id="id_grant_%s"),
        "back_form": forms.get("back") or _why("What is missing", "back"),
        "decline_form": forms.get("decline") or _why("Why it is declined", "decline"),
    }
    return render(request, "governance/exceptions/request.html", context)


def _why(label: str, name: str, data: Any = None, hint: str = "") -> WhyForm:
    return WhyForm(data, label=label, hint=hint, auto_id=f"id_{name}_%s")


@require_POST
def grant(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Grant what was asked, as it was edited on the page."""
    row = _request(request, uuid)
    _allow(waiver_refusals(request.user, row.use_case, row.practice))
    form = WaiverForm(request.POST, auto_id="id_grant_%s")
    if not form.is_valid():
        return _request_page(request, row, grant=form)
    made = attempt(request, row, waivers.grant_waiver, row.use_case, row.practice, asked=row, **form.cleaned_data)
    if made:
        messages.success(request, "The waiver is in force. OMB has to be told within 30 days.")
    return redirect(made or row)


@require_POST
def send_back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Have the request written anew."""
    done = "Sent back. Who asked is told what is missing."
    form = _why("What is missing", "back", request.POST)
    return _answer(request, uuid, {"back": form}, waiver_requests.send_request_back, done)


@require_POST
def decline(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Decline the request."""
    done = "Declined. The practice is to be met, or the use discontinued."
    form = _why("Why it is declined", "decline", request.POST)
    return _answer(request, uuid, {"decline": form}, waiver_requests.decline_request, done)


def _answer(
    request: HttpRequest, uuid: UUID, asked: dict[str, Form], act: Callable[..., Any], done: str
) -> HttpResponse:
    row = _request(request, uuid)
    _allow(waiver_refusals(request.user, row.use_case, row.practice))
    (form,) = asked.values()
    if not form.is_valid():
        return _request_page(request, row, **asked)
    if attempt(request, row, act, row, **form.cleaned_data):
        messages.success(request, done)
    return redirect(row)


@require_POST
def take_back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give the request up."""
    row = _request(request, uuid)
    _allow(permissions.ask_refusals(request.user, row.use_case))
    if attempt(request, row, waiver_requests.take_waiver_request_back, row):
        messages.success(request, "Taken back. Nothing is waived.")
    return redirect(row)


# -- a waiver ---------------------------------------------------------------------------------------


def detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What is waived on which ground, until when, and was everybody told who has to be?"""
    return _page(request, _waiver(request, uuid))


def _page(request: HttpRequest, row: Waiver, **forms: Form) -> HttpResponse:
    user, found = request.user, waiver_page.of_waiver(row)
    officer, reporter = waiver_refusals(user, row.use_case, row.practice), permissions.report_refusals(user)
    stops = waivers.certify_stops(row)
    due = next((one for one in found["reports"] if one.is_open), None)
    context = {
        **found,
        "refusals": officer,
        "facts": case.facts(row.use_case),
        "stops": stops,
        "due": due,
        "keep_form": None
        if officer or not found["changes"] or not row.is_active
        else forms.get("keep") or _why("Why it still holds", "keep"),
        "report_form": None
        if reporter or not due
        else forms.get("report") or ReportForm(initial={"about": due.about}, auto_id="id_report_%s"),
        "certify_form": None if officer or stops else forms.get("certify") or CertifyForm(auto_id="id_certify_%s"),
        "revoke_form": None
        if officer or not row.is_active
        else forms.get("revoke") or _why("Why it is revoked", "revoke", hint="OMB is told within 30 days."),
    }
    return render(request, "governance/exceptions/waiver.html", context)


@require_POST
def revoke(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """End a waiver today."""
    done = "The waiver is revoked. OMB has to be told within 30 days."
    form = _why("Why it is revoked", "revoke", request.POST)
    return _on_waiver(request, uuid, {"revoke": form}, waivers.revoke_waiver, done)


@require_POST
def certify(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Certify a waiver for another year."""
    form = CertifyForm(request.POST, auto_id="id_certify_%s")
    return _on_waiver(request, uuid, {"certify": form}, waivers.certify_waiver, "Certified until its new last day.")


@require_POST
def keep(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say that a waiver still holds after what changed."""
    form = _why("Why it still holds", "keep", request.POST)
    return _on_waiver(request, uuid, {"keep": form}, waivers.keep_waiver, "Recorded: the waiver still holds.")


def _on_waiver(
    request: HttpRequest, uuid: UUID, asked: dict[str, Form], act: Callable[..., Any], done: str
) -> HttpResponse:
    row = _waiver(request, uuid)
    _allow(waiver_refusals(request.user, row.use_case, row.practice))
    (form,) = asked.values()
    if not form.is_valid():
        return _page(request, row, **asked)
    if attempt(request, row, act, row, **form.cleaned_data):
        messages.success(request, done)
    return redirect(row)


@require_POST
def report(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Record what OMB was told."""
    row = _waiver(request, uuid)
    _allow(permissions.report_refusals(request.user))
    form = ReportForm(request.POST, auto_id="id_report_%s")
    if not form.is_valid():
        return _page(request, row, report=form)
    if form.cleaned_data["about"] not in About.values:
        raise Http404
    if attempt(request, row, waivers.report_waiver, row, **form.cleaned_data):
        messages.success(request, "Recorded what OMB was told.")
    return redirect(row)


# -- what they begin with ---------------------------------------------------------------------------


def _request(request: HttpRequest, uuid: UUID) -> WaiverRequest:
    joins = ("use_case", "requested_by", "answered_by", "follows")
    row = WaiverRequest.objects.select_related(*joins).filter(uuid=uuid).first()
    if row is None:
        raise Http404
    row.use_case = _case(request, row.use_case)
    return row


def _waiver(request: HttpRequest, uuid: UUID) -> Waiver:
    joins = ("use_case", "granted_by", "revoked_by", "request__requested_by")
    row = Waiver.objects.select_related(*joins).filter(uuid=uuid).first()
    if row is None:
        raise Http404
    row.use_case = _case(request, row.use_case)
    return row


def _case(request: HttpRequest, use_case: UseCase) -> UseCase:
    return visible_use_case(request, use_case.use_case_id)


def _allow(reasons: list[str]) -> None:
    if reasons:
        raise PermissionDenied(" ".join(reasons))
