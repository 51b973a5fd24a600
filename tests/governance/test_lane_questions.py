"""An office's question: the clock stands, the place is kept, the answer or a withdrawal makes it go on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from audit.workflow import Refused, Stale
from governance.actions import lanes, notices, questions, use_cases
from governance.demo.clock import at
from governance.models import Lane, LaneQuestion
from governance.reads import home, queue, queue_rows
from tests import lives, make

ASK = "How long are the invented pictures kept?"


def asked(cast: Any, **answers: Any) -> LaneQuestion:
    return questions.ask(lives.lane(lives.in_review(cast, **answers)), actor=cast.priv, text=ASK, of=cast.officer)


def text(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def test_a_question_stops_the_clock_keeps_the_place_and_the_answer_moves_the_due_day(cast: Any) -> None:
    question = asked(cast)
    lane = Lane.objects.get(pk=question.lane_id)
    due_on, place = lane.due_on, queue.chosen(queue.queue(cast.priv, "lanes"))
    assert (lane.status, lane.paused_on, lane.assigned_to) == ("asked", timezone.localdate(), cast.priv)
    assert [row.pk for row in place] == [lane.pk]
    with pytest.raises(Refused, match="A question to Olive Officer is not answered yet"):
        lanes.decide_lane(lane, actor=cast.priv, verb="sign_off", no_conflict=True)
    with pytest.raises(Refused, match="is not answered yet"):
        questions.ask(lane, actor=cast.priv, text="And why?", of=cast.officer)
    with at(timezone.now() + timedelta(days=12)):
        found = queue.queue(cast.priv, "lanes")
        assert found.counts["overdue"] == 0, "12 days later it would be overdue, but the clock stands"
        (row,) = queue_rows.as_rows(found.asked, queue_rows.load(found), cast.priv)
        assert row.days_left == 10 and row.blocked.startswith("Question to Olive Officer, ")
        questions.answer_question(question, actor=cast.officer, text="Thirty days.")
    lane.refresh_from_db()
    question.refresh_from_db()
    assert (lane.status, lane.paused_on, lane.due_on) == ("open", None, due_on + timedelta(days=12))
    assert (question.ended_how, question.answer, question.days_paused) == ("answered", "Thirty days.", 12)
    with pytest.raises(Stale, match="was answered by Olive Officer"):
        questions.answer_question(question, actor=cast.officer, text="No, forty.")
    assert Event.objects.filter(kind__in=["lane.asked", "lane.answered"]).count() == 2
    again = questions.ask(lane, actor=cast.priv, text="And the copies?", of=cast.officer)
    assert again.pk != question.pk
    lanes.return_round(lives.lane(lane.review.use_case).review, actor=cast.priv, act=again.uuid, message="Closed.")
    again.refresh_from_db()
    assert again.ended_how == "closed"
    with pytest.raises(Stale, match="closed with the round"):
        questions.answer_question(again, actor=cast.officer, text="Late.")


def test_a_withdrawn_question_lets_the_clock_go_on_too(cast: Any) -> None:
    question = asked(cast)
    due_on = Lane.objects.get(pk=question.lane_id).due_on
    with pytest.raises(Refused, match="Only reviewers of the Privacy Office"):
        questions.withdraw_question(question, actor=cast.officer)
    with at(timezone.now() + timedelta(days=3)):
        questions.withdraw_question(question, actor=cast.priv2)
    lane = Lane.objects.get(pk=question.lane_id)
    assert (lane.status, lane.due_on) == ("open", due_on + timedelta(days=3))
    with pytest.raises(Stale, match="was withdrawn by Paul Privacy"):
        questions.answer_question(question, actor=cast.officer, text="Too late.")
    lanes.decide_lane(lane, actor=cast.priv, verb="sign_off", no_conflict=True)
    with pytest.raises(Stale, match="Signed off"):
        questions.ask(lane, actor=cast.priv, text=ASK, of=cast.officer)


def test_who_may_be_asked_who_may_answer_and_what_is_refused(cast: Any) -> None:
    case = lives.in_review(cast)
    lane = lives.lane(case)
    for person in (cast.manager, cast.crcl, cast.colleague):
        with pytest.raises(Refused, match="goes to the owner"):
            questions.ask(lane, actor=cast.priv, text=ASK, of=person)
    with pytest.raises(Refused, match="Write the question"):
        questions.ask(lane, actor=cast.priv, text="  ", of=cast.officer)
    with pytest.raises(Refused, match="At most 5,000"):
        questions.ask(lane, actor=cast.priv, text="x" * 5_001, of=cast.officer)
    with pytest.raises(Refused, match="Only reviewers of the Privacy Office"):
        questions.ask(lane, actor=cast.crcl, text=ASK, of=cast.officer)
    question = questions.ask(lane, actor=cast.priv, text=ASK, of=cast.officer)
    for person in (cast.colleague, cast.other_officer, cast.caio, cast.priv):
        with pytest.raises(Refused, match="Only Olive Officer and those who answer for the case"):
            questions.answer_question(question, actor=person, text="I say so.")
    questions.answer_question(question, actor=cast.lead, text="The lead knows.")
    assert LaneQuestion.objects.get().ended_by == cast.lead


def test_withdrawing_the_case_closes_lane_and_question(cast: Any) -> None:
    question = asked(cast)
    use_cases.withdraw(question.lane.review.use_case, actor=cast.officer, reason="Given up.")
    question.refresh_from_db()
    assert (question.ended_how, Lane.objects.get(pk=question.lane_id).status) == ("closed", "closed")


def test_the_question_stands_on_the_case_page_and_at_home_with_a_form_and_is_mailed_without_its_words(
    cast: Any, sign_in: Any, mailoutbox: list[Any]
) -> None:
    question = asked(cast)
    case = question.lane.review.use_case
    address = reverse("reviews-answer", args=[question.uuid])
    for page in (text(sign_in(cast.officer).get(case.get_absolute_url())), text(sign_in(cast.officer).get("/"))):
        assert ASK in page and address in page
    assert [todo.what for todo in home.my_cases(cast.officer)][0] == "Answer a question: PRIV"
    page = text(sign_in(cast.auditor).get(case.get_absolute_url()))
    assert ASK in page and address not in page
    notices.dispatch()
    (mail,) = [mail for mail in mailoutbox if "asks you a question" in mail.subject]
    assert mail.to == [cast.officer.email] and ASK not in mail.body and "#questions" in mail.body
    sign_in(cast.officer).post(address, {"text": "Thirty days.", "next": "/"})
    assert LaneQuestion.objects.get().answer == "Thirty days."
    page = text(sign_in(cast.priv).get(reverse("reviews-lane", args=[question.lane.uuid])))
    assert ASK in page and "Thirty days." in page
    answered = sign_in(cast.officer).post(address, {"text": "No, forty.", "next": "https://example.invalid/"})
    assert answered.headers["Location"].startswith("/use-cases/")
    assert Event.objects.filter(kind="act.refused", data__verb="answer_question").count() == 1
    forged = sign_in(cast.colleague).post(address, {"text": "I say."})
    assert forged.status_code == 403


def test_a_question_about_a_restricted_case_does_not_exist_for_others(cast: Any, sign_in: Any) -> None:
    question = asked(cast)
    type(question.lane.review.use_case).objects.update(handling="restricted")
    stranger = make.member("leadership", "Lee Stranger")
    response = sign_in(stranger).post(reverse("reviews-answer", args=[question.uuid]), {"text": "x"})
    assert response.status_code == 404
