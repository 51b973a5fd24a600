"""The AI Governance Board, slim: meetings, agenda, votes, and the result written back to the case."""

import uuid
from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.log import Entry, Subject, record, record_many, subject_of
from audit.workflow import Refused, Stale
from governance import lifecycle_guards as guards
from governance import permissions
from governance.actions.decisions import Conditions, conclude
from governance.actions.steps import locked, take
from governance.models import AgendaItem, Board, Decision, Meeting, Vote
from governance.reads import rounds, verbs
from governance.reads.board import tally_of


@transaction.atomic
def open_meeting(board: Board, *, actor: User, held_on: date, place: str = "") -> Meeting:
    """Set a date for the Board."""
    _require_secretary(actor)
    meeting = Meeting.objects.create(board=board, held_on=held_on, place=place.strip(), opened_by=actor)
    record("meeting.opened", meeting, actor=actor, data={"place": meeting.place})
    return meeting


@transaction.atomic
def schedule(meeting: Meeting, items: Iterable[AgendaItem], *, actor: User) -> int:
    """Put waiting cases on a meeting's agenda, in the order they were referred."""
    _require_secretary(actor)
    meeting = _open(meeting)
    wanted = [item.pk for item in items]
    rows = AgendaItem.objects.select_for_update(of=("self",)).select_related("use_case")
    found = list(rows.filter(pk__in=wanted, closed_at=None, meeting=None).order_by("referred_at", "pk"))
    if not found or len(found) != len(set(wanted)):
        raise Stale("Select items that wait for a meeting. The list has changed; nothing was put on the agenda.")
    position = meeting.items.count()
    for item in found:
        position += 1
        AgendaItem.objects.filter(pk=item.pk).update(meeting=meeting, position=position)
    entries = [Entry("agenda_item.scheduled", subject_of(item), data={"meeting": meeting.uuid}) for item in found]
    record_many(entries, actor=actor)
    return len(found)


@transaction.atomic
def vote(item: AgendaItem, *, actor: User, choice: str, comment: str = "") -> Vote:
    """Cast or change one's vote while the item is open.

    Refused to authors and to reviewers of the round, who may only recuse themselves (design section 4).
    """
    if reasons := permissions.voter_refusals(actor):
        raise Refused(*reasons)
    item = _open_item(item)
    if item.meeting is None:
        raise Refused("The item is not before a meeting yet. Votes are cast when the secretary puts it on one.")
    if choice not in Vote.Choice.values:
        raise Refused("Choose one of the votes.")
    if choice != Vote.Choice.RECUSE and (reasons := verbs.vote_refusals(actor, item)):
        raise Refused(*reasons)
    row, _ = Vote.objects.update_or_create(
        item=item, member=actor, defaults={"choice": choice, "comment": comment.strip(), "cast_at": timezone.now()}
    )
    subject = Subject("agenda_item", str(item.uuid), row.get_choice_display(), timeline=item.use_case.use_case_id)
    record("vote.cast", subject, actor=actor, reason=row.comment, data={"choice": choice})
    return row


@transaction.atomic
def close_item(
    item: AgendaItem,
    *,
    actor: User,
    minutes: str,
    conditions: Conditions = (),
    objections_answered: str = "",
) -> Decision | None:
    """Record the result of the vote: a decision by the Board's authority, or the case goes back when deferred.

    Refused while nothing carries or the quorum is missing; the secretary records and does not choose.
    """
    _require_secretary(actor)
    use_case = locked(item.use_case)
    item = _open_item(item)
    item.use_case = item.review.use_case = use_case
    if item.meeting is None:
        raise Refused("The item is not before a meeting yet.")
    result = tally_of(item)
    if reasons := guards.vote_closed(result.outcome, result.reason):
        raise Refused(*reasons)
    if reasons := guards.reasons_given(minutes, "Write the minutes of the item: they are the decision's reason."):
        raise Refused(*reasons)
    ask = "Let the chair name somebody else to record it."
    if reasons := guards.not_an_author(actor.pk, rounds.authors(use_case), "record the decision on", ask):
        raise Refused(*reasons)
    outcome, act = str(result.outcome), uuid.uuid4()
    AgendaItem.objects.filter(pk=item.pk).update(
        outcome=outcome, minutes=minutes.strip(), closed_at=timezone.now(), closed_by=actor
    )
    counts = {"counts": dict(result.counts), "present": result.present, "meeting": item.meeting.uuid}
    record("agenda_item.closed", item, actor=actor, act=act, reason=result.reason, data={"outcome": outcome, **counts})
    if outcome == AgendaItem.Outcome.DEFER:
        take(use_case, "defer", actor=actor, act=act, reason=minutes.strip(), data=counts)
        return None
    return conclude(
        item.review, outcome, actor=actor, act=act, decided_as=item.meeting.board.name, meeting=item.meeting,
        reason=minutes, conditions=conditions, objections_answered=objections_answered,
    )  # fmt: skip


@transaction.atomic
def close_meeting(meeting: Meeting, *, actor: User) -> int:
    """End the meeting; open items wait for the next one and are voted on anew. Returns how many."""
    _require_secretary(actor)
    meeting = _open(meeting)
    act = uuid.uuid4()
    left = list(AgendaItem.objects.filter(meeting=meeting, closed_at=None).select_related("use_case"))
    Vote.objects.filter(item__in=left).delete()
    AgendaItem.objects.filter(pk__in=[item.pk for item in left]).update(meeting=None, position=0)
    record_many([Entry("agenda_item.postponed", subject_of(item)) for item in left], actor=actor, act=act)
    meeting.state, meeting.closed_at = Meeting.State.CLOSED, timezone.now()
    meeting.save(update_fields=["state", "closed_at"])
    record("meeting.closed", meeting, actor=actor, act=act, data={"postponed": len(left)})
    return len(left)


def _require_secretary(actor: User) -> None:
    if reasons := permissions.secretary_refusals(actor):
        raise Refused(*reasons)


def _open(meeting: Meeting) -> Meeting:
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("board").get(pk=meeting.pk)
    if meeting.state != Meeting.State.OPEN:
        raise Stale("The meeting is closed.")
    return meeting


def _open_item(item: AgendaItem) -> AgendaItem:
    rows = AgendaItem.objects.select_for_update(of=("self",))
    joins = ("use_case__component", "review__revision", "review__use_case", "meeting__board")
    item = rows.select_related(*joins).get(pk=item.pk)
    if item.closed_at:
        raise Stale("The item is closed; votes on it stand as they are.")
    return item
