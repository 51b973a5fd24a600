"""The Board: agenda, votes, quorum, and the decision written back to the case with the meeting as its authority."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Membership
from audit.models import Event
from audit.workflow import Refused, Stale
from governance.actions import board, decisions, lanes
from governance.actions.decisions import Determined
from governance.models import AgendaItem, Condition, Decision, Review, Vote
from governance.reads.board import tally_of
from registry.models import UseCase
from registry.permissions import visible_to
from tests import lives, make

DUE = timezone.localdate() + timedelta(days=30)


def test_a_referred_case_waits_for_a_meeting_and_is_put_on_it(cast: Any) -> None:
    item = AgendaItem.objects.get(use_case=lives.at_board(cast))
    with pytest.raises(Refused, match="not before a meeting"):
        board.vote(item, actor=cast.member, choice="approve")
    meeting = lives.meeting(cast)
    with pytest.raises(Refused, match="Only the Board's secretary"):
        board.schedule(meeting, [item], actor=cast.chair)
    assert board.schedule(meeting, [item], actor=cast.secretary) == 1
    with pytest.raises(Stale, match="list has changed"):
        board.schedule(meeting, [item], actor=cast.secretary)


def test_the_result_of_the_vote_becomes_the_decision(cast: Any) -> None:
    item = lives.scheduled(cast)
    lives.vote(item, cast, "approve")
    decision = board.close_item(item, actor=cast.secretary, minutes="The Board approved.")
    assert decision is not None
    assert (decision.decided_as, decision.meeting, decision.decided_by) == (
        "AI Governance Board", item.meeting, cast.secretary,
    )  # fmt: skip
    assert lives.reread(item.use_case).status == "approved"
    assert Review.objects.get(use_case=item.use_case).ended_how == "decided"
    assert AgendaItem.objects.get(pk=item.pk).outcome == "approve"


def test_a_vote_can_be_changed_until_the_item_is_closed_and_both_stay_in_the_log(cast: Any) -> None:
    item = lives.scheduled(cast)
    board.vote(item, actor=cast.member, choice="approve")
    lives.vote(item, cast, "reject")
    assert Vote.objects.filter(item=item, member=cast.member).count() == 1
    assert Event.objects.filter(kind="vote.cast", actor=cast.member).count() == 2
    board.close_item(item, actor=cast.secretary, minutes="Refused.")
    with pytest.raises(Stale, match="item is closed"):
        board.vote(item, actor=cast.member, choice="approve")
    assert lives.reread(item.use_case).status == "rejected"


def test_without_a_quorum_nothing_is_decided(cast: Any) -> None:
    item = lives.scheduled(cast)
    board.vote(item, actor=cast.member, choice="approve")
    board.vote(item, actor=cast.chair, choice="recuse")
    with pytest.raises(Refused, match="No quorum: 1 present, 2 needed"):
        board.close_item(item, actor=cast.secretary, minutes="Tried.")
    assert lives.reread(item.use_case).status == "at_board"


def test_a_member_whose_seat_has_ended_counts_no_more(cast: Any) -> None:
    item = lives.scheduled(cast)
    lives.vote(item, cast, "approve")
    yesterday = timezone.localdate() - timedelta(days=1)
    Membership.objects.filter(user=cast.member).update(ends_on=yesterday)
    assert tally_of(item).present == 1


def test_approval_with_conditions_collects_them_from_the_secretary(cast: Any) -> None:
    item = lives.scheduled(cast)
    lives.vote(item, cast, "approve_with_conditions")
    with pytest.raises(Refused, match="at least one condition"):
        board.close_item(item, actor=cast.secretary, minutes="With conditions.")
    assert AgendaItem.objects.get(pk=item.pk).closed_at is None, "nothing half-written"
    board.close_item(item, actor=cast.secretary, minutes="With conditions.", conditions=[("Report monthly.", DUE)])
    assert Condition.objects.get().decision == Decision.objects.get()
    assert lives.reread(item.use_case).status == "approved_with_conditions"


def test_a_deferred_case_goes_back_and_can_be_referred_again(cast: Any) -> None:
    item = lives.scheduled(cast)
    lives.vote(item, cast, "defer")
    assert board.close_item(item, actor=cast.secretary, minutes="More facts are needed.") is None
    case = lives.reread(item.use_case)
    assert case.status == "ready_for_decision"
    again = decisions.refer(case, actor=cast.caio, question="And now?", determined=Determined("not_high_impact"))
    assert again.pk != item.pk
    assert again.review_id == item.review_id, "the round goes on"


def test_an_author_or_a_reviewer_of_the_round_may_only_recuse(cast: Any) -> None:
    for seated in (cast.officer, cast.priv):
        item = lives.scheduled(cast)
        Membership.objects.get_or_create(user=seated, role="board_member")
        person = type(seated).objects.get(pk=seated.pk)
        with pytest.raises(Refused, match="cannot"):
            board.vote(item, actor=person, choice="approve")
        assert board.vote(item, actor=person, choice="recuse").choice == "recuse"


@pytest.mark.parametrize("name", ["secretary", "caio", "leader", "manager"])
def test_who_has_no_seat_does_not_vote(cast: Any, name: str) -> None:
    item = lives.scheduled(cast)
    with pytest.raises(Refused, match="Only seated members"):
        board.vote(item, actor=getattr(cast, name), choice="approve")


def test_an_objection_must_be_answered_in_the_minutes_of_the_decision(cast: Any) -> None:
    case = lives.in_review(cast)
    lanes.decide_lane(lives.lane(case), actor=cast.priv, verb="object", message="It keeps faces.", no_conflict=True)
    determined = Determined("not_high_impact")
    item = decisions.refer(lives.reread(case), actor=cast.caio, question="?", determined=determined)
    board.schedule(lives.meeting(cast), [item], actor=cast.secretary)
    lives.vote(item, cast, "approve")
    with pytest.raises(Refused, match="PRIV objected"):
        board.close_item(item, actor=cast.secretary, minutes="Approved.")
    board.close_item(item, actor=cast.secretary, minutes="Approved.", objections_answered="Deleted at once.")


def test_a_restricted_case_exists_for_the_board_once_it_is_referred(cast: Any) -> None:
    case = lives.ready(cast)
    UseCase.objects.filter(pk=case.pk).update(handling="restricted")
    assert not visible_to(cast.member).filter(pk=case.pk).exists()
    decisions.refer(case, actor=cast.caio, question="?", determined=Determined("not_high_impact"))
    assert visible_to(cast.member).filter(pk=case.pk).exists()
    assert not visible_to(cast.leader).filter(pk=case.pk).exists()


def test_closing_a_meeting_puts_open_items_off_and_their_votes_start_anew(cast: Any) -> None:
    item = lives.scheduled(cast)
    lives.vote(item, cast, "approve")
    assert board.close_meeting(item.meeting, actor=cast.secretary) == 1
    item = AgendaItem.objects.get(pk=item.pk)
    assert item.meeting is None
    assert not item.votes.exists()
    assert Event.objects.filter(kind="vote.cast").count() == 2
    with pytest.raises(Stale, match="meeting is closed"):
        board.close_meeting(lives.meeting(cast).__class__.objects.get(state="closed"), actor=cast.secretary)


def test_the_chief_officer_refers_only_with_a_determination_and_a_deputy_within_reach(cast: Any) -> None:
    case = lives.ready(cast)
    with pytest.raises(Refused, match="Say whether the use is high-impact"):
        decisions.refer(case, actor=cast.caio, question="?")
    with pytest.raises(Refused, match="Chief AI Officer decides this one"):
        decisions.refer(case, actor=cast.deputy, question="?", determined=Determined("high_impact", ("j",)))
    assert decisions.refer(case, actor=cast.deputy, question="?").referred_by == cast.deputy
    assert make.component("CBP").pk == case.component_id
