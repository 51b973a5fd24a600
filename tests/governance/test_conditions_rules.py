"""Conditions: whose they are, what they block, who accepts them, and how overdue ones are taken further."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Membership, User
from audit.models import Event
from audit.workflow import Refused, Stale
from governance import condition_terms
from governance.actions import condition_upkeep, conditions, decisions, lanes, notices
from governance.actions.decisions import Determined
from governance.compliance.permissions import verification_refusals
from governance.condition_terms import Terms
from governance.models import Condition, ConditionEscalation
from governance.reads import conditions as reads
from tests import lives, make
from tests.matrix_people import condition_of, proof

TODAY = timezone.localdate()
SOON = TODAY + timedelta(days=20)


@pytest.mark.parametrize(
    ("stage", "set_at", "blocked"),
    [
        ("pilot", "pre_deployment", True),
        ("deployed", "pre_deployment", True),
        ("deployed", "pilot", True),
        ("pilot", "pilot", False),
        ("pre_deployment", "pilot", False),
        ("retired", "pilot", False),
        ("deployed", "", True),
        ("pre_deployment", "", False),
    ],
)
def test_only_a_later_stage_is_beyond(stage: str, set_at: str, blocked: bool) -> None:
    assert condition_terms.is_beyond(stage, set_at) is blocked


def test_a_condition_goes_from_its_owner_to_who_set_it_and_back(cast: Any) -> None:
    row = condition_of(cast, owner_id=cast.colleague.pk, consequence="The pilot ends.")
    assert (row.answerable, row.set_at_stage, row.blocks) == (cast.colleague, "pre_deployment", "next_stage")
    shows = proof(cast, row)
    with pytest.raises(Stale, match="nothing to judge"):
        conditions.accept_met(row, actor=cast.priv)
    with pytest.raises(Refused, match="Choose the evidence"):
        conditions.report_met(row, proof=None, note="It is there.", actor=cast.colleague)
    with pytest.raises(Refused, match="Choose the evidence"):
        conditions.report_met(row, proof=proof(cast, condition_of(cast)), actor=cast.colleague)
    with pytest.raises(Refused, match="Only Colin Colleague"):
        conditions.report_met(row, proof=shows, actor=cast.priv)
    conditions.report_met(row, proof=shows, note="Schedule 12.", actor=cast.colleague)
    for person in (cast.colleague, cast.officer, cast.crcl, cast.manager):
        with pytest.raises(Refused):
            conditions.accept_met(row, actor=person)
    with pytest.raises(Refused, match="still missing"):
        conditions.not_accept(row, actor=cast.priv2, reason=" ")
    conditions.not_accept(row, actor=cast.priv2, reason="It names no years.")
    row.refresh_from_db()
    assert (row.state, row.proof, row.not_accepted) == ("open", None, "It names no years.")
    assert Event.objects.get(kind="condition.not_accepted").data["evidence"] == str(shows.uuid)
    conditions.report_met(row, proof=shows, actor=cast.officer)
    conditions.accept_met(row, actor=cast.priv)
    assert Condition.objects.get(pk=row.pk).accepter == "Pia Privacy"
    with pytest.raises(Stale):
        conditions.move_due(row, actor=cast.priv, due_on=SOON + timedelta(days=9), reason="More time.")


def test_only_who_set_it_moves_its_day_and_says_why(cast: Any) -> None:
    row = condition_of(cast)
    for person in (cast.priv2, cast.officer, cast.caio):
        with pytest.raises(Refused, match="Only Pia Privacy"):
            conditions.move_due(row, actor=person, due_on=SOON + timedelta(days=9), reason="More time.")
    with pytest.raises(Refused, match="Say why"):
        conditions.move_due(row, actor=cast.priv, due_on=SOON + timedelta(days=9), reason="")
    conditions.move_due(row, actor=cast.priv, due_on=SOON + timedelta(days=9), reason="The archive is closed.")
    event = Event.objects.get(kind="condition.moved")
    assert event.data == {"from": SOON.isoformat(), "to": (SOON + timedelta(days=9)).isoformat()}
    Membership.objects.filter(user=cast.priv).update(ends_on=TODAY - timedelta(days=1))
    conditions.move_due(row, actor=cast.priv2, due_on=SOON, reason="Who set it has left.")


def test_the_owner_named_must_be_able_to_open_the_case(cast: Any) -> None:
    case = lives.in_review(cast)
    with pytest.raises(Refused, match="cannot open this case"):
        lanes.decide_lane(
            lives.lane(case), actor=cast.priv, verb="sign_off_with_conditions", no_conflict=True,
            conditions=[Terms("Name it.", SOON, owner_id=cast.other_officer.pk)],
        )  # fmt: skip
    assert lives.lane(case).status == "open"
    row = condition_of(cast)
    conditions.name_owner(row, actor=cast.officer, owner=cast.colleague)  # whose it is may pass it on
    assert Condition.objects.get(pk=row.pk).answerable == cast.colleague


def test_a_condition_blocks_the_next_stage_until_it_is_accepted(cast: Any) -> None:
    case = lives.decided(cast, "approve_with_conditions")
    row = Condition.objects.select_related("use_case").get(use_case=case)
    assert reads.blocking(case, "pilot") == [row] and reads.blocking(case, "pre_deployment") == []
    pilot = {
        name: given for name, given in make.DEPLOYED_HIGH_IMPACT.items() if not name.startswith(("hi_", "scr_", "is_"))
    }
    pilot |= {"development_stage": "pilot", "has_pii": "yes", "pia_url": "https://example.invalid/pia", **lives.PRIVACY}
    case = lives.answer(case, cast.officer, **make.answers(**pilot))
    case = lives.to_review_again(case, cast)
    lanes.decide_lane(lives.lane(case), actor=cast.priv, verb="sign_off", no_conflict=True)
    words = {"reason": "It is limited.", "determined": Determined("not_high_impact")}
    with pytest.raises(Refused, match="blocks this stage"):
        decisions.decide(lives.reread(case), actor=cast.caio, outcome="approve", **words)
    conditions.report_met(row, proof=proof(cast, row), actor=cast.officer)
    with pytest.raises(Refused, match="blocks this stage"):  # reported met is not accepted
        decisions.decide(lives.reread(case), actor=cast.caio, outcome="approve", **words)
    conditions.accept_met(row, actor=cast.caio)
    assert decisions.decide(lives.reread(case), actor=cast.caio, outcome="approve", **words).covers_stage == "pilot"


def test_a_condition_on_a_practice_stops_its_verification_and_nothing_else(cast: Any) -> None:
    row = condition_of(cast, blocks="practice", practice="testing")
    assert "blocks this practice" in verification_refusals(cast.priv, row.use_case, "testing")[0]
    assert verification_refusals(cast.priv, row.use_case, "training") == []
    assert reads.blocking(row.use_case, "deployed") == []
    with pytest.raises(Refused, match="Name the practice"):
        condition_of(cast, blocks="practice")


def test_overdue_conditions_are_taken_further_once_a_level(cast: Any, settings: Any) -> None:
    row = condition_of(cast)
    late = {"lead": 1, "caio": 30}
    assert late == settings.CONDITION_ESCALATION_DAYS

    def over(days: int) -> int:
        Condition.objects.filter(pk=row.pk).update(due_on=TODAY - timedelta(days=days))
        return condition_upkeep.escalate_conditions()

    lead, caio = cast.lead, cast.caio
    assert over(0) == 0
    notices.dispatch()
    mail.outbox.clear()
    assert over(1) == 1 and condition_upkeep.escalate_conditions() == 0
    notices.dispatch()
    assert {one.to[0] for one in mail.outbox} == {lead.email, cast.officer.email}
    assert all("Name the retention" not in one.body for one in mail.outbox), "the ID and a link only"
    assert list(reads.escalated_to(User.objects.get(pk=lead.pk))) == [row] and not reads.escalated_to(caio)
    assert over(40) == 2, "a day that moved is told of anew, now to both"
    assert list(reads.escalated_to(caio)) == [row]
    conditions.report_met(row, proof=proof(cast, row), actor=cast.officer)
    assert over(90) == 0 and ConditionEscalation.objects.count() == 3


def test_a_killed_escalation_goes_on_where_it_stopped(cast: Any, monkeypatch: Any) -> None:
    for _ in range(3):
        condition_of(cast)
    Condition.objects.update(due_on=TODAY - timedelta(days=2))
    whole, calls = condition_upkeep.record, []

    def killed(*args: Any, **words: Any) -> Any:
        if len(calls) == 1:
            raise KeyboardInterrupt
        calls.append(args)
        return whole(*args, **words)

    monkeypatch.setattr(condition_upkeep, "record", killed)
    with pytest.raises(KeyboardInterrupt):
        condition_upkeep.escalate_conditions()
    monkeypatch.setattr(condition_upkeep, "record", whole)
    assert condition_upkeep.escalate_conditions() == 2
    assert Event.objects.filter(kind="condition.escalated").count() == ConditionEscalation.objects.count() == 3


def test_lists_are_mine_my_components_my_offices_and_all(cast: Any) -> None:
    row = condition_of(cast, owner_id=cast.colleague.pk)
    Condition.objects.filter(pk=row.pk).update(due_on=TODAY - timedelta(days=2))

    def count(person: Any, scope: str, show: str = "open") -> int:
        return reads.listing(person, scope, show).rows.count()

    assert (count(cast.colleague, "mine"), count(cast.officer, "mine")) == (1, 0)
    assert count(cast.lead, "component", "overdue") == count(cast.priv, "office") == count(cast.auditor, "all") == 1
    assert count(cast.other_officer, "all") == 0
    assert "office" not in reads.scopes(cast.officer) and "component" not in reads.scopes(cast.priv)
