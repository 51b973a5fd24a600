"""Certifying a component's part: what is certified, what is not complete, who signs and who countersigns."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.models import Role
from accounts.permissions import standing
from registry.actions import certifying as actions
from registry.actions.inventory.files import all_layouts
from registry.forms.cycles import CertifyForm, ReasonForm
from registry.models import Certification, ComponentCall
from registry.permissions import KNOWS_ALL
from registry.permissions.cycles import calls_visible_to, certify_refusals, countersign_refusals, withdraw_refusals
from registry.reads import certifying as reads
from registry.views.cycles import require, visible_call
from registry.views.shared import attempt


def page(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """What does the lead certify, what is not complete, and does the certification still hold?"""
    call = visible_call(request, year, code)
    who = standing(request.user)
    stands_in = call.component_id in who.acting(Role.COMPONENT_LEAD, "certify")
    if not (call.component_id in who.lead_of or stands_in or who.has(*KNOWS_ALL)):
        raise PermissionDenied(f"The {call.component} lead certifies this part; who runs and audits it sees it too.")
    refusals = certify_refusals(request.user, call)
    found = reads.to_certify(call, all_layouts()[call.cycle.layout])
    is_sent = request.method == "POST"
    if is_sent:
        require(refusals)
    form = CertifyForm(request.POST if is_sent else None, has_gaps=bool(found.gaps))
    if is_sent and form.is_valid() and _sign(request, call, form):
        return redirect("calls-certify", year, code)
    return _page(request, call, found, form, refusals)


def _sign(request: HttpRequest, call: ComponentCall, form: CertifyForm) -> Certification | None:
    words = {"seen": request.POST.get("seen", ""), "why": form.cleaned_data.get("why", "")}
    row = attempt(request, call, actions.certify, call, statement=actions.STATEMENT, **words)
    if row:
        waits = " An inventory manager countersigns it." if row.because else ""
        messages.success(request, f"Certified: {len(row.revisions)} use cases of {call.component}.{waits}")
    return row


def _page(
    request: HttpRequest, call: ComponentCall, found: reads.ToCertify, form: CertifyForm, refusals: list[str]
) -> HttpResponse:
    now = found.part.certification
    user: Any = request.user
    if now:
        now.call = call
    context = {
        "call": call, "cycle": call.cycle, "found": found, "part": found.part, "form": form, "refusals": refusals,
        "statement": actions.STATEMENT, "now": now,
        "changed": reads.changed_since(now) if now and found.part.is_outdated else [],
        "second": reads.second_signature(call, user) if not refusals else "",
        "can_countersign": bool(now and now.status == "signed" and not countersign_refusals(user, now)),
        "can_withdraw": bool(now and not withdraw_refusals(user, now)),
        "earlier": call.certifications.exclude(status__in=["signed", "certified"]).select_related(
            "signed_by", "withdrawn_by"
        ),
        "reason_form": ReasonForm(),
    }  # fmt: skip
    return render(request, "registry/cycles/certify.html", context, status=400 if form.errors else 200)


def _visible(request: HttpRequest, uuid: UUID) -> Certification:
    rows = Certification.objects.select_related("call__cycle", "call__component", "signed_by")
    row = rows.filter(uuid=uuid, call__in=calls_visible_to(request.user).values("pk")).first()
    if row is None:
        raise Http404
    return row


@require_POST
def countersign(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Vouch as a second person."""
    row = _visible(request, uuid)
    require(countersign_refusals(request.user, row))
    if attempt(request, row, actions.countersign, row):
        messages.success(request, f"Countersigned: {row.call.component} is certified.")
    return redirect("calls-certify", row.call.cycle.year, row.call.component.code)


@require_POST
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take a certification back, with a reason."""
    row = _visible(request, uuid)
    require(withdraw_refusals(request.user, row))
    if attempt(request, row, actions.withdraw, row, reason=request.POST.get("reason", "")):
        messages.success(request, f"The certification of {row.call.component} is withdrawn. It can certify again.")
    return redirect("calls-certify", row.call.cycle.year, row.call.component.code)
