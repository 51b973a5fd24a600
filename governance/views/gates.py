"""Asking to go on to a later stage, taking that back, and asking that a rejection is looked at again."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from governance.actions import reconsiderations, stage_requests
from governance.forms.gates import ReconsiderForm, RequestForm
from governance.forms.use_cases import ReasonForm
from governance.reads import case, gates, verbs
from registry.models import UseCase
from registry.views.shared import attempt, visible_use_case


def request(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """May this go on to a pilot, or into use, and what stands in the way?"""
    use_case = visible_use_case(request, use_case_id)
    verb = verbs.request_verb(use_case)
    _allow(verbs.role_refusals(verb, request.user, use_case))
    stages = gates.next_stages(use_case)
    in_the_way = {stage: gates.in_the_way(use_case, stage) for stage in stages}
    open_to = [stage for stage in stages if not in_the_way[stage]]
    stands = verbs.refusals(verb, request.user, use_case)
    form = RequestForm(
        request.POST or None, stages=open_to or stages, initial={"opened_on": use_case.revision_number}
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        made = attempt(request, use_case, stage_requests.request_stage, use_case, **form.cleaned_data)
        if made:
            to = f"the component lead of {use_case.component}"
            to = to if use_case.component.is_endorsement_required else "the inventory manager"
            messages.success(request, f"Asked. {use_case.use_case_id} is now with {to}. The decision it has stands.")
        return redirect("use_cases-detail" if made else "gates-request", use_case_id)
    context = {
        **_context(use_case),
        "form": form,
        "stands": stands,
        "blocked": [(gates.STAGES[stage], reasons) for stage, reasons in in_the_way.items() if reasons],
        "is_open": bool(open_to) and not stands,
        "covers": case.label("development_stage", gates.covered(gates.standing_decision(use_case))),
    }
    return render(request, "governance/gates/request.html", context)


def take_back(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """Should this request for a later stage end?"""
    words = {
        "title": "Take the request back",
        "button": "Take back the request of",
        "does": "The review of the request ends. The case keeps the decision it had before it asked.",
        "label": "Why?",
        "hint": "In a sentence; whoever has the case now reads it.",
        "done": "Taken back.",
    }
    return _step(request, use_case_id, "take_request_back", stage_requests.take_request_back, ReasonForm, words)


def reconsider(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """Should this rejection be looked at again, by somebody else?"""
    use_case = visible_use_case(request, use_case_id)
    whom = "the AI Governance Board" if verbs.reconsider_verb(use_case).endswith("board") else "the Chief AI Officer"
    words = {
        "title": "Ask for reconsideration",
        "button": "Ask for reconsideration of",
        "does": f"Once for a decision. It goes to {whom}, with the offices’ answers as they are. A second rejection "
        "is final until the answers are materially new.",
        "label": "Why should it be looked at again?",
        "hint": "",
        "done": "Asked.",
    }
    return _step(
        request, use_case_id, "reconsider", reconsiderations.ask_reconsideration, ReconsiderForm, words
    )  # fmt: skip


def _step(  # noqa: PLR0917 (called here only)
    request: HttpRequest, use_case_id: str, name: str, action: Any, form_class: type[ReasonForm], words: dict[str, str]
) -> HttpResponse:
    """Ask once, name what will happen, then do it."""
    use_case = visible_use_case(request, use_case_id)
    is_taking = name == "take_request_back"
    verb = verbs.before_verb(name, use_case) if is_taking else verbs.reconsider_verb(use_case)
    _allow(verbs.role_refusals(verb, request.user, use_case))
    form = form_class(request.POST or None, label=words["label"], hint=words["hint"])
    if request.method == "POST" and form.is_valid():
        if attempt(request, use_case, action, use_case, **form.cleaned_data):
            messages.success(request, f"{words['done']} {use_case.use_case_id} keeps its record.")
        return redirect("use_cases-detail", use_case_id)
    context = {**_context(use_case), "form": form, "words": words, "round": None,
               "stands": verbs.refusals(verb, request.user, use_case)}  # fmt: skip
    return render(request, "governance/use_cases/step.html", context)


def _context(use_case: UseCase) -> dict[str, Any]:
    return {"case": use_case, "facts": case.facts(use_case)}


def _allow(reasons: list[str]) -> None:
    if reasons:
        raise PermissionDenied(" ".join(reasons))
