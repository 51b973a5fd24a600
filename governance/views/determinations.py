"""Determinations: a case's page, what waits for one, repeated justifications, and who was named to determine."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from governance import determining
from governance.actions import determinations as actions
from governance.actions import officials as official_actions
from governance.forms.determinations import AcknowledgeForm, AiForm, DetermineForm, OfficialForm
from governance.models import Determination, DeterminingOfficial
from governance.permissions import determine as permissions
from governance.permissions import withdraw_refusals
from governance.permissions.standing_in import recuse_refusals
from governance.reads import case, determine_list, justifications
from governance.reads import determinations as reads
from registry.models import Revision, UseCase
from registry.views.shared import attempt, visible_use_case


def page(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """What was reported, suggested and determined of this case, by whom, and may I determine it?"""
    return _page(request, visible_use_case(request, use_case_id, answers=True))


def _page(request: HttpRequest, use_case: UseCase, **forms: Form) -> HttpResponse:
    user: Any = request.user
    revision = Revision.objects.filter(use_case=use_case, number=use_case.filed_number or 0).first()
    hand = permissions.hand(user, use_case)
    refusals = list(hand.reasons) or permissions.status_refusals(use_case)
    here = reads.on_case(use_case)
    context: dict[str, Any] = {
        "case": use_case, "facts": case.facts(use_case), "revision": revision, "here": here, "hand": hand,
        "refusals": refusals, "entries": reads.history(use_case), "ai": reads.newest_ai(use_case),
        "can_see_list": permissions.can_see(user), "basis": determining.BASIS,
        "may_acknowledge": here.row is not None and not permissions.acknowledge_refusals(user, here.row),
        "acknowledge_form": forms.get("acknowledge") or AcknowledgeForm(auto_id="id_ack_%s"),
        "may_withdraw": not withdraw_refusals(user, use_case), "can_recuse": not recuse_refusals(user, use_case),
    }  # fmt: skip
    if revision:
        context |= reads.side_by_side(use_case, revision, here)
        context["repeated"] = justifications.alike(user, use_case, here.justification or context["reported"].why)
    if revision and not refusals:
        context |= _forms(use_case, revision, here, context["ai"], forms)
    return render(request, "governance/determinations/page.html", context)


def _forms(use_case: UseCase, revision: Revision, here: Any, ai: Any, sent: dict[str, Form]) -> dict[str, Any]:
    same = here.row if here.row and here.row.revision_id == revision.pk else None
    told = {"opened_on": use_case.filed_number, "seen": here.row.uuid if here.row else ""}
    first = {**reads.prefilled(use_case, revision, same), **told}
    told_ai = {**told, "seen": ai.uuid if ai else "", "answer": ai.answer if ai else None}
    return {
        "form": sent.get("impact") or DetermineForm(initial=first),
        "ai_form": sent.get("ai") or AiForm(initial=told_ai, auto_id="id_ai_%s"),
    }  # fmt: skip


@require_POST
def determine(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """Sign whether the filed revision is high-impact."""
    use_case = _to_determine(request, use_case_id)
    form = DetermineForm(request.POST)
    if not form.is_valid():
        return _page(request, use_case, impact=form)
    given = form.determined() or determining.Determined("")
    row = attempt(request, use_case, actions.determine, use_case, determined=given, **form.opened())
    if row is None:
        return _page(request, _again(request, use_case), impact=_reopened(request, form, use_case))
    messages.success(request, "Signed. It counts from now on; the reported answers stay as they are.")
    return redirect("determinations-page", use_case_id)


def _again(request: HttpRequest, use_case: UseCase) -> UseCase:
    """The case as it stands now: somebody else may have been first."""
    return visible_use_case(request, use_case.use_case_id, answers=True)


def _reopened(request: HttpRequest, form: DetermineForm, use_case: UseCase) -> DetermineForm:
    """What was written stays; signed again, it is signed on what the page shows now."""
    now, newest = UseCase.objects.get(pk=use_case.pk), reads.newest(use_case)
    given = request.POST.copy()
    given["opened_on"], given["seen"] = str(now.filed_number or ""), str(newest.uuid) if newest else ""
    form = DetermineForm(given)
    form.is_valid()
    return form


def _to_determine(request: HttpRequest, use_case_id: str) -> UseCase:
    use_case = visible_use_case(request, use_case_id, answers=True)
    hand = permissions.hand(request.user, use_case)
    if not hand.has_place:
        raise PermissionDenied(" ".join(hand.reasons))
    return use_case


@require_POST
def determine_ai(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """Sign whether it is artificial intelligence."""
    use_case = _to_determine(request, use_case_id)
    form = AiForm(request.POST, auto_id="id_ai_%s")
    if not form.is_valid():
        return _page(request, use_case, ai=form)
    given = {name: form.cleaned_data[name] for name in ("answer", "because")}
    if attempt(request, use_case, actions.determine_ai, use_case, **given, **form.opened()):
        messages.success(request, "Signed. Nothing follows by itself.")
    return redirect("determinations-page", use_case_id)


@require_POST
def acknowledge(request: HttpRequest, use_case_id: str, uuid: UUID) -> HttpResponse:
    """Acknowledge that a named official cleared a presumption."""
    use_case = visible_use_case(request, use_case_id, answers=True)
    row = get_object_or_404(Determination.objects.select_related("use_case"), uuid=uuid, use_case=use_case)
    if not permissions.is_caio(request.user):
        raise PermissionDenied(" ".join(permissions.acknowledge_refusals(request.user, row)))
    form = AcknowledgeForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    done = attempt(request, use_case, actions.acknowledge, row, note=note)
    if done:
        messages.success(request, "Acknowledged. It stands on the record with your name.")
    return redirect("determinations-page", use_case_id)


def listing(request: HttpRequest) -> HttpResponse:
    """Which cases wait for a determination, and which cleared presumptions for an acknowledgement?"""
    _allow_list(request)
    asked = request.GET
    found = determine_list.listing(request.user, asked.get("show", ""), asked.get("group", ""))
    page = Paginator(found.rows, 50).get_page(asked.get("page"))
    determine_list.worded(page.object_list)
    context = {"found": found, "page": page, "namings": permissions.namings(request.user)}
    return render(request, "governance/determinations/list.html", context)


def repeated(request: HttpRequest) -> HttpResponse:
    """Which justifications stand under several cases?"""
    _allow_list(request)
    page = Paginator(justifications.grouped(request.user), 20).get_page(request.GET.get("page"))
    context = {"page": page, "groups": justifications.groups(request.user, list(page.object_list))}
    return render(request, "governance/determinations/repeated.html", context)


def _allow_list(request: HttpRequest) -> None:
    if not permissions.can_see(request.user):
        raise PermissionDenied(
            "Determinations are listed for the Chief AI Officer's office, named officials and auditors. Each case's "
            "own page says what was determined on it."
        )


def officials(request: HttpRequest) -> HttpResponse:
    """Who was named to determine, for what and until when?"""
    return _officials(request)


def _officials(request: HttpRequest, form: OfficialForm | None = None) -> HttpResponse:
    _allow_list(request)
    user: Any = request.user
    may_name = permissions.is_caio(user)
    rows = DeterminingOfficial.objects.select_related("person", "component", "named_by", "ended_by")
    context = {
        "rows": rows[:100], "may_name": may_name, "refusals": permissions.name_refusals(user),
        "form": (form or OfficialForm(user=user)) if may_name else None,
    }  # fmt: skip
    return render(request, "governance/determinations/officials.html", context)


@require_POST
def name_official(request: HttpRequest) -> HttpResponse:
    """Name who determines."""
    user: Any = request.user
    if refusals := permissions.name_refusals(user):
        raise PermissionDenied(" ".join(refusals))
    form = OfficialForm(request.POST, user=user)
    if form.is_valid():
        given = form.arguments()
        person = given.pop("person")
        if rows := attempt(request, person, official_actions.name_official, person, **given):
            until = rows[0].ends_on
            messages.success(request, f"{person} determines until {until.day} {until:%B %Y}.")
            return redirect("determinations-officials")
    return _officials(request, form)


@require_POST
def end_official(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """End a naming before its last day."""
    row = get_object_or_404(DeterminingOfficial.objects.select_related("person", "component"), uuid=uuid)
    if row.person_id != request.user.pk and (refusals := permissions.name_refusals(request.user)):
        raise PermissionDenied(" ".join(refusals))
    reason = request.POST.get("reason", "")[:1000]
    if attempt(request, row.person, official_actions.end_official, row, reason=reason):
        messages.success(request, "Ended. What was determined until now stands.")
    return redirect("determinations-officials" if permissions.can_see(request.user) else "home")
