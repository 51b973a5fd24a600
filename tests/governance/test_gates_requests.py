"""A decided case asks to be piloted or deployed: what stands in the way, and what a yes and a no leave behind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.models import Event
from audit.workflow import Refused, Stale
from governance.actions import board, decisions, lanes, reviews, stage_requests, use_cases
from governance.condition_terms import NOTHING, Terms
from governance.models import AgendaItem, Decision, Finding, Lane, Review, StageRequest
from registry.models import UseCase
from tests import lives, make
from tests.governance import scenes

TODAY = timezone.localdate()
SOON = TODAY + timedelta(days=30)

HIGH = {"is_high_impact": "high_impact", "hi_testing_conducted": "in_progress"}
USED = ("operational_date", "contracting_usage", "have_ato", "system_name_ato", "data_description", "has_pii",
        "demographic_features", "has_custom_code")  # fmt: skip


def ask(case: UseCase, actor: Any, stage: str = "pilot", **columns: Any) -> StageRequest:
    given = {"stage": stage, "reason": "The tests went well.", "planned_on": SOON,
             "opened_on": lives.reread(case).revision_number, **columns}  # fmt: skip
    return stage_requests.request_stage(case, actor=actor, **given)


def to_decision(case: UseCase, cast: Any) -> UseCase:
    """Endorsed and triaged; what did not change carries over, what did is signed."""
    case = lives.open_lanes(lives.endorse(case, cast), cast)
    for row in Lane.objects.filter(review__use_case=case, status="open", office__code="PRIV"):
        lanes.decide_lane(lives.lane(case), actor=cast.priv, verb="sign_off", no_conflict=True)
        assert row.pk
    return lives.reread(case)


def say(case: UseCase, cast: Any, outcome: str, **columns: Any) -> Any:
    return decisions.decide(
        case, actor=cast.caio, outcome=outcome, reason="Because of the tests, invented.", determined=lives.NOT_HIGH,
        **columns,
    )  # fmt: skip


def test_a_yes_covers_the_wanted_stage_and_what_did_not_change_carries_over(cast: Any) -> None:
    case = lives.decided(cast)
    ask(case, cast.officer)
    assert lives.reread(case).status == "submitted"
    case = lives.open_lanes(lives.endorse(case, cast), cast)
    assert case.status == "ready_for_decision", "no lane's opening answers changed, so the CAIO decides at once"
    assert lives.lane(case).carried_from is not None
    decision = say(case, cast, "approve")
    case = lives.reread(case)
    assert (decision.covers_stage, case.status, case.stage) == ("pilot", "approved", "pre_deployment")
    asked = StageRequest.objects.get()
    assert (asked.state, asked.closed_by, asked.rests_on.covers_stage) == ("granted", cast.caio, "pre_deployment")
    event = Event.objects.get(kind="use_case.stage_requested")
    assert event.data["stage"] == "pilot" and event.actor == cast.officer


@pytest.mark.parametrize("outcome", ["approve", "approve_with_conditions"])
def test_a_no_leaves_the_decision_before_it_standing(outcome: str, cast: Any) -> None:
    case = decided(cast, outcome)
    before = Decision.objects.get()
    ask(case, cast.officer)
    assert say(to_decision(case, cast), cast, "reject") is None
    case = lives.reread(case)
    assert case.status == before.outcome and list(Decision.objects.all()) == [before]
    asked = StageRequest.objects.get()
    assert (asked.state, asked.closed_because) == ("declined", "Because of the tests, invented.")
    assert not Review.objects.filter(ended_at=None).exists()
    ask(case, cast.officer)  # it may ask again


def decided(cast: Any, outcome: str = "approve", **answers: Any) -> UseCase:
    case = lives.ready(cast, **answers)
    conditions = [Terms("Report monthly.", SOON, NOTHING)] if outcome == "approve_with_conditions" else ()
    say(case, cast, outcome, conditions=conditions)
    return lives.reread(case)


def test_the_board_declines_as_the_officer_does(cast: Any) -> None:
    case = lives.decided(cast)
    ask(case, cast.officer)
    case = to_decision(case, cast)
    decisions.refer(case, actor=cast.caio, question="May it be piloted?", determined=lives.NOT_HIGH)
    item = AgendaItem.objects.get(closed_at=None)
    board.schedule(lives.meeting(cast), [item], actor=cast.secretary)
    lives.vote(item, cast, "reject")
    assert board.close_item(AgendaItem.objects.get(pk=item.pk), actor=cast.secretary, minutes="Not yet.") is None
    assert (lives.reread(case).status, StageRequest.objects.get().state) == ("approved", "declined")


def test_sent_back_it_is_asked_anew_by_sending_and_can_be_taken_back(cast: Any) -> None:
    case = lives.decided(cast)
    ask(case, cast.officer)
    reviews.send_back(case, actor=cast.lead, message="Name the site.")
    case = lives.send(case, cast)
    assert Review.objects.latest("round").wanted_stage == "pilot"
    stage_requests.take_request_back(case, actor=cast.officer, reason="The site fell away.")
    case = lives.reread(case)
    assert (case.status, StageRequest.objects.get().state) == ("approved", "taken_back")
    with pytest.raises(Refused, match="No request|by now"):
        stage_requests.take_request_back(case, actor=cast.officer, reason="Again.")


def test_what_stands_in_the_way(cast: Any) -> None:
    blocked = lives.decided(cast, "approve_with_conditions")  # its condition blocks the next stage
    with pytest.raises(Refused, match="blocks this stage until it is met and accepted: Name the retention"):
        ask(blocked, cast.officer)
    high = lives.answer(lives.decided(cast), cast.officer, **make.answers(**lives.PRIVACY, **HIGH))
    with pytest.raises(Refused, match="Practices required at this stage are not met yet: pre-deployment testing"):
        ask(high, cast.officer, "deployed")
    ask(high, cast.officer, "pilot")  # owed from the first day of use only
    plain = lives.decided(cast)
    with pytest.raises(Refused, match="planned day has passed"):
        ask(plain, cast.officer, planned_on=TODAY - timedelta(days=1))
    with pytest.raises(Refused, match="Choose a stage beyond"):
        ask(plain, cast.officer, "pre_deployment")
    with pytest.raises(Refused, match="Say why"):
        ask(plain, cast.officer, reason=" ")
    with pytest.raises(Refused, match="Only the owner"):
        ask(plain, cast.other_officer)
    with pytest.raises(Stale, match="changed after you looked"):
        ask(plain, cast.officer, opened_on=99)
    ask(plain, cast.officer)
    with pytest.raises(Stale, match="by now"):  # twice at once: the second finds it sent
        ask(plain, cast.lead)
    assert StageRequest.objects.filter(use_case=plain).count() == 1


def test_a_changed_answer_opens_its_lane_again(cast: Any) -> None:
    case = lives.answer(lives.decided(cast), cast.officer, scr_vendor="yes", vendor_name="Invented Vendor")
    ask(case, cast.officer)
    case = lives.open_lanes(lives.endorse(case, cast), cast)
    states = dict(
        Lane.objects.filter(review__use_case=case, review__ended_at=None).values_list("office__code", "status")
    )
    assert case.status == "in_review" and states["PRIV"] == "signed_off" and states["OCPO"] == "open"


def test_withdrawing_the_case_ends_its_request(cast: Any) -> None:
    case = lives.decided(cast)
    ask(case, cast.officer)
    use_cases.withdraw(case, actor=cast.officer, reason="Given up.", ground="given_up")
    assert StageRequest.objects.get().state == "over"


def test_a_stage_reported_beyond_the_decision_is_stored_and_found(cast: Any) -> None:
    scenes.catalogue()
    case = lives.decided(cast)
    used = {name: make.DEPLOYED_HIGH_IMPACT[name] for name in USED}
    scenes.refile(case, on=TODAY, **make.answers(**lives.PRIVACY, development_stage="deployed", **used))
    scenes.run(TODAY)
    found = Finding.objects.filter(use_case=case, state="open")
    assert [row.message for row in found if "without approval" in row.message] == [
        "It is deployed without approval: the decision covers pre-deployment."
    ]
    case = lives.reread(case)
    assert (case.stage, case.status) == ("deployed", "approved")
    ask(case, cast.officer, "deployed")
    say(to_decision(case, cast), cast, "approve")
    scenes.run(TODAY)
    assert not [row for row in found.all() if "without approval" in row.message]
