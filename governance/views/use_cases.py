"""A use case's page, checking and sending it, and the steps outside of a review."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from governance.actions import use_cases
from governance.compliance.practices import FIELDS
from governance.forms.gates import SuspendForm
from governance.forms.use_cases import ReasonForm, StatementForm, WithdrawForm
from governance.reads import (
    aside,
    case,
    determinations,
    gates,
    holds,
    lane_questions,
    material,
    next_step,
    recertification,
    record,
    rounds,
    together,
    verbs,
    waiver_case,
)
from governance.reads.needs import needs as case_needs
from registry import editions, reads, tasklist
from registry.models import UseCase
from registry.permissions import edit_refusals, people_refusals
from registry.reads import older
from registry.reads import people as reads_people
from registry.reads import systems as reads_systems
from registry.reads import talk as reads_talk
from registry.reads import updates as reads_updates
from registry.views.shared import attempt, visible_use_case


def detail(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """What is this use of AI, where does it stand, and who has it?"""
    use_case = visible_use_case(request, use_case_id, answers=True)
    document = use_case.filed_document or use_case.document
    practices = record.practices(use_case, document)
    acts = verbs.open_verbs(request.user, use_case)
    context = {
        "case": use_case,
        "facts": case.facts(use_case),
        "next": next_step.next_step(use_case),
        "behind": editions.behind(use_case),
        "acts": [act for act in acts if act.url],
        "closed_acts": [act for act in acts if act.reasons],
        **_parts(use_case, document, beside_practices=bool(practices)),
        "older": older.parts(document),
        "determination": determinations.on_case(use_case),
        "determined_ai": determinations.newest_ai(use_case),
        "practices": practices,
        "changed": material.on_case(use_case),
        "holds": holds.on_case(use_case),
        "exceptions": waiver_case.of_case(request.user, use_case),
        "gates": gates.on_case(use_case),
        "year": recertification.due_of(use_case),
        "to_answer": lane_questions.on_case(request.user, use_case),
        "rounds": record.rounds_of(use_case),
        "conditions": record.conditions(use_case),
        **aside.on_case(request.user, use_case),
        "findings": record.findings(request.user, use_case),
        "concerns": record.concerns(use_case, request.user, timezone.localdate()),
        "history": record.history(use_case),
        "systems": reads_systems.panel(request.user, use_case),
        "hand_over": reads_people.hand_over(request.user, use_case),
        "work": reads_updates.work_on(request.user, use_case),
        "needs": case_needs(use_case),
        "may_change_people": not people_refusals(request.user, use_case),
        "together": together.together(request.user, use_case),
        **reads_talk.on_case(request.user, use_case, request.GET.get("show", "")),
        "today": timezone.localdate(),
    }
    return render(request, "governance/use_cases/detail.html", context)


def _parts(use_case: UseCase, document: dict[str, Any], *, beside_practices: bool) -> dict[str, Any]:
    """The main section first; what is reported of the practices stands with them where they have a table."""
    form = editions.filed(use_case)
    found = case.parts(document, form, besides=FIELDS.values() if beside_practices else ())
    own = form.section_of[FIELDS["testing"]].slug if beside_practices else None
    return {
        "parts": sorted((part for part in found if part.slug != own), key=lambda part: not part.is_main),
        "beside": [line for part in found if part.slug == own for line in part.lines],
    }


def needs(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """Which answers, evidence and practices does this case lack now, and which for its next stage?"""
    use_case = visible_use_case(request, use_case_id)
    context = {
        "case": use_case,
        "facts": case.facts(use_case, use_case.document),
        "needs": case_needs(use_case),
        "refusals": edit_refusals(request.user, use_case),
    }
    return render(request, "governance/use_cases/needs.html", context)


def check(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """Is everything right, so that I can sign and send it?"""
    use_case = visible_use_case(request, use_case_id, answers=True)
    _allow(verbs.role_refusals(verbs.submit_verb(use_case), request.user, use_case))
    verb, form = verbs.submit_verb(use_case), editions.of(use_case)
    context = {
        "case": use_case,
        "facts": case.facts(use_case, use_case.document),
        "concerns": record.concerns(use_case, request.user, timezone.localdate()),
        "labels": {question.field: question.label for question in form},
        "sections": {field: section.slug for field, section in form.section_of.items()},
        "missing": tasklist.missing(form, use_case.document),
        "edition": form,
        "behind": editions.behind(use_case),
        "leaving": reads.speaks_against(use_case.document),
        "stands": verbs.status_refusals(verb, use_case),
        "parts": case.parts(use_case.document, form),
        "evidence": reads_talk.evidence_panel(request.user, use_case),
        "statement": use_cases.STATEMENT,
        "form": StatementForm(initial={"opened_on": use_case.revision_number}),
        "to_lead": use_case.component.is_endorsement_required,
    }
    return render(request, "governance/use_cases/check.html", context)


@require_POST
def submit(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """Send the checked revision for review."""
    use_case = visible_use_case(request, use_case_id)
    _allow(verbs.role_refusals(verbs.submit_verb(use_case), request.user, use_case))
    form = StatementForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Sign the statement to send the case.")
        return redirect("use_cases-check", use_case_id)
    opened_on = form.cleaned_data["opened_on"]
    sent = attempt(
        request, use_case, use_cases.submit, use_case, statement=use_cases.STATEMENT, opened_on=opened_on
    )  # fmt: skip
    if not sent:
        return redirect("use_cases-check", use_case_id)
    to = f"the component lead of {use_case.component}"
    to = to if use_case.component.is_endorsement_required else "the inventory manager"
    messages.success(request, f"Sent. {use_case.use_case_id} is now with {to}. You will be told what they answer.")
    return redirect("use_cases-detail", use_case_id)


def withdraw(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """Should this case be taken out of the registry's work?"""
    words = {
        "title": "Withdraw",
        "does": "The case leaves the work list and the inventory's next files. It stays readable with your reason, and "
        "it cannot be brought back.",
        "label": "In a sentence or two",
        "hint": "What shows it; which case it duplicates. Whoever runs the inventory reads this in the log.",
        "done": "Withdrawn.",
    }
    return _step(request, use_case_id, "withdraw", use_cases.withdraw, words, form_class=WithdrawForm)


def suspend(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """Must this use stop until something is mended?"""
    words = {
        "title": "Suspend",
        "does": "The use must stop. The case keeps the status it had, and gets it back when you let it resume.",
        "label": "What stops it?",
        "hint": "The owner, the component lead and the inventory manager are told, and read this.",
        "done": "Suspended.",
    }
    return _step(request, use_case_id, "suspend", use_cases.suspend, words, form_class=SuspendForm)


def resume(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """Is what stopped this use mended?"""
    words = {
        "title": "Let it resume",
        "does": "The case gets back the status it had when it was suspended. Resuming approves nothing new.",
        "label": "How was it mended?",
        "hint": "",
        "done": "It may resume.",
    }
    return _step(request, use_case_id, "resume", use_cases.resume, words)


def retire(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """Is this use over?"""
    words = {
        "title": "Retire",
        "does": "The answers that report it as retired are filed today. It is reported once more as retired, then no "
        "longer. This cannot be taken back.",
        "label": "Note",
        "hint": "What replaced it, or why it ended.",
        "done": "Retired.",
    }
    return _step(request, use_case_id, "retire", use_cases.retire, words, required=False)


def _step(
    request: HttpRequest, use_case_id: str, name: str, action: Callable[..., Any], words: dict[str, str],
    *, required: bool = True, form_class: type[ReasonForm] = ReasonForm,
) -> HttpResponse:  # fmt: skip
    """Ask once, name what will happen, then do it."""
    use_case = visible_use_case(request, use_case_id)
    verb = verbs.resume_verb(use_case) if name == "resume" else name
    _allow(verbs.role_refusals(verb, request.user, use_case))
    first = {"ground": request.GET.get("ground")}
    form = form_class(
        request.POST or None, label=words["label"], hint=words["hint"], required=required, initial=first
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        if attempt(request, use_case, action, use_case, **form.cleaned_data):
            messages.success(request, f"{words['done']} {use_case.use_case_id} keeps its record.")
        return redirect("use_cases-detail", use_case_id)
    stands = verbs.refusals(verb, request.user, use_case)
    context = {"case": use_case, "facts": case.facts(use_case), "form": form, "words": words, "stands": stands,
               "round": rounds.open_round(use_case)}  # fmt: skip
    return render(request, "governance/use_cases/step.html", context)


def _allow(reasons: list[str]) -> None:
    if reasons:
        raise PermissionDenied(" ".join(reasons))
