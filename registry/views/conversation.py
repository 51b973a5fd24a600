"""The conversation about a case: reading, writing, answering, settling."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.typed import signed_in
from audit.log import record_refusal
from audit.workflow import Refused
from registry.actions import conversation as actions
from registry.forms.talk import CommentForm, ReplyForm
from registry.models import Audience, Comment, UseCase
from registry.permissions.talk import (
    audiences,
    comment_refusals,
    comments_visible_to,
    may_be_mentioned,
    viewers,
)
from registry.reads import talk as reads_talk
from registry.views.shared import attempt, visible_use_case


def listing(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """What is being discussed about this case, and what is still open?"""
    use_case = visible_use_case(request, use_case_id)
    given = {name: value for name, value in request.GET.items() if isinstance(value, str)}
    form = _form(request, use_case, given)
    if request.method == "POST":
        _allow(comment_refusals(request.user, use_case))
    if request.method == "POST" and form and form.is_valid() and (made := _write(request, use_case, form)):
        return redirect(made.get_absolute_url())
    context = {
        "use_case": use_case,
        "given": given,
        "form": form,
        "refusals": comment_refusals(request.user, use_case),
        **reads_talk.threads(request.user, use_case, given),
    }
    return render(request, "registry/talk/conversation.html", context, status=400 if form and form.errors else 200)


def _form(request: HttpRequest, use_case: UseCase, given: dict[str, str]) -> CommentForm | None:
    reach = audiences(request.user, use_case)
    if not reach:
        return None
    initial = {"audience": Audience.SHARED, "field": given.get("field", "")}
    people = list(viewers(use_case).exclude(pk=request.user.pk or 0))
    return CommentForm(use_case, people, reach, request.POST or None, initial=initial)


def _write(request: HttpRequest, use_case: UseCase, form: CommentForm) -> Comment | None:
    given = form.cleaned_data
    people, unclear = reads_talk.called(
        given["text"], may_be_mentioned(use_case, given["audience"], field=given["field"])
    )
    words = {name: given[name] for name in ("text", "audience", "field")}
    try:
        made = actions.comment(use_case, actor=signed_in(request), mentions=[*form.chosen(), *people], **words)
    except Refused as refused:
        record_refusal(use_case, actor=request.user, verb="comment", reasons=refused.reasons)
        form.add_error(None, " ".join(refused.reasons))
        return None
    _say(request, made, unclear)
    return made


def _say(request: HttpRequest, made: Comment, unclear: list[str]) -> None:
    called = list(made.mentions.all())
    told = f" {', '.join(map(str, called))} will be mailed a link." if called else ""
    messages.success(request, f"Your comment stands there.{told}")
    if unclear:
        which = ", ".join(f"“{one}”" for one in unclear)
        messages.warning(
            request, f"{which} mentioned nobody: nobody who can read this has that full name, or two have."
        )


@require_POST
def reply(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Answer in this thread."""
    thread = _comment(request, uuid)
    _allow(comment_refusals(request.user, thread.use_case))
    allowed = may_be_mentioned(thread.use_case, thread.audience, thread)
    form = ReplyForm(allowed, request.POST)
    if not form.is_valid():
        for error in form.errors.values():
            messages.error(request, " ".join(map(str, error)))
        return redirect(thread.get_absolute_url())
    people, unclear = reads_talk.called(form.cleaned_data["text"], allowed)
    people += form.chosen()
    made = attempt(request, thread, actions.reply, thread, text=form.cleaned_data["text"], mentions=people)
    if made is None:
        return redirect(thread.get_absolute_url())
    _say(request, made, unclear)
    return redirect(made.get_absolute_url())


@require_POST
def resolve(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """This is resolved."""
    return _act(request, uuid, actions.resolve, "Resolved. It stands under “Resolved” and can be opened again.")


@require_POST
def reopen(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """This is not resolved after all."""
    return _act(request, uuid, actions.reopen, "Open again.")


@require_POST
def retract(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """I take back what I wrote."""
    return _act(request, uuid, actions.retract, "Taken back. Readers see that it was there, not what it said.")


def _act(request: HttpRequest, uuid: UUID, action: Any, done: str) -> HttpResponse:
    comment = _comment(request, uuid)
    if attempt(request, comment, action, comment):
        messages.success(request, done)
    address = reverse("comments-list", args=[comment.use_case.use_case_id])
    return redirect(f"{address}?show={request.POST.get('show', 'open')[:8]}#c-{comment.uuid}")


def _comment(request: HttpRequest, uuid: UUID) -> Comment:
    """The comment, or 404 for what one may not read."""
    rows = comments_visible_to(request.user).select_related("use_case__component", "use_case__owner", "recorded_by")
    comment = rows.filter(uuid=uuid).first()
    if comment is None:
        raise Http404
    return comment


def _allow(refusals: list[str]) -> None:
    if refusals:
        raise PermissionDenied(" ".join(refusals))
