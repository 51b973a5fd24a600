"""Lanes in order, called in, only advising: what actions enforce, and that a round keeps the routes it began with."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.models import Membership, Office
from audit.models import Event
from audit.workflow import Refused, Stale
from governance import lifecycles, routing
from governance.actions import decisions, lane_opening, lanes
from governance.actions.decisions import Determined
from governance.models import Lane, Review
from governance.reads import next_step
from registry.models import NeedToKnow, UseCase
from registry.permissions import visible_to
from registry.permissions.talk import viewers
from tests import lives, make

HIGH = {"is_high_impact": "high_impact", "scr_presumed_categories": ["m"]}


def own_officer(code: str = "CBP", name: str = "Carla Own") -> Any:
    person = make.person(name)
    Membership.objects.create(user=person, role="office_reviewer", office=make.own_office(code))
    return person


def days(lane: Lane) -> int:
    return (lane.due_on - timezone.localdate()).days


# -- order ------------------------------------------------------------------------------------------


def test_the_later_lane_waits_and_its_clock_starts_when_the_earlier_one_signs(cast: Any) -> None:
    officer = own_officer()
    case = lives.in_review(cast)
    first, later = lives.lane(case, "CBP-PRIV"), lives.lane(case, "PRIV")
    assert (first.status, days(first), first.after) == ("open", 5, [])
    assert (later.status, days(later), later.after) == ("waiting", 15, ["CBP-PRIV"])
    assert "PRIV follows CBP-PRIV" in next_step.next_step(case).then
    with pytest.raises(Refused, match="waits for CBP-PRIV"):
        lanes.decide_lane(later, actor=cast.priv, verb="sign_off", no_conflict=True)
    lanes.decide_lane(first, actor=officer, verb="sign_off", no_conflict=True)
    assert lives.reread(case).status == "in_review", "a lane that waits is still owed"
    later = lives.lane(case, "PRIV")
    assert (later.status, days(later)) == ("open", 10)
    assert Event.objects.filter(kind="lane.started", subject_id=str(later.uuid)).count() == 1
    lanes.decide_lane(later, actor=cast.priv, verb="sign_off", no_conflict=True)
    assert lives.reread(case).status == "ready_for_decision"


@pytest.mark.parametrize("verb", ["object", "not_applicable"])
def test_the_later_lane_starts_whatever_the_earlier_office_says_but_a_return(cast: Any, verb: str) -> None:
    officer = own_officer()
    case = lives.in_review(cast)
    lanes.decide_lane(lives.lane(case, "CBP-PRIV"), actor=officer, verb=verb, message="Because.", no_conflict=True)
    assert lives.lane(case, "PRIV").status == "open"


def test_a_return_of_the_earlier_office_closes_the_later_one_and_its_sign_off_carries_over_in_order(cast: Any) -> None:
    officer = own_officer()
    case = lives.in_review(cast, scr_ato="none")
    lanes.decide_lane(lives.lane(case, "CBP-PRIV"), actor=officer, verb="sign_off", no_conflict=True)
    lanes.decide_lane(lives.lane(case, "PRIV"), actor=cast.priv, verb="sign_off", no_conflict=True)
    lanes.decide_lane(lives.lane(case, "CISO"), actor=cast.ciso, verb="return", message="Say more.", no_conflict=True)
    case = lives.to_review_again(lives.answer(case, cast.officer, benefits="Said more."), cast)
    assert [lives.lane(case, code).carried_from is not None for code in ("CBP-PRIV", "PRIV")] == [True, True]
    lanes.decide_lane(
        lives.lane(case, "CISO"), actor=cast.ciso, verb="return", message="Say still more.", no_conflict=True
    )
    case = lives.to_review_again(lives.answer(case, officer, benefits="Written by the component's officer."), cast)
    assert [lives.lane(case, code).status for code in ("CBP-PRIV", "PRIV")] == ["open", "waiting"]
    other = own_officer(name="Carl Own")
    lanes.decide_lane(lives.lane(case, "CBP-PRIV"), actor=other, verb="return", message="No.", no_conflict=True)
    assert lives.lane(case, "PRIV").status == "closed"


def test_a_components_officer_sees_the_cases_of_the_component_and_no_other(cast: Any) -> None:
    officer = own_officer()
    here, there = lives.submitted(cast), make.use_case(component_code="FEMA", status="recorded")
    hidden = lives.submitted(cast)
    UseCase.objects.filter(pk=hidden.pk).update(handling="restricted")
    assert set(visible_to(officer)) == {here}
    assert {case.pk for case in UseCase.objects.all() if officer in viewers(case)} == {here.pk}
    assert there in visible_to(cast.priv), "the Privacy Office itself looks across components"
    with pytest.raises(Refused, match="Only reviewers of the Privacy Office"):
        lanes.decide_lane(lives.lane(lives.in_review(cast), "PRIV"), actor=officer, verb="sign_off", no_conflict=True)


# -- called in --------------------------------------------------------------------------------------


def test_an_office_calls_in_a_case_it_may_see_with_a_reason_and_the_round_waits_for_it(cast: Any) -> None:
    case = lives.in_review(cast)
    office = Office.objects.get(code="CRCL")
    with pytest.raises(Refused, match="Say what your office"):
        lane_opening.call_in(case, actor=cast.crcl, office=office, reason=" ")
    with pytest.raises(Refused, match="Only reviewers of the Office for Civil Rights"):
        lane_opening.call_in(case, actor=cast.priv, office=office, reason="I want it.")
    lane = lane_opening.call_in(case, actor=cast.crcl, office=office, reason="Names may stand for groups.")
    assert lane.because == ["Called in by Cara Civil: Names may stand for groups."]
    assert (days(lane), lane.called_in_by) == (10, cast.crcl)
    assert NeedToKnow.objects.filter(use_case=case, office=office).exists()
    assert Event.objects.get(kind="lane.called_in").reason.endswith("Names may stand for groups.")
    with pytest.raises(Stale, match="has a lane in this round already"):
        lane_opening.call_in(case, actor=cast.crcl, office=office, reason="Again.")
    lanes.decide_lane(lives.lane(case), actor=cast.priv, verb="sign_off", no_conflict=True)
    assert lives.reread(case).status == "in_review"
    lanes.decide_lane(lane, actor=cast.crcl, verb="return", message="Say which names.", no_conflict=True)
    case = lives.to_review_again(lives.answer(case, cast.officer, benefits="Said."), cast)
    again = lives.lane(case, "CRCL")
    assert (again.status, again.rules, again.called_in_by) == ("open", ["called-in"], cast.crcl), "it comes back to it"
    lanes.decide_lane(again, actor=cast.crcl, verb="sign_off", no_conflict=True)
    assert lives.reread(case).status == "ready_for_decision"
    with pytest.raises(Stale, match="while the offices review it"):
        lane_opening.call_in(case, actor=cast.ogc, office=Office.objects.get(code="OGC"), reason="Late.")


def test_an_office_calls_in_nothing_it_may_not_see(cast: Any) -> None:
    case = lives.in_review(cast)
    stranger = own_officer("FEMA")
    with pytest.raises(Refused, match="only a case it may see"):
        lane_opening.call_in(case, actor=stranger, office=make.own_office("FEMA"), reason="Curious.")
    Membership.objects.create(user=stranger, role="auditor")
    stranger = type(stranger).objects.get(pk=stranger.pk)
    with pytest.raises(Refused, match="own component only"):
        lane_opening.call_in(case, actor=stranger, office=make.own_office("FEMA"), reason="Curious.")
    UseCase.objects.filter(pk=case.pk).update(handling="restricted")
    with pytest.raises(Refused, match="only a case it may see"):
        lane_opening.call_in(case, actor=cast.crcl, office=Office.objects.get(code="CRCL"), reason="Curious.")
    assert Lane.objects.filter(review__use_case=case).count() == 1


# -- frozen -----------------------------------------------------------------------------------------


def test_a_new_edition_under_a_running_round_moves_nothing_of_it(cast: Any, monkeypatch: Any) -> None:
    officer = own_officer()
    case = lives.in_review(cast)
    review = Review.objects.get(use_case=case)
    kept = review.routes
    newer = routing.Edition(
        "2026-11-02", "A test.",
        tuple(routing.Office(code, 99, "Otherwise now.", advises=code == "CISO") for code in ("PRIV", "CRCL", "CISO")),
        (), "0" * 64, called_in=77,
    )  # fmt: skip
    monkeypatch.setattr(routing, "in_force", lambda as_of: newer)
    assert routing.in_force(timezone.localdate()) is newer
    called = lane_opening.call_in(case, actor=cast.ciso, office=Office.objects.get(code="CISO"), reason="A new host.")
    policy = lane_opening.call_in(
        case, actor=make.member("office_reviewer", office_code="PLCY"), office=make.office("PLCY"), reason="Policy."
    )
    assert (days(called), called.is_advisory, days(policy)) == (10, False, 10), "by the terms frozen in the round"
    lanes.decide_lane(lives.lane(case, "CBP-PRIV"), actor=officer, verb="sign_off", no_conflict=True)
    later = lives.lane(case, "PRIV")
    assert (later.status, days(later)) == ("open", 10)
    review.refresh_from_db()
    assert (review.routes, review.routes_edition) == (kept, "2026-11-01")
    for code, person in (("PRIV", cast.priv), ("CISO", cast.ciso)):
        lanes.decide_lane(lives.lane(case, code), actor=person, verb="sign_off", no_conflict=True)
    assert lives.reread(case).status == "in_review", "the office called in signs too"


# -- advice -----------------------------------------------------------------------------------------


def test_advice_is_recorded_blocks_nothing_and_never_sends_back(cast: Any) -> None:
    case = lives.in_review(cast, **HIGH)
    group = lives.lane(case, "RUG")
    assert group.is_advisory
    for verb in ("sign_off", "sign_off_with_conditions", "return", "object"):
        with pytest.raises(Refused, match="advises: its advice is recorded"):
            lanes.decide_lane(group, actor=cast.rug, verb=verb, message="No.", no_conflict=True)
    with pytest.raises(Refused, match="Choose one of the decisions"):
        lanes.decide_lane(lives.lane(case), actor=cast.priv, verb="advise", message="I advise.", no_conflict=True)
    with pytest.raises(Refused, match="Write your advice"):
        lanes.decide_lane(group, actor=cast.rug, verb="advise", no_conflict=True)
    for office, person in (("PRIV", cast.priv), ("ST", cast.st)):
        lanes.decide_lane(lives.lane(case, office), actor=person, verb="sign_off", no_conflict=True)
    assert lives.reread(case).status == "ready_for_decision", "nobody waits for advice"
    lanes.decide_lane(
        lives.lane(case, "RUG"), actor=cast.rug, verb="advise", message="Tell people first.", no_conflict=True
    )
    group = lives.lane(case, "RUG")
    assert (group.status, group.message) == ("advised", "Tell people first.")
    assert lives.reread(case).status == "ready_for_decision"
    with pytest.raises(DatabaseError), transaction.atomic():
        Lane.objects.filter(pk=lives.lane(case, "ST").pk).update(is_advisory=True)


def test_advice_nobody_gave_is_closed_by_the_decision(cast: Any) -> None:
    case = lives.in_review(cast, **HIGH)
    for office, person in (("PRIV", cast.priv), ("ST", cast.st)):
        lanes.decide_lane(lives.lane(case, office), actor=person, verb="sign_off", no_conflict=True)
    decisions.decide(
        lives.reread(case), actor=cast.caio, outcome="approve", reason="Fine.",
        determined=Determined("high_impact", ("m",)),
    )  # fmt: skip
    assert lives.lane(case, "RUG").status == "closed"
    with pytest.raises(Stale):
        lanes.decide_lane(lives.lane(case, "RUG"), actor=cast.rug, verb="advise", message="Late.", no_conflict=True)


def test_not_applicable_needs_a_reason_counts_as_answered_and_carries_over(cast: Any) -> None:
    case = lives.in_review(cast, scr_ato="none")
    with pytest.raises(Refused, match="Say why there is nothing"):
        lanes.decide_lane(lives.lane(case), actor=cast.priv, verb="not_applicable", no_conflict=True)
    lanes.decide_lane(
        lives.lane(case), actor=cast.priv, verb="not_applicable", message="The names are invented.", no_conflict=True
    )
    lanes.decide_lane(lives.lane(case, "CISO"), actor=cast.ciso, verb="return", message="Say more.", no_conflict=True)
    case = lives.to_review_again(lives.answer(case, cast.officer, benefits="Said more."), cast)
    lane = lives.lane(case)
    assert (lane.status, lane.message, lane.decided_by) == ("not_applicable", "The names are invented.", cast.priv)
    lanes.decide_lane(lives.lane(case, "CISO"), actor=cast.ciso, verb="sign_off", no_conflict=True)
    assert lives.reread(case).status == "ready_for_decision"


# -- the database -----------------------------------------------------------------------------------


def test_the_database_refuses_every_pair_of_lane_states_outside_the_table(cast: Any) -> None:
    states = {state.value for state in Lane.State}
    assert states == {state for pair in lifecycles.lane_pairs() for state in pair}
    review = Review.objects.get(use_case=lives.in_review(cast))
    ways = {"open": [], "waiting": []}
    for source in sorted(states - set(ways)):
        ways[source] = [source] if ("open", source) in lifecycles.lane_pairs() else []
    let_through = set()
    for source in sorted(states):
        for target in sorted(states - {source}):
            try:
                with transaction.atomic():
                    row = Lane.objects.create(
                        review=review, office=make.office("OGC"), due_on=timezone.localdate() + timedelta(days=1),
                        status=source if source in lifecycles.BORN else "open",
                    )  # fmt: skip
                    for step in ways[source]:
                        Lane.objects.filter(pk=row.pk).update(status=step)
                    Lane.objects.filter(pk=row.pk).update(status=target)
                    let_through.add((source, target))
                    transaction.set_rollback(True)
            except DatabaseError as error:
                assert "Invalid transition" in str(error)
    assert let_through == lifecycles.lane_pairs()
    for state in sorted(states - set(lifecycles.BORN)):
        with pytest.raises(DatabaseError, match="is born open or waiting"), transaction.atomic():
            Lane.objects.create(review=review, office=make.office("OGC"), due_on=timezone.localdate(), status=state)
