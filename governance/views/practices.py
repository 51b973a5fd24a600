"""The practices of one case: what stands behind each, and the acts that change it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from governance.actions import practices as actions
from governance.actions import waiver_requests, waivers
from governance.compliance import matrix, permissions
from governance.compliance.forms import AcceptanceForm, EvidenceForm, VerificationForm
from governance.compliance.practices import FIELDS, NAMES
from governance.compliance.snapshot import Clocks, scope, snapshots
from governance.forms.exceptions import AskForm, WaiverForm, terms_of
from governance.models import Waiver, WaiverRequest
from governance.permissions.exceptions import ask_refusals
from governance.reads.records import readable_lines
from governance.reads.waivers import begins_with
from registry import editions
from registry.models import UseCase
from registry.reads import talk as reads_talk
from registry.views.shared import attempt, visible_use_case


@dataclass(frozen=True)
class Act:
    """One thing a person can do about a practice."""

    heading: str
    button: str
    form: type[forms.Form]
    action: Callable[..., Any]
    refusals: Callable[..., list[str]]
    done: str


def _evidence_refusals(user: Any, use_case: UseCase, practice: str) -> list[str]:
    return permissions.evidence_refusals(user, use_case)


ACTS = {
    "evidence": Act("Record evidence", "Record evidence", EvidenceForm, actions.record_evidence,
                    _evidence_refusals, "The evidence is recorded. Somebody independent can verify it."),
    "verification": Act("Verify the evidence", "Say that it holds", VerificationForm, actions.verify_evidence,
                        permissions.verification_refusals, "The practice is verified."),
    "acceptance": Act("Accept that it does not apply", "Accept", AcceptanceForm, actions.accept_not_applicable,
                      permissions.acceptance_refusals, "Accepted: the practice counts as met."),
    "ask": Act("Ask for a waiver", "Ask the Chief AI Officer", AskForm, waiver_requests.ask_waiver,
               ask_refusals, "Asked. The Chief AI Officer is told; the practice stays not met until it is granted."),
    "waiver": Act("Waive the practice", "Grant the waiver", WaiverForm, waivers.grant_waiver,
                  permissions.waiver_refusals, "The waiver is in force. It is due to OMB within 30 days."),
}  # fmt: skip


def of_case(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """What stands behind each practice of this case, and what would make it met?"""
    use_case = visible_use_case(request, use_case_id)
    today = timezone.localdate()
    found = next(iter(snapshots(scope(use_case=use_case), Clocks(today), with_namesakes=False)), None)
    row = matrix.row_of(found) if found else None
    context = {
        "use_case": use_case,
        "row": row,
        "parts": _parts(request.user, use_case, row, found.answers) if row and found else [],
        "today": today,
    }
    return render(request, "governance/compliance/practices.html", context)


def _parts(user: Any, use_case: UseCase, row: matrix.Row, answers: Any) -> list[dict[str, Any]]:
    records = readable_lines(user, use_case)
    waived = list(Waiver.objects.filter(use_case=use_case).select_related("granted_by"))
    asked = {row.practice: row for row in WaiverRequest.objects.filter(use_case=use_case, state="open")}
    questions = editions.filed(use_case).by_field
    files = reads_talk.by_practice(user, use_case)
    return [
        {
            "cell": cell,
            "name": NAMES[cell.practice],
            "question": questions[FIELDS[cell.practice]].label,
            "answer": questions[FIELDS[cell.practice]].words(answers.get(FIELDS[cell.practice])),
            "records": [line for line in records if line.row.practice == cell.practice],
            "waivers": [w for w in waived if w.practice == cell.practice],
            "next": matrix.what_would_meet(cell.position),
            "acts": _acts(user, use_case, cell, cell.practice in asked),
            "asked": asked.get(cell.practice),
            "files": files.get(cell.practice, 0),
        }
        for cell in row.cells
    ]


def _acts(user: Any, use_case: UseCase, cell: matrix.Cell, asked: bool) -> list[tuple[str, str]]:
    """The acts that make sense at this level and that the person may do."""
    level = cell.position.level
    sensible = {
        "evidence": not cell.position.is_excused,
        "verification": level == "evidenced",
        "acceptance": cell.position.is_excused and not cell.position.is_accepted,
        "ask": not cell.position.is_met and not asked,
        "waiver": not cell.position.is_met and not asked,
    }
    wanted = [name for name, makes_sense in sensible.items() if makes_sense]
    return [(name, ACTS[name].heading) for name in wanted if not ACTS[name].refusals(user, use_case, cell.practice)]


def act(request: HttpRequest, use_case_id: str, practice: str, act: str) -> HttpResponse:
    """What do I put on record about this practice?"""
    use_case = visible_use_case(request, use_case_id)
    if practice not in NAMES:
        raise Http404
    chosen = ACTS[act]
    if reasons := chosen.refusals(request.user, use_case, practice):
        raise PermissionDenied(" ".join(reasons))
    form = _form(chosen, request, use_case, practice)
    if request.method == "POST" and form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if value not in ("", None)}
        if attempt(request, use_case, chosen.action, use_case, practice, **given):
            messages.success(request, chosen.done)
            return _back(use_case_id, practice)
    context = {
        "use_case": use_case, "practice": practice, "name": NAMES[practice], "act": chosen, "form": form,
        "can_attach": chosen.form is EvidenceForm,
    }  # fmt: skip
    return render(request, "governance/compliance/act.html", context)


def _form(chosen: Act, request: HttpRequest, use_case: UseCase, practice: str) -> forms.Form:
    """Evidence may name a file or link of the case; the one just added comes back in the address."""
    if chosen.form is EvidenceForm:
        picked = request.GET.get("evidence", "")
        return EvidenceForm(request.POST or None, use_case=use_case, practice=practice, chosen=picked)
    if chosen.form in (AskForm, WaiverForm):
        row = begins_with(use_case, practice)
        return chosen.form(request.POST or None, initial=terms_of(row) if row else {})
    return chosen.form(request.POST or None)


def _back(use_case_id: str, practice: str) -> HttpResponse:
    response = redirect("compliance-practices", use_case_id)
    response["Location"] += f"#{practice}"
    return response
