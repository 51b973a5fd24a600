"""Questions of an office to the owner or the submitter: the clock of its lane stands until the answer."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.workflow import Refused, Stale, move
from governance import lifecycle_guards as guards
from governance import permissions
from governance.actions.lanes import is_taken, locked_lane, take_seat
from governance.lifecycles import lane_edge
from governance.models import Lane, LaneQuestion
from governance.reads import lane_questions, lane_verbs
from registry import classified
from registry.permissions import visible_to

LONGEST = 5_000


@transaction.atomic
def ask(lane: Lane, *, actor: User, text: str, of: User) -> LaneQuestion:
    """Ask the owner or the submitter; the lane keeps its place and its clock stands. One question at a time."""
    lane = locked_lane(lane)
    if is_taken(lane) and not permissions.lane_refusals(actor, lane):
        raise Stale(*lane_verbs.state_refusals(lane))
    if refusals := lane_verbs.decide_refusals(actor, lane):
        raise Refused(*refusals)
    if of not in lane_questions.to_ask(lane):
        raise Refused("A question goes to the owner, the backup owner or who submitted the case. Choose one of them.")
    text = _text(text, "Write the question.")
    place = take_seat(lane, actor)
    asked = LaneQuestion.objects.create(lane=lane, text=text, asked_by=actor, asked_of=of)
    move(
        lane, lane_edge("ask"), actor=actor, acting_for=place.acting_for, reason=text,
        data={"of": str(of), "question": asked.uuid},
        paused_on=timezone.localdate(), assigned_to=actor, assigned_at=timezone.now(),
    )  # fmt: skip
    return asked


@transaction.atomic
def answer_question(question: LaneQuestion, *, actor: User, text: str) -> LaneQuestion:
    """Answer an office's question: its clock goes on, and the due day moves by the days it stood."""
    question = _locked(question)
    use_case = question.lane.review.use_case
    if refusals := permissions.answer_refusals(actor, question, use_case):
        raise Refused(*refusals)
    if not visible_to(actor).filter(pk=use_case.pk).exists():
        raise Refused("You can answer only in cases you may see.")
    _still_open(question)
    return _end(question, "answer", LaneQuestion.Ended.ANSWERED, actor=actor, text=_text(text, "Write the answer."))


@transaction.atomic
def withdraw_question(question: LaneQuestion, *, actor: User) -> LaneQuestion:
    """Do without the answer, as the office that asked: the clock goes on as with one."""
    question = _locked(question)
    if refusals := permissions.lane_refusals(actor, question.lane):
        raise Refused(*refusals)
    _still_open(question)
    place = take_seat(question.lane, actor)
    how = LaneQuestion.Ended.WITHDRAWN
    return _end(question, "withdraw_question", how, actor=actor, acting_for=place.acting_for)


def _locked(question: LaneQuestion) -> LaneQuestion:
    lane = locked_lane(question.lane)
    found = LaneQuestion.objects.select_related("asked_by", "asked_of", "ended_by").get(pk=question.pk)
    found.lane = lane
    return found


def _still_open(question: LaneQuestion) -> None:
    if question.ended_at is not None:
        by = f" by {question.ended_by}" if question.ended_by else ""
        raise Stale(f"This question was {question.get_ended_how_display().lower()}{by}. Nothing of yours was recorded.")


def _text(text: str, what: str) -> str:
    text = text.strip()
    if refusals := guards.reasons_given(text, what) or classified.refusals([text]):
        raise Refused(*refusals)
    if len(text) > LONGEST:
        raise Refused(f"At most {LONGEST:,} characters; this has {len(text):,}.")
    return text


def _end(
    question: LaneQuestion, verb: str, how: str, *, actor: User, text: str = "", acting_for: str = ""
) -> LaneQuestion:
    """End the question and let the clock go on."""
    lane, today = question.lane, timezone.localdate()
    days = (today - (lane.paused_on or today)).days
    question.answer, question.ended_how, question.ended_by, question.ended_at = text, how, actor, timezone.now()
    question.days_paused = days
    question.save(update_fields=["answer", "ended_how", "ended_by", "ended_at", "days_paused"])
    move(
        lane, lane_edge(verb), actor=actor, acting_for=acting_for, reason=text,
        data={"question": question.uuid, "days_paused": days},
        paused_on=None, due_on=lane.due_on + timedelta(days=days),
    )  # fmt: skip
    return question
