"""Two people in one lane at the same moment, on real threads: one outcome, and the other is told what happened."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Membership
from audit.workflow import Stale
from governance.actions import lanes, people, questions, second_readers
from governance.models import Lane, LaneQuestion
from tests import lives
from tests.conftest import Cast
from tests.governance.test_lanes_stood_in import blocked_on_a_lock

pytestmark = pytest.mark.django_db(transaction=True)


def one_after_the_other(first: Callable[[], Any], second: Callable[[], Any]) -> str:
    """`second` begins while `first` is done and not committed; returns what the second heard."""
    heard: list[str] = []

    def other() -> None:
        try:
            second()
            heard.append("done")
        except Stale as stale:
            heard.append(str(stale))
        finally:
            connection.close()

    thread = threading.Thread(target=other)
    with transaction.atomic():
        first()
        thread.start()
        blocked_on_a_lock()
    thread.join(timeout=30)
    return heard[0]


@pytest.mark.parametrize("answered_first", [True, False], ids=["answered first", "withdrawn first"])
def test_a_question_is_answered_or_withdrawn_and_never_both(answered_first: bool) -> None:
    cast = Cast()
    lane = lives.lane(lives.in_review(cast))
    question = questions.ask(lane, actor=cast.priv, text="Which vendor?", of=cast.officer)
    acts = [
        lambda: questions.answer_question(question, actor=cast.officer, text="Invented Vendor."),
        lambda: questions.withdraw_question(question, actor=cast.priv),
    ]
    heard = one_after_the_other(*(acts if answered_first else reversed(acts)))
    row = LaneQuestion.objects.get(pk=question.pk)
    assert row.ended_how == ("answered" if answered_first else "withdrawn")
    assert heard != "done" and row.answer == ("Invented Vendor." if answered_first else "")
    assert Lane.objects.get(pk=lane.pk).status == "open"


@pytest.mark.parametrize("agreed_first", [True, False], ids=["agreed first", "taken back first"])
def test_what_is_taken_back_takes_no_effect_and_what_was_agreed_is_not_taken_back(agreed_first: bool) -> None:
    cast = Cast()
    lane = lives.lane(lives.in_review(cast))
    lane = lanes.decide_lane(
        lane, actor=cast.priv, verb="sign_off", message="Fine so.", second_reader=cast.priv2, no_conflict=True
    )
    assert lane.proposed_at is not None
    seen = lane.proposed_at.isoformat()
    acts = [
        lambda: second_readers.agree(lane, actor=cast.priv2, seen=seen, no_conflict=True),
        lambda: second_readers.take_back_decision(lane, actor=cast.priv),
    ]
    heard = one_after_the_other(*(acts if agreed_first else reversed(acts)))
    assert heard != "done"
    assert Lane.objects.get(pk=lane.pk).status == ("signed_off" if agreed_first else "open")


def test_somebody_is_let_go_while_they_sign_and_neither_blocks_the_other() -> None:
    cast = Cast()
    lane = lives.lane(lives.in_review(cast))
    lanes.assign([lane], actor=cast.priv, to=cast.priv)

    def sign() -> Lane:
        return lanes.decide_lane(lane, actor=cast.priv, verb="sign_off", message="Fine so.", no_conflict=True)

    assert one_after_the_other(sign, lambda: people.deactivate(cast.priv, actor=cast.administrator)) == "done"
    row = Lane.objects.get(pk=lane.pk)
    assert (row.status, row.assigned_to) == ("signed_off", cast.priv)
    assert not Membership.objects.filter(user=cast.priv, ends_on=None).exists()
    assert row.decided_at is not None and row.decided_at <= timezone.now()
