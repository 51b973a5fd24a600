"""A rejection is looked at again once, by another; suspensions say what has to be mended before the use resumes."""

from __future__ import annotations

from typing import Any

import pytest

from audit.models import Event
from audit.workflow import Refused
from governance.actions import board, decisions, lanes, reconsiderations, use_cases
from governance.models import AgendaItem, Reconsideration, Review, Suspension
from governance.reads import rounds
from registry.models import UseCase
from tests import lives


def again(case: UseCase, actor: Any, what_is_new: str = "The test report came in.") -> Reconsideration:
    return reconsiderations.ask_reconsideration(
        case, actor=actor, reason="The pilot was limited since.", what_is_new=what_is_new
    )


def board_says(case: UseCase, cast: Any, outcome: str, **columns: Any) -> Any:
    item = AgendaItem.objects.get(use_case=case, closed_at=None)
    board.schedule(lives.meeting(cast), [item], actor=cast.secretary)
    lives.vote(item, cast, outcome)
    return board.close_item(
        AgendaItem.objects.get(pk=item.pk), actor=cast.secretary, minutes="The Board weighed it.", **columns
    )


def test_what_the_officer_rejected_goes_to_the_board_and_a_second_no_is_final(cast: Any) -> None:
    case = lives.decided(cast, "reject")
    for person in (cast.other_officer, cast.caio, cast.manager):
        with pytest.raises(Refused, match="Only the owner"):
            again(case, person)
    with pytest.raises(Refused, match="what is new"):
        again(case, cast.officer, " ")
    row = again(case, cast.officer)
    assert (lives.reread(case).status, row.goes_to) == ("at_board", "AI Governance Board")
    assert "which is another" in row.goes_because
    assert Event.objects.get(kind="use_case.reconsideration_asked").data["because"] == row.goes_because
    with pytest.raises(Refused, match="by now"):  # twice at once
        again(case, cast.lead)
    board_says(case, cast, "reject")
    case = lives.reread(case)
    assert case.status == "rejected"
    with pytest.raises(Refused, match="final until the answers are materially new"):
        again(case, cast.officer)
    with pytest.raises(Refused, match="Nothing has changed"):
        lives.send(case, cast)
    case = lives.answer(case, cast.officer, benefits="Other words for the same thing.")
    with pytest.raises(Refused, match="only when its answers are materially new"):
        lives.send(case, cast)
    case = lives.send(lives.answer(case, cast.officer, classification="nlp"), cast)
    assert case.status == "submitted"


def test_a_deputys_rejection_goes_to_the_officer_and_never_back_to_the_deputy(cast: Any) -> None:
    case = lives.decided(cast, "reject", actor=cast.deputy)
    row = again(case, cast.lead)
    assert (lives.reread(case).status, row.goes_to) == ("ready_for_decision", "Chief AI Officer")
    say = {"outcome": "approve", "reason": "The limits hold.", "determined": lives.NOT_HIGH}
    with pytest.raises(Refused, match="You rejected it"):
        decisions.decide(case, actor=cast.deputy, **say)
    decision = decisions.decide(case, actor=cast.caio, **say)
    assert decision and (lives.reread(case).status, decision.revision) == ("approved", row.decision.revision)


def test_an_objection_of_the_rejected_round_must_still_be_answered(cast: Any) -> None:
    case = lives.in_review(cast)
    lanes.decide_lane(lives.lane(case), actor=cast.priv, verb="object", message="No notice.", no_conflict=True)
    decisions.decide(
        case, actor=cast.caio, outcome="reject", reason="The objection stands.", determined=lives.NOT_HIGH,
        objections_answered="It is right.",
    )  # fmt: skip
    again(case, cast.officer)
    review = Review.objects.latest("round")
    assert rounds.objecting(review) == ["PRIV"] and rounds.acted_for(review, cast.priv) == ["PRIV"]
    with pytest.raises(Refused, match="PRIV objected"):
        board_says(case, cast, "approve")
    AgendaItem.objects.filter(closed_at=None).update(meeting=None)


def test_the_officer_whom_the_board_gives_it_back_refers_it_and_decides_nothing(cast: Any) -> None:
    case = lives.decided(cast, "reject")
    again(case, cast.officer)
    board_says(case, cast, "defer")
    assert lives.reread(case).status == "ready_for_decision"
    with pytest.raises(Refused, match="Refer it"):
        decisions.decide(case, actor=cast.caio, outcome="approve", reason="x", determined=lives.NOT_HIGH)
    decisions.refer(case, actor=cast.caio, question="Once more?", determined=lives.NOT_HIGH)
    assert lives.reread(case).status == "at_board"


def test_an_unchanged_rejected_case_is_not_sent_again_past_the_one_reconsideration(cast: Any) -> None:
    case = lives.decided(cast, "reject")
    with pytest.raises(Refused, match="ask for reconsideration"):
        lives.send(case, cast)
    assert lives.send(lives.answer(case, cast.officer, benefits="Half a day less."), cast).status == "submitted"


def test_a_suspension_says_what_has_to_be_mended_and_how_it_was(cast: Any) -> None:
    case = lives.decided(cast)
    use_cases.suspend(case, actor=cast.caio, reason="It ran outside of the site.", to_mend="Limit it to the site.")
    row = Suspension.objects.get()
    assert (row.to_mend, row.suspended_by, row.ended_at) == ("Limit it to the site.", cast.caio, None)
    with pytest.raises(Refused):
        use_cases.resume(case, actor=cast.caio, reason=" ")
    assert Suspension.objects.get().ended_at is None
    use_cases.resume(case, actor=cast.caio, reason="A fence was set up.")
    row.refresh_from_db()
    assert (row.mended, row.ended_by, row.ended_how) == ("A fence was set up.", cast.caio, "approved")
