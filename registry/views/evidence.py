"""Evidence of a case: what there is, bringing it in, replacing, removing, and letting its content out."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from accounts.typed import signed_in
from audit.log import record_refusal
from audit.workflow import Refused
from registry import evidence_store
from registry.actions import evidence as actions
from registry.forms.talk import EvidenceForm, RemovalForm
from registry.models import Evidence, UseCase
from registry.permissions.talk import evidence_refusals, evidence_visible_to, is_restricted, link_refusals, unopenable
from registry.reads import talk as reads_talk
from registry.views.shared import attempt, visible_use_case

LINK_LIVES = timedelta(minutes=15)
SALT = "registry.evidence.link"


def listing(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """What backs the answers and practices of this case, and what runs out?"""
    use_case = visible_use_case(request, use_case_id)
    given = {name: value for name, value in request.GET.items() if isinstance(value, str)}
    context = {"use_case": use_case, "given": given, **reads_talk.evidence_page(request.user, use_case, given)}
    return render(request, "registry/evidence/list.html", context)


def add(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """Which document shows that this is so?"""
    use_case = visible_use_case(request, use_case_id)
    _allow(evidence_refusals(request.user, use_case))
    supports = next((f"{n}:{request.GET[n]}" for n in ("practice", "field") if request.GET.get(n)), "")
    form = EvidenceForm(use_case, request.POST or None, request.FILES or None, initial={"supports": supports})
    return _add(request, use_case, form, None)


def replace(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Which newer document takes the place of this one?"""
    old = _evidence(request, uuid)
    _allow(evidence_refusals(request.user, old.use_case))
    initial = {"kind": old.kind, "title": old.title, "link": old.link}
    form = EvidenceForm(old.use_case, request.POST or None, request.FILES or None, initial=initial, replaces=old)
    return _add(request, old.use_case, form, old)


def _add(request: HttpRequest, use_case: UseCase, form: EvidenceForm, old: Evidence | None) -> HttpResponse:
    if request.method == "POST" and form.is_valid() and (made := _record(request, use_case, form, old)):
        _say(request, made)
        return redirect(_onwards(request, made))
    context = {
        "use_case": use_case,
        "form": form,
        "old": old,
        "back": reverse("evidence-list", args=[use_case.use_case_id]),
        "supports": reads_talk.about(use_case, old.field, old.practice) if old else "",
    }
    return render(request, "registry/evidence/add.html", context, status=400 if form.errors else 200)


def _record(request: HttpRequest, use_case: UseCase, form: EvidenceForm, old: Evidence | None) -> Evidence | None:
    """The recorded evidence, or the form says why it was refused; a refused file stands in the log."""
    given = form.evidence()
    if old:
        given |= {"field": old.field, "practice": old.practice, "replaces": old}
    try:
        return actions.add(use_case, actor=signed_in(request), **given)
    except Refused as refused:
        record_refusal(use_case, actor=request.user, verb="add_evidence", reasons=refused.reasons)
        form.add_error("file" if given["file"] else None, " ".join(refused.reasons))
        return None


def _say(request: HttpRequest, made: Evidence) -> None:
    messages.success(request, f"“{made.title}” is on the record. It can be replaced or removed, but not changed.")
    if made.scan == Evidence.Scan.WAITING:
        messages.warning(request, "The virus scanner is not answering. The file opens once it was scanned.")
    for other in actions.same_elsewhere(made)[:1]:
        text = "The same file is on this case already: “{}”, added by {}. Remove one if that was not meant."
        messages.warning(request, format_html(text, other.title, other.recorded_by))


def _onwards(request: HttpRequest, made: Evidence) -> str:
    """Back to where the person came from with the new evidence named, or to its line in the list."""
    next_url = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(next_url, allowed_hosts=None) and "?" not in next_url:
        return f"{next_url}?{urlencode({'evidence': str(made.uuid)})}"
    return made.get_absolute_url()


def remove(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Why does this evidence go?"""
    evidence = _evidence(request, uuid)
    _allow(evidence_refusals(request.user, evidence.use_case))
    form = RemovalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if attempt(request, evidence, actions.remove, evidence, reason=form.cleaned_data["reason"]):
            messages.success(request, f"“{evidence.title}” is removed. Its record stays under “Replaced or removed”.")
        return redirect("evidence-list", evidence.use_case.use_case_id)
    context = {"use_case": evidence.use_case, "evidence": evidence, "form": form}
    return render(request, "registry/evidence/remove.html", context)


@require_GET
def download(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """Give me the document. Opening restricted material is recorded."""
    evidence = _evidence(request, uuid, is_page=False)
    if not evidence.can_be_opened:
        messages.error(request, unopenable(evidence))
        return redirect("evidence-list", evidence.use_case.use_case_id)
    if is_restricted(evidence):
        actions.note_download(evidence, actor=signed_in(request))
    return _content(evidence)


@require_POST
def make_link(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """How do I hand this document to somebody for the next minutes?"""
    evidence = _evidence(request, uuid)
    if refusals := link_refusals(request.user, evidence):
        messages.error(request, " ".join(refusals))
        return redirect("evidence-list", evidence.use_case.use_case_id)
    context = {
        "use_case": evidence.use_case,
        "evidence": evidence,
        "link": request.build_absolute_uri(signed_address(evidence, request.user)),
        "minutes": LINK_LIVES.seconds // 60,
    }
    return render(request, "registry/evidence/link.html", context)


def signed_address(evidence: Evidence, user: Any) -> str:
    """An address that opens the document for 15 minutes, with the rights its maker still has then. Recorded."""
    actions.note_link(evidence, minutes=LINK_LIVES.seconds // 60, actor=user)
    token = signing.dumps({"evidence": str(evidence.uuid), "user": user.pk}, salt=SALT)
    return reverse("evidence-signed", args=[token])


@login_not_required
@require_GET
def by_link(request: HttpRequest, token: str) -> HttpResponseBase:
    """Somebody gave me this link: what does it open?"""
    try:
        named = signing.loads(token, salt=SALT, max_age=LINK_LIVES)
    except signing.SignatureExpired:
        return _expired(request, signing.loads(token, salt=SALT))
    except signing.BadSignature:
        raise Http404 from None
    maker = User.objects.filter(pk=named["user"], is_active=True).first()
    rows = evidence_visible_to(maker).select_related("use_case__component", "use_case__owner")
    evidence = rows.filter(uuid=named["evidence"]).first()
    if evidence is None or link_refusals(maker, evidence):
        return _expired(request, named)
    reader = request.user if request.user.is_authenticated else None
    actions.note_download(evidence, actor=reader, link_of=str(maker))
    return _content(evidence)


def _expired(request: HttpRequest, named: dict[str, Any]) -> HttpResponse:
    """The link was real once; where the document is, is for people who sign in."""
    context = {"page": reverse("evidence-open", args=[named["evidence"]]), "minutes": LINK_LIVES.seconds // 60}
    return render(request, "registry/evidence/expired.html", context, status=410)


@require_GET
def open_page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Where is the document that an old link was about?"""
    return redirect(_evidence(request, uuid, is_page=False).get_absolute_url())


def _content(evidence: Evidence) -> FileResponse:
    """Always a download, never a page: what is inside must not run in the portal's name."""
    try:
        content = evidence_store.open_content(evidence.file)
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(
        content, as_attachment=True, filename=evidence.file_name, content_type=evidence.media_type
    )  # fmt: skip
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _evidence(request: HttpRequest, uuid: UUID, *, is_page: bool = True) -> Evidence:
    """The evidence, or 404 as for a case one may not know of; a page about a restricted one is an event."""
    rows = evidence_visible_to(request.user).select_related(
        "use_case__component", "use_case__owner", "use_case__backup_owner", "recorded_by", "replacement"
    )
    evidence = rows.filter(uuid=uuid).first()
    if evidence is None:
        raise Http404
    if is_page:
        evidence.use_case = visible_use_case(request, evidence.use_case.use_case_id)
    return evidence


def _allow(refusals: list[str]) -> None:
    if refusals:
        raise PermissionDenied(" ".join(refusals))
