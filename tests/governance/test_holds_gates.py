"""Holds and the gates of a decided case: a request for a later stage waits for them, and ends with a prohibition."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.workflow import Refused
from governance.actions import holds, reconsiderations, stage_requests, use_cases
from governance.models import Decision, StageRequest, Suspension
from registry.models import UseCase
from tests import lives, make
from tests.governance import holding
from tests.governance.holding import FIELD, file, say


def ask(case: UseCase, actor: Any, stage: str) -> StageRequest:
    return stage_requests.request_stage(
        case, actor=actor, stage=stage, reason="The tests went well.",
        planned_on=timezone.localdate() + timedelta(days=30), opened_on=lives.reread(case).revision_number,
    )  # fmt: skip


def test_no_later_stage_is_asked_for_while_a_hold_is_open(cast: Any) -> None:
    case = file(lives.decided(cast), cast.officer, **{FIELD: "unknown"})
    holds.look_at_all()
    with pytest.raises(Refused, match="A hold is open"):
        ask(case, cast.officer, "pilot")
    holding.lift(holding.hold(case), cast)
    ask(lives.reread(case), cast.officer, "pilot")
    assert lives.reread(case).status == "submitted"


def test_a_request_opens_a_hold_and_a_prohibition_answers_it(cast: Any) -> None:
    case = lives.answer(lives.decided(cast), cast.officer, **{FIELD: "unknown"})
    ask(case, cast.officer, "pilot")
    say(holding.hold(case), cast.ogc, "OGC", "applies")
    case, asked = lives.reread(case), StageRequest.objects.get()
    assert (case.status, asked.state, asked.closed_by) == ("rejected", "declined", cast.ogc)
    assert Decision.objects.get().outcome == "approved", "nobody decided anew; the hold is the record"
    with pytest.raises(Refused, match="no rejection"):
        reconsiderations.ask_reconsideration(case, actor=cast.officer, reason="Again.", what_is_new="Nothing.")


def test_a_use_stopped_while_it_asked_for_more_resumes_to_what_it_had(cast: Any) -> None:
    holding.offices()
    given = make.deployed_high_impact(development_stage="pilot")
    case = decided(lives.send(make.use_case(owner=cast.officer, given=given), cast), cast)
    ask(lives.answer(case, cast.officer, **{FIELD: "unknown"}), cast.officer, "deployed")
    row = say(holding.hold(case), cast.ogc, "OGC", "applies")
    assert (lives.reread(case).status, lives.reread(case).suspended_from) == ("suspended", "approved")
    stopped = Suspension.objects.get(use_case=case, ended_at=None)
    assert "prohibition does not apply" in stopped.to_mend, "the page of the case says what has to be mended"
    holding.lift(holds.reopen_hold(row, actor=cast.caio, reason="A word was misread."), cast)
    use_cases.resume(lives.reread(case), actor=cast.caio, reason="It never applied.")
    assert lives.reread(case).status == "approved"


def decided(case: UseCase, cast: Any) -> UseCase:
    """Through review with every office it needs, and approved."""
    case = lives.open_lanes(lives.endorse(case, cast), cast)
    holding.sign_all(case, cast)
    holding.approve(case, cast)
    return lives.reread(case)
