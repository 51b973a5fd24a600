"""The AI Governance Board: its meetings, a meeting's agenda, one item with its vote."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.permissions import is_board_voter
from governance import permissions
from governance.actions import board
from governance.forms.board import CloseItemForm, MeetingForm, VoteForm
from governance.models import AgendaItem, Meeting, Vote
from governance.reads import case, holds, rounds, unattended, verbs
from governance.reads.board import board_of, tally_of
from registry import editions
from registry.permissions import visible_to
from registry.views.shared import attempt, visible_use_case


def meetings(request: HttpRequest) -> HttpResponse:
    """When does the Board meet, and what waits for it?"""
    _readers_only(request)
    seen = Q(items__use_case__in=visible_to(request.user))
    rows = Meeting.objects.select_related("board").annotate(
        on_agenda=Count("items", filter=seen), left=Count("items", filter=seen & Q(items__closed_at=None))
    )
    context = {
        "meetings": rows[:100],
        "waiting": _items(request).filter(meeting=None, closed_at=None).order_by("referred_at"),
        "is_secretary": not permissions.secretary_refusals(request.user),
        "form": MeetingForm(),
        "to_vote": _to_vote(request),
        "attention": holds.for_board(request.user),
        "unattended": unattended.before_the_board(request.user),
    }
    return render(request, "governance/board/meetings.html", context)


@require_POST
def open_meeting(request: HttpRequest) -> HttpResponse:
    """Set a date for the Board."""
    _secretary_only(request)
    form = MeetingForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Give the day of the meeting.")
        return redirect("board-meetings")
    given = form.cleaned_data
    meeting = attempt(
        request, given["board"], board.open_meeting, given["board"], held_on=given["held_on"], place=given["place"]
    )  # fmt: skip
    return redirect(meeting.get_absolute_url()) if meeting else redirect("board-meetings")


def meeting(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What is on the agenda, and how far are we?"""
    _readers_only(request)
    row = get_object_or_404(Meeting.objects.select_related("board"), uuid=uuid)
    items = _items(request).filter(meeting=row).order_by("position", "pk")
    context = {
        "meeting": row,
        "items": items.annotate(cast=Count("votes")),
        "waiting": _items(request).filter(meeting=None, closed_at=None).order_by("referred_at"),
        "is_secretary": not permissions.secretary_refusals(request.user),
        "seats": rounds.seats(),
    }
    return render(request, "governance/board/meeting.html", context)


@require_POST
def schedule(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Put waiting cases on this meeting's agenda."""
    _secretary_only(request)
    row = get_object_or_404(Meeting, uuid=uuid)
    wanted = [item for item in _items(request).filter(meeting=None) if str(item.uuid) in request.POST.getlist("item")]
    if count := attempt(request, row, board.schedule, row, wanted):
        messages.success(request, f"{count} {'case is' if count == 1 else 'cases are'} on the agenda.")
    return redirect(row.get_absolute_url())


@require_POST
def close_meeting(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """End the meeting; what was not closed waits for the next one."""
    _secretary_only(request)
    row = get_object_or_404(Meeting, uuid=uuid)
    left = AgendaItem.objects.filter(meeting=row, closed_at=None).count()
    if attempt(request, row, board.close_meeting, row) is not None:
        waits = f" {left} not decided: waiting for the next meeting, and voted on anew." if left else ""
        messages.success(request, f"The meeting is closed.{waits}")
    return redirect(row.get_absolute_url())


def item(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What is the Board asked, and how does the vote stand?"""
    _readers_only(request)
    return _item_page(request, _visible_item(request, uuid))


def _item_page(
    request: HttpRequest, row: AgendaItem, vote_form: VoteForm | None = None, close_form: CloseItemForm | None = None
) -> HttpResponse:
    """The item's page; a form that was refused comes back with what was written."""
    mine = Vote.objects.filter(item=row, member=request.user.pk).first()
    may_only_recuse = verbs.vote_refusals(request.user, row)
    first = {"choice": mine.choice, "comment": mine.comment} if mine else None
    context = {
        **_shown(row),
        "votes": {vote.member_id: vote for vote in row.votes.select_related("member")},
        "seats": rounds.seats(),
        "tally": tally_of(row),
        "quorum": board_of(row).quorum,
        "mine": mine,
        "is_voter": is_board_voter(request.user),
        "is_secretary": not permissions.secretary_refusals(request.user),
        "only_recuse": may_only_recuse,
        "vote_form": vote_form or VoteForm(initial=first, only_recuse=bool(may_only_recuse)),
        "close_form": close_form or CloseItemForm(),
    }
    return render(request, "governance/board/item.html", context)


def _shown(row: AgendaItem) -> dict[str, Any]:
    document = row.use_case.readable(row.review.revision.document)
    return {
        "item": row,
        "case": row.use_case,
        "facts": case.facts(row.use_case, document),
        "parts": case.parts(document, editions.of(row.review.revision), with_blank=False),
        "others": case.lanes_of(row.review),
        "objecting": rounds.objecting(row.review),
    }


@require_POST
def vote(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Cast or change my vote."""
    row = _visible_item(request, uuid)
    _allow(permissions.voter_refusals(request.user))
    form = VoteForm(request.POST)
    given = attempt(request, row, board.vote, row, **form.cleaned_data) if form.is_valid() else None
    if given is None:
        return _item_page(request, row, vote_form=form)
    messages.success(request, f"Your vote stands: {given.get_choice_display()}. You can change it until it closes.")
    return redirect("board-item", uuid)


@require_POST
def close_item(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Record the result of the vote."""
    _secretary_only(request)
    row = _visible_item(request, uuid)
    form = CloseItemForm(request.POST)
    if not form.is_valid() or not _close(request, row, form):
        return _item_page(request, row, close_form=form)
    messages.success(request, "Closed. The result stands on the case, with the meeting as its authority.")
    return redirect("board-item", uuid)


def _close(request: HttpRequest, row: AgendaItem, form: CloseItemForm) -> Any:
    given = form.cleaned_data
    return attempt(
        request, row, board.close_item, row, minutes=given["minutes"], conditions=form.conditions(),
        objections_answered=given["objections_answered"],
    )  # fmt: skip


def _to_vote(request: HttpRequest) -> Any:
    """What this member still has to vote on."""
    if not is_board_voter(request.user):
        return []
    rows = _items(request).filter(closed_at=None, meeting__state=Meeting.State.OPEN)
    return rows.exclude(votes__member=request.user.pk).order_by("meeting__held_on", "position")


def _items(request: HttpRequest) -> Any:
    rows = AgendaItem.objects.filter(use_case__in=visible_to(request.user))
    return rows.select_related("use_case__component", "meeting__board", "referred_by")


def _visible_item(request: HttpRequest, uuid: UUID) -> AgendaItem:
    joins = ("use_case__component", "review__revision", "meeting__board", "referred_by", "closed_by")
    row = AgendaItem.objects.select_related(*joins).filter(uuid=uuid).first()
    if row is None:
        raise Http404
    row.use_case = row.review.use_case = visible_use_case(request, row.use_case.use_case_id, answers=True)
    return row


def _readers_only(request: HttpRequest) -> None:
    if not permissions.can_see_board(request.user):
        raise PermissionDenied(
            "Meetings are open to the Board, its secretary, the Chief AI Officer's office and auditors."
        )


def _secretary_only(request: HttpRequest) -> None:
    _allow(permissions.secretary_refusals(request.user))


def _allow(reasons: list[str]) -> None:
    if reasons:
        raise PermissionDenied(" ".join(reasons))
