"""Rows of the addresses of acts in an office's lane."""

from __future__ import annotations

from typing import Any

from governance.actions import lanes, questions
from governance.models import Lane
from tests import lives
from tests.matrix_row import Row


def open_lane(cast: Any) -> dict[str, Any]:
    """A lane of the Privacy Office that is to be decided."""
    return {"uuid": lives.lane(lives.in_review(cast)).uuid}


def asked(cast: Any) -> dict[str, Any]:
    """A question of the Privacy Office to the officer."""
    lane = lives.lane(lives.in_review(cast))
    made = questions.ask(lane, actor=cast.priv2, text="How long are the invented pictures kept?", of=cast.officer)
    return {"uuid": made.uuid}


def second(cast: Any) -> dict[str, Any]:
    """A decision that lies before the second reader."""
    lane = lives.lane(lives.in_review(cast))
    lanes.decide_lane(
        lane,
        actor=cast.priv2,
        verb="sign_off",
        message="Fine, if you agree.",
        second_reader=cast.priv,
        no_conflict=True,
    )
    return {"uuid": lane.uuid}


def in_review(cast: Any) -> dict[str, Any]:
    """A case in review in which CRCL and CISO have no lane."""
    return {"use_case_id": lives.in_review(cast).use_case_id}


def queue_of_priv(cast: Any) -> dict[str, Any]:
    """Something to sign."""
    assert Lane.objects.filter(pk=lives.lane(lives.in_review(cast)).pk).exists()
    return {}


ROWS: dict[str, Row] = {
    "reviews-together": Row(("priv", "crcl"), queue_of_priv),
    "reviews-ask": Row(("priv",), open_lane, method="POST"),
    "reviews-answer": Row(("officer", "lead"), asked, method="POST"),
    "reviews-withdraw_question": Row(("priv",), asked, method="POST"),
    "reviews-second_reader": Row(("priv",), open_lane, method="POST"),
    "reviews-agree": Row(("priv",), second, method="POST"),
    "reviews-disagree": Row(("priv",), second, method="POST"),
    "reviews-take_back": Row(("priv",), second, method="POST"),
    "reviews-call_in": Row(("crcl", "priv"), in_review),
}
