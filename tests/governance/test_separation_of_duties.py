"""Nobody endorses, signs, decides or votes on their own case (design section 4), in the action and not the page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Component, Membership
from audit.workflow import Refused
from governance.actions import decisions, lanes, reviews
from governance.actions.decisions import Determined
from governance.models import Decision
from governance.reads import verbs
from registry.models import UseCase
from tests import lives, make

NOT_HIGH = Determined("not_high_impact")
DUE = timezone.localdate() + timedelta(days=30)


def decide(case: UseCase, actor: Any, **changes: Any) -> Decision:
    wanted = {"outcome": "approve", "reason": "It is limited.", "determined": NOT_HIGH, **changes}
    return decisions.decide(case, actor=actor, **wanted)


def test_a_lead_cannot_endorse_what_the_lead_wrote(cast: Any) -> None:
    case = lives.answer(lives.draft(cast), cast.lead, benefits="Written by the lead.")
    case = lives.send(case, cast)
    with pytest.raises(Refused, match="you cannot endorse it"):
        reviews.endorse(case, actor=cast.lead)


def test_a_lead_cannot_endorse_what_the_lead_submitted(cast: Any) -> None:
    case = lives.send(lives.draft(cast), cast, cast.lead)
    with pytest.raises(Refused, match="you cannot endorse it"):
        reviews.endorse(case, actor=cast.lead)


def test_a_reviewer_cannot_sign_off_an_own_submission(cast: Any) -> None:
    Membership.objects.create(user=cast.officer, role="office_reviewer", office=make.office("PRIV"))
    case = lives.in_review(cast)
    with pytest.raises(Refused, match="you cannot sign it"):
        lanes.decide_lane(lives.lane(case), actor=cast.officer, verb="sign_off", no_conflict=True)


def test_authorship_ends_with_the_decision(cast: Any) -> None:
    case = lives.decided(cast)
    case = lives.send(lives.answer(case, cast.colleague, benefits="Written anew."), cast, cast.lead)
    second_lead = make.member("component_lead", "Second Lead", component_code="CBP")
    Membership.objects.create(user=cast.officer, role="component_lead", component=case.component)
    assert verbs.refusals("endorse", second_lead, case) == []
    officer = type(cast.officer).objects.get(pk=cast.officer.pk)
    assert verbs.refusals("endorse", officer, case) == [], "wrote only what was decided already"
    assert verbs.refusals("endorse", cast.lead, case) != []


def test_nobody_acts_for_two_offices_in_one_round(cast: Any) -> None:
    Membership.objects.create(user=cast.priv, role="office_reviewer", office=make.office("CRCL"))
    case = lives.in_review(cast, scr_rights_safety="yes")
    lanes.decide_lane(lives.lane(case), actor=cast.priv, verb="sign_off", no_conflict=True)
    with pytest.raises(Refused, match="nobody acts for two offices"):
        lanes.decide_lane(lives.lane(case, "CRCL"), actor=cast.priv, verb="sign_off", no_conflict=True)


def test_nobody_is_reviewer_and_decider_in_one_round(cast: Any) -> None:
    Membership.objects.create(user=cast.priv, role="caio")
    case = lives.ready(cast)
    with pytest.raises(Refused, match="cannot also decide"):
        decide(case, cast.priv)


def test_the_chief_officer_cannot_decide_what_the_chief_officer_wrote(cast: Any) -> None:
    case = lives.answer(lives.draft(cast), cast.caio, benefits="Written by the chief officer.")
    case = lives.to_review_again(case, cast)
    lanes.decide_lane(lives.lane(case), actor=cast.priv, verb="sign_off", no_conflict=True)
    with pytest.raises(Refused, match="you cannot decide it"):
        decide(lives.reread(case), cast.caio)


def test_a_case_of_the_chief_officers_own_office_is_decided_by_the_board_only(cast: Any) -> None:
    case = lives.ready(cast)
    Component.objects.filter(pk=case.component_id).update(is_caio_office=True)
    with pytest.raises(Refused, match="The Board decides it"):
        decide(case, cast.caio)
    assert decisions.refer(case, actor=cast.caio, question="May it go on?", determined=NOT_HIGH).pk


@pytest.mark.parametrize("impact", ["high_impact", "presumed_not_high_impact"])
def test_a_deputy_decides_only_what_is_not_high_impact(cast: Any, impact: str) -> None:
    more = {"is_high_impact": impact, "scr_presumed_categories": ["m"], "hi_justification": "No decision rests on it."}
    case = lives.in_review(cast, **more)
    for office, person in (("PRIV", cast.priv), ("ST", cast.st)):
        lanes.decide_lane(lives.lane(case, office), actor=person, verb="sign_off", no_conflict=True)
    with pytest.raises(Refused, match="Chief AI Officer decides this one"):
        decide(lives.reread(case), cast.deputy)


def test_a_deputy_cannot_determine_high_impact_and_decide_all_the_same(cast: Any) -> None:
    with pytest.raises(Refused, match="Chief AI Officer decides this one"):
        decide(lives.ready(cast), cast.deputy, determined=Determined("high_impact", ("j",)))
    assert decide(lives.reread(UseCase.objects.get()), cast.deputy).decided_as == "Deputy Chief AI Officer"
