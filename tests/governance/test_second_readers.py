"""A second reader: another person of the office, without whom nothing the office says takes effect."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from audit.models import Event
from audit.workflow import Refused, Stale
from governance.actions import lanes
from governance.actions.second_readers import agree, disagree, set_second_reader, take_back_decision
from governance.models import Condition, Lane
from tests import lives, make

DUE = timezone.localdate() + timedelta(days=30)


def before_second(cast: Any, verb: str = "sign_off", **words: Any) -> Lane:
    lane = lives.lane(lives.in_review(cast))
    return lanes.decide_lane(lane, actor=cast.priv, verb=verb, second_reader=cast.priv2, **words, no_conflict=True)


def seen(lane: Lane) -> str:
    stamp = Lane.objects.get(pk=lane.pk).proposed_at
    return stamp.isoformat() if stamp else ""


def test_nothing_counts_before_the_second_reader_agrees_and_then_both_names_stand(cast: Any) -> None:
    conditions = [("Name the schedule.", DUE)]
    lane = before_second(cast, "sign_off_with_conditions", message="Fine so.", conditions=conditions)
    case = lane.review.use_case
    assert (lane.status, lives.reread(case).status, Condition.objects.count()) == ("second_reading", "in_review", 0)
    with pytest.raises(Refused, match="Pia Privacy has decided, and Paul Privacy reads it second"):
        lanes.decide_lane(lane, actor=cast.priv2, verb="return", message="No.", no_conflict=True)
    for person, words in ((cast.priv, "You decided it"), (cast.crcl, "Only reviewers of the Privacy Office")):
        with pytest.raises(Refused, match=words):
            agree(lane, actor=person, seen=seen(lane), no_conflict=True)
    agree(lane, actor=cast.priv2, seen=seen(lane), no_conflict=True)
    lane = lives.lane(case)
    assert (lane.status, lane.decided_by, lane.second_reader) == ("signed_off_with_conditions", cast.priv, cast.priv2)
    assert lane.is_second_read and lane.message == "Fine so."
    assert Condition.objects.get().set_by == cast.priv
    assert lives.reread(case).status == "ready_for_decision"
    event = Event.objects.get(kind="lane.signed_off_with_conditions")
    assert (event.actor, event.data["first_reader"]) == (cast.priv2, "Pia Privacy")
    with pytest.raises(Stale, match="nothing to read second"):
        agree(lane, actor=cast.priv2, seen="", no_conflict=True)


def test_the_second_reader_gives_it_back_with_a_note_and_the_first_finds_what_they_wrote(
    cast: Any, sign_in: Any
) -> None:
    lane = before_second(cast, "return", reasons=["retention-missing"])
    with pytest.raises(Refused, match="Say what you see otherwise"):
        disagree(lane, actor=cast.priv2, note=" ", seen=seen(lane))
    disagree(lane, actor=cast.priv2, note="The schedule is named.", seen=seen(lane))
    lane = lives.lane(lane.review.use_case)
    assert (lane.status, lane.assigned_to, lane.decided_by) == ("open", cast.priv, None)
    page = sign_in(cast.priv).get(reverse("reviews-lane", args=[lane.uuid])).content.decode()
    assert "The schedule is named." in page and "how long inputs and outputs are kept" in page
    lanes.decide_lane(lane, actor=cast.priv, verb="sign_off", message="Right.", no_conflict=True)
    assert lives.lane(lane.review.use_case).status == "second_reading", "the second reader stays asked for"
    agree(lane, actor=cast.priv2, seen=seen(lane), no_conflict=True)
    assert lives.reread(lane.review.use_case).status == "ready_for_decision"


def test_what_was_changed_since_it_was_read_is_not_agreed_to(cast: Any) -> None:
    lane = before_second(cast)
    old = seen(lane)
    with pytest.raises(Refused, match="Only Pia Privacy takes back"):
        take_back_decision(lane, actor=cast.priv2)
    take_back_decision(lane, actor=cast.priv)
    with pytest.raises(Stale, match="nothing to read second"):
        agree(lane, actor=cast.priv2, seen=old, no_conflict=True)
    lanes.decide_lane(lane, actor=cast.priv, verb="object", message="It keeps faces.", no_conflict=True)
    with pytest.raises(Stale, match="changed after you read it"):
        agree(lane, actor=cast.priv2, seen=old, no_conflict=True)
    agree(lane, actor=cast.priv2, seen=seen(lane), no_conflict=True)
    assert lives.lane(lane.review.use_case).status == "objected"


def test_who_may_read_second(cast: Any) -> None:
    case = lives.in_review(cast, scr_ato="none")
    lane = lives.lane(case)
    with pytest.raises(Refused, match="no reviewer of the Privacy Office"):
        lanes.decide_lane(lane, actor=cast.priv, verb="sign_off", second_reader=cast.crcl, no_conflict=True)
    with pytest.raises(Refused, match="named as the second reader"):
        lanes.decide_lane(lane, actor=cast.priv, verb="sign_off", second_reader=cast.priv, no_conflict=True)
    lives.answer(case, cast.priv2, benefits="Written by the second one.")
    with pytest.raises(Refused, match="wrote a part of this case"):
        set_second_reader(lane, actor=cast.priv, to=cast.priv2)
    third = make.member("office_reviewer", "Tara Third", office_code="PRIV")
    Membership.objects.create(user=third, role="office_reviewer", office=make.office("CISO"))
    lanes.decide_lane(lane, actor=cast.priv, verb="sign_off", second_reader=third, no_conflict=True)
    with pytest.raises(Refused, match="acts for another office|nobody acts for two offices"):
        lanes.decide_lane(
            lives.lane(case, "CISO"),
            actor=cast.ciso,
            verb="sign_off",
            second_reader=_also_ciso(cast.priv),
            no_conflict=True,
        )
    agree(lane, actor=third, seen=seen(lane), no_conflict=True)
    with pytest.raises(Refused, match="nobody acts for two offices"):
        lanes.decide_lane(lives.lane(case, "CISO"), actor=third, verb="sign_off", no_conflict=True)


def _also_ciso(person: Any) -> Any:
    """Who has put a decision before a second reader acts for that office already."""
    Membership.objects.create(user=person, role="office_reviewer", office=make.office("CISO"))
    return type(person).objects.get(pk=person.pk)


def test_a_second_reader_asked_for_is_not_done_away_with_by_somebody_else(cast: Any) -> None:
    lane = lives.lane(lives.in_review(cast))
    set_second_reader(lane, actor=cast.priv2, to=cast.priv2)
    with pytest.raises(Refused, match="Only reviewers of the Privacy Office"):
        set_second_reader(lane, actor=cast.crcl, to=None)
    with pytest.raises(Refused, match="Paul Privacy asked for a second reader"):
        set_second_reader(lane, actor=cast.priv, to=None)
    lanes.decide_lane(lane, actor=cast.priv, verb="sign_off", no_conflict=True)
    lane = lives.lane(lane.review.use_case)
    assert (lane.status, lane.second_asked_by) == ("second_reading", cast.priv2), "asked for once, it holds"
    with pytest.raises(Refused, match="lies before Paul Privacy"):
        set_second_reader(lane, actor=cast.priv2, to=None)
    third = make.member("office_reviewer", "Tara Third", office_code="PRIV")
    with pytest.raises(Refused, match="is another person"):
        set_second_reader(lane, actor=third, to=cast.priv)
    set_second_reader(lane, actor=third, to=third)
    with pytest.raises(Refused, match="Tara Third was asked"):
        agree(lane, actor=cast.priv2, seen=seen(lane), no_conflict=True)
    agree(lane, actor=third, seen=seen(lane), no_conflict=True)
    with pytest.raises(Stale):
        set_second_reader(lane, actor=third, to=None)


def test_a_first_reader_whose_role_ended_in_between_decides_nothing(cast: Any) -> None:
    lane = before_second(cast)
    Membership.objects.filter(user=cast.priv).update(ends_on=timezone.localdate() - timedelta(days=1))
    with pytest.raises(Refused, match="may not act for the Privacy Office here any more"):
        agree(lane, actor=cast.priv2, seen=seen(lane), no_conflict=True)
    disagree(lane, actor=cast.priv2, note="Taken over.", seen=seen(lane))
    assert lives.lane(lane.review.use_case).status == "open"


def test_the_pages_of_both_readers_and_a_forged_post(cast: Any, sign_in: Any) -> None:
    lane = lives.lane(lives.in_review(cast))
    here = reverse("reviews-lane", args=[lane.uuid])
    given = {"verb": "sign_off", "message": "Fine.", "second_reader": cast.priv2.pk, "no_conflict": "on"}
    sign_in(cast.priv).post(here, given)
    page = sign_in(cast.priv).get(here).content.decode()
    assert "Take it back" in page and "Agree:" not in page
    address = reverse("reviews-agree", args=[lane.uuid])
    sign_in(cast.priv).post(address, {"seen": seen(lane), "no_conflict": "on"})
    assert lives.lane(lane.review.use_case).status == "second_reading"
    assert Event.objects.filter(kind="act.refused", data__verb="agree").count() == 1
    page = sign_in(cast.priv2).get(here).content.decode()
    assert "Agree: Sign off" in page and "Fine." in page and seen(lane) in page
    assert sign_in(cast.crcl).post(address, {"seen": seen(lane), "no_conflict": "on"}).status_code == 403
    sign_in(cast.priv2).post(address, {"seen": seen(lane), "no_conflict": "on"})
    assert lives.lane(lane.review.use_case).status == "signed_off"
