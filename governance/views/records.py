"""Dated records: of one case, one record, putting one on the case, withdrawing one; and across cases."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from governance import record_kinds
from governance.actions import records as actions
from governance.forms.records import RecordForm, WithdrawForm
from governance.models import DatedRecord
from governance.permissions import records as permissions
from governance.permissions.records import records_visible_to
from governance.reads import records as reads
from registry.permissions.talk import evidence_refusals
from registry.views.shared import attempt, visible_use_case


def of_case(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """Which dated records does this case have, which does its stage ask for, and what runs out?"""
    use_case = visible_use_case(request, use_case_id)
    context = {"use_case": use_case, "found": reads.case_page(request.user, use_case)}
    return render(request, "governance/records/case.html", context)


def detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What does this record say, who made it, and does it still count?"""
    row = _row(request, uuid)
    found = reads.record_page(request.user, row)
    said = [(label, date.fromisoformat(words) if is_day else words) for label, words, is_day in found.said]
    return render(
        request, "governance/records/detail.html", {"row": row, "use_case": row.use_case, "found": found, "said": said}
    )


def add(request: HttpRequest, use_case_id: str, kind: str) -> HttpResponse:
    """What was done, when, and what shows it?"""
    use_case = visible_use_case(request, use_case_id)
    known = record_kinds.in_force(timezone.localdate()).by_slug.get(kind)
    if known is None or known.is_by_practice:
        raise Http404
    chosen = {name: value for name in ("about", "supersedes", "evidence") if (value := request.GET.get(name))}
    about = _about(chosen.get("about", ""))
    if reasons := permissions.recording(request.user, use_case, known, about).refusals:
        raise PermissionDenied(" ".join(reasons))
    form = RecordForm(request.POST or None, kind=known, use_case=use_case, user=request.user, chosen=chosen)
    if request.method == "POST" and form.is_valid():
        made = attempt(request, use_case, actions.put_on_record, use_case, kind, **form.record())
        if made:
            messages.success(request, "It is on record. It can be replaced by a newer one or withdrawn, not changed.")
            return redirect(made.get_absolute_url())
    parts = [record_kinds.kind_of(name) for name in known.needs]
    can_attach = not evidence_refusals(request.user, use_case)
    context = {"use_case": use_case, "kind": known, "parts": parts, "form": form, "can_attach": can_attach}
    return render(request, "governance/records/add.html", context, status=400 if form.errors else 200)


def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Why does this record no longer count?"""
    row = _row(request, uuid)
    if reasons := permissions.withdrawal_refusals(request.user, row):
        raise PermissionDenied(" ".join(reasons))
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if attempt(request, row, actions.withdraw_record, row, reason=form.cleaned_data["reason"]):
            messages.success(request, "It is withdrawn. It stays readable with the reason, and counts no more.")
        return redirect(row.get_absolute_url())
    context = {"row": row, "use_case": row.use_case, "form": form}
    return render(request, "governance/records/withdraw.html", context, status=400 if form.errors else 200)


def _row(request: HttpRequest, uuid: UUID) -> DatedRecord:
    """The record, or 404 as for a case one may not know of."""
    rows = records_visible_to(request.user).select_related(
        "use_case", "recorded_by", "office", "evidence", "about", "withdrawn_by"
    )
    row = rows.filter(uuid=uuid).first()
    if row is None:
        raise Http404
    row.use_case = visible_use_case(request, row.use_case.use_case_id)
    return row


def _about(text: str) -> DatedRecord | None:
    """The record an address names; the action refuses one of another case."""
    try:
        return DatedRecord.objects.filter(uuid=UUID(text)).first()
    except ValueError:
        return None
