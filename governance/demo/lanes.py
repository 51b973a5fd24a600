"""What offices do in their lanes besides deciding: a question, a second reader, a case called in, not applicable."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Office, Role, User
from governance.actions import lane_opening, lanes, questions
from governance.demo.cast import Cast
from governance.demo.clock import at
from governance.models import Lane
from registry.models import UseCase


def work_in_lanes(cast: Cast) -> None:
    """One of each, in cases that are in review."""
    _question(cast)
    _answered(cast)
    _second_reader(cast)
    _called_in(cast)
    _not_applicable(cast)


def _do(days_ago: int, action: Callable[..., Any], *args: Any, **words: Any) -> Any:
    with at(timezone.now() - timedelta(days=days_ago, hours=1)):
        return action(*args, **words)


def _lane(title: str, office: str) -> Lane:
    rows = Lane.objects.filter(review__use_case__name=title, review__ended_at=None, office__code=office)
    return rows.select_related("office", "review__use_case__owner").get()


def _reviewers(cast: Cast, office: str) -> list[User]:
    return cast.holding(Role.OFFICE_REVIEWER, office=office)


def _ask(cast: Cast, days_ago: int, title: str, office: str, text: str) -> Any:
    lane = _lane(title, office)
    words = {"actor": _reviewers(cast, office)[0], "of": lane.review.use_case.owner, "text": text}
    return _do(days_ago, questions.ask, lane, **words)


def _question(cast: Cast) -> None:
    text = "Do the narratives hold names of persons, or only of towns and projects? If names: what happens to them?"
    _ask(cast, 3, "Grant narrative reader", "PRIV", text)


def _answered(cast: Cast) -> None:
    text = "Who looks at a lead before an importer hears of it?"
    made = _ask(cast, 6, "Duty evasion lead finder", "CRCL", text)
    answer = "An import specialist opens each lead and writes why it is followed up. Nothing is sent by the tool."
    _do(4, questions.answer_question, made, actor=made.asked_of, text=answer)


def _second_reader(cast: Cast) -> None:
    second, first = _reviewers(cast, "PRIV")[:2]
    message = (
        "The gallery holds crew only, and pictures are kept for a day. I would sign it off; please look at it too."
    )
    lane = _lane("Crew access photo match", "PRIV")
    _do(
        1,
        lanes.decide_lane,
        lane,
        actor=first,
        verb="sign_off",
        message=message,
        second_reader=second,
        no_conflict=True,
    )


def _called_in(cast: Cast) -> None:
    case = UseCase.objects.get(name="Benefit call summaries")
    reason = "Callers who speak through an interpreter may be summarised worse. We want to see how that is tested."
    office = Office.objects.get(agency=case.agency, code="CRCL")
    _do(5, lane_opening.call_in, case, actor=_reviewers(cast, "CRCL")[0], office=office, reason=reason)


def _not_applicable(cast: Cast) -> None:
    message = "The model was built by the component's own people. The vendor only rents out the computers."
    lane = _lane("Infrastructure dependency mapping", "OCPO")
    _do(
        2,
        lanes.decide_lane,
        lane,
        actor=_reviewers(cast, "OCPO")[0],
        verb="not_applicable",
        message=message,
        no_conflict=True,
    )
