"""People standing in for each other: delegations, acting signers, and stepping aside from a case."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.actions import delegations as delegation_actions
from accounts.models import Delegation, Office
from accounts.permissions import has_role, standing
from accounts.typed import signed_in
from governance.actions import acting_signers, conflicts
from governance.forms.standing_in import DelegateForm, EndForm, RecuseForm, SignerForm, roles_to_give
from governance.models import ActingSigner, Lane, Recusal
from governance.permissions import standing_in as permissions
from governance.reads import unsigned
from registry.permissions import visible_to
from registry.views.shared import attempt, visible_use_case


def page(request: HttpRequest) -> HttpResponse:
    """Who acts for me, for whom do I act, until when, and what did I step aside from?"""
    return _page(request, None)


def _page(request: HttpRequest, form: DelegateForm | None) -> HttpResponse:
    user: Any = request.user
    rows = Delegation.objects.select_related("giver", "delegate", "office", "component", "ended_by")
    if not standing(user).has("administrator"):
        rows = rows.filter(Q(giver=user) | Q(delegate=user))
    found = list(rows)
    signing = ActingSigner.objects.filter(person=user).select_related("office", "named_by", "lane__review__use_case")
    cases = visible_to(user).values("pk")
    aside = Recusal.objects.filter(person=user, use_case__in=cases).select_related("use_case", "lifted_by", "person")
    context = {
        "given": [row for row in found if row.giver_id == user.pk],
        "held": [row for row in found if row.delegate_id == user.pk],
        "others": [row for row in found if user.pk not in (row.giver_id, row.delegate_id)],
        "signing": [row for row in signing if row.lane is None or _is_visible(user, row.lane)],
        "aside": aside,
        "form": form or (DelegateForm(user=user) if roles_to_give(user) else None),
        "names_signers": permissions.sees_gaps(user),
    }
    return render(request, "governance/standing_in/page.html", context)


def _is_visible(user: Any, lane: Lane) -> bool:
    return visible_to(user).filter(pk=lane.review.use_case_id).exists()


@require_POST
def delegate(request: HttpRequest) -> HttpResponse:
    """Name who acts for me."""
    user: Any = request.user
    if not roles_to_give(user):
        raise PermissionDenied(
            "Only office reviewers, component leads and the Chief AI Officer name who acts for them."
        )
    form = DelegateForm(request.POST, user=user)
    if not form.is_valid():
        return _page(request, form)
    row = attempt(request, user, delegation_actions.delegate, form.cleaned_data["to"], **form.arguments())
    if row is None:
        return _page(request, form)
    messages.success(request, f"{row.delegate} acts for you until {row.ends_on.day} {row.ends_on:%B %Y}.")
    return redirect("standing_in-page")


@require_POST
def end_delegation(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """End a delegation before its last day."""
    row = get_object_or_404(Delegation.objects.select_related("giver", "delegate", "office", "component"), uuid=uuid)
    if not delegation_actions.may_end(signed_in(request), row):
        raise PermissionDenied(f"Only {row.giver}, {row.delegate} and an administrator can end this.")
    if attempt(request, row, delegation_actions.end_delegation, row, reason=_reason(request)):
        messages.success(request, "Ended. What was signed until now stands.")
    return redirect("standing_in-page")


def signers(request: HttpRequest) -> HttpResponse:
    """Which offices can nobody sign for now, and who signs for them?"""
    return _signers(request)


def _signers(request: HttpRequest, form: SignerForm | None = None, at: str = "") -> HttpResponse:
    user: Any = request.user
    if not permissions.sees_gaps(user):
        raise PermissionDenied(
            "Only the Chief AI Officer's office and administrators see this. Ask them to name a signer."
        )
    may_name = has_role(user, "caio")
    found = [(gap, _key(gap)) for gap in unsigned.gaps(user)]
    seen = Q(lane=None) | Q(lane__review__use_case__in=visible_to(user).values("pk"))
    named = ActingSigner.objects.filter(seen).select_related("office", "person", "named_by", "lane__review__use_case")
    context = {
        "gaps": [(gap, key, _form(user, gap, key, form if key == at else None, may_name)) for gap, key in found],
        "named": named[:60],
        "may_name": may_name,
        "refusals": permissions.name_signer_refusals(user),
    }
    return render(request, "governance/standing_in/signers.html", context)


def _key(gap: unsigned.Gap) -> str:
    return str(gap.lane.uuid) if gap.lane else gap.office.code


def _form(user: Any, gap: unsigned.Gap, key: str, sent: SignerForm | None, may_name: bool) -> SignerForm | None:
    return (sent or SignerForm(user=user, key=key)) if may_name and not gap.is_covered else None


@require_POST
def name_signer(request: HttpRequest) -> HttpResponse:
    """Name who signs for an office that cannot."""
    user: Any = request.user
    if refusals := permissions.name_signer_refusals(user):
        raise PermissionDenied(" ".join(refusals))
    at = request.POST.get("at", "")
    lane = Lane.objects.select_related("office", "review__use_case").filter(uuid=at).first() if len(at) == 36 else None
    office = lane.office if lane else Office.objects.filter(code=at).first()
    if office is None or (lane and not _is_visible(user, lane)):
        raise Http404
    form = SignerForm(request.POST, user=user, key=at)
    if form.is_valid():
        given = dict(form.cleaned_data)
        person = given.pop("person")
        row = attempt(request, office, acting_signers.name_signer, person, office, lane=lane, **given)
        if row:
            messages.success(
                request, f"{person} signs for the {office.name} until {row.ends_on.day} {row.ends_on:%B %Y}."
            )
            return redirect("standing_in-signers")
    return _signers(request, form, at)


@require_POST
def end_signer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """End an acting signer before the last day."""
    row = get_object_or_404(ActingSigner.objects.select_related("office", "person", "named_by"), uuid=uuid)
    if row.person_id != request.user.pk and (refusals := permissions.name_signer_refusals(request.user)):
        raise PermissionDenied(" ".join(refusals))
    if attempt(request, row.office, acting_signers.end_signer, row, reason=_reason(request)):
        messages.success(request, "Ended. What was signed until now stands.")
    return redirect("standing_in-signers" if permissions.sees_gaps(request.user) else "standing_in-page")


@require_POST
def recuse(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """Step aside from a case."""
    use_case = visible_use_case(request, use_case_id)
    if refusals := permissions.recuse_refusals(request.user, use_case):
        raise PermissionDenied(" ".join(refusals))
    form = RecuseForm(request.POST, prefix="recuse")  # it stands below forms that ask for a reason too
    given = form.cleaned_data if form.is_valid() else {"reason": "", "is_conflict": False}
    if attempt(request, use_case, conflicts.recuse, use_case, **given):
        messages.success(request, "You are recused from this case. Only somebody else can lift it.")
    return redirect(use_case.get_absolute_url() + "#aside")


@require_POST
def lift(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let somebody act on a case again they had stepped aside from."""
    row = get_object_or_404(Recusal.objects.select_related("person", "use_case"), uuid=uuid)
    use_case = visible_use_case(request, row.use_case.use_case_id)
    if refusals := permissions.lift_refusals(request.user, row):
        raise PermissionDenied(" ".join(refusals))
    if attempt(request, use_case, conflicts.lift_recusal, row, reason=_reason(request)):
        messages.success(request, f"{row.person} may act on this case again.")
    return redirect(use_case.get_absolute_url() + "#aside")


def _reason(request: HttpRequest) -> str:
    form = EndForm(request.POST)
    return form.cleaned_data["reason"] if form.is_valid() else ""
