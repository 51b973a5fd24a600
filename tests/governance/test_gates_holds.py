"""Where gates and holds meet: a case asks to go on while a prohibited use is not ruled out, or is found to be one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.workflow import Refused
from governance.actions import holds, stage_requests, use_cases
from governance.models import Review, StageRequest, Suspension
from registry.actions.use_cases import file_revision
from tests import lives
from tests.governance import holding
from tests.governance.holding import say

pytestmark = pytest.mark.django_db


def ask(case: Any, cast: Any) -> StageRequest:
    return stage_requests.request_stage(
        case, actor=cast.officer, stage="pilot", reason="It is ready.", opened_on=lives.reread(case).revision_number,
        planned_on=timezone.localdate() + timedelta(days=30),
    )  # fmt: skip


def filed_anew(case: Any, cast: Any, **answers: Any) -> None:
    """Answers that count, whatever step the case is at: an accepted correction files as well."""
    holding.offices()
    case = lives.answer(lives.reread(case), cast.officer, **answers)
    file_revision(case, actor=cast.officer, why="It is reported as it is.")
    holds.look(case.pk)


def test_no_stage_is_asked_for_while_a_prohibited_use_is_not_ruled_out(cast: Any) -> None:
    case = lives.decided(cast, "approve")
    filed_anew(case, cast, proh_surveillance="unknown")
    with pytest.raises(Refused, match="Privacy Office"):
        ask(lives.reread(case), cast)
    assert not StageRequest.objects.exists()


def test_a_request_ends_with_the_stop_and_the_case_resumes_to_what_it_was_before_it_asked(cast: Any) -> None:
    case = lives.decided(cast, "approve")
    request = ask(case, cast)
    filed_anew(case, cast, proh_surveillance="yes", development_stage="deployed")
    row = say(holding.hold(case, "proh_surveillance"), cast.priv, "PRIV", "applies")
    case = lives.reread(case)
    assert (case.status, case.suspended_from) == ("suspended", "approved")
    request.refresh_from_db()
    assert (request.state, Review.objects.filter(use_case=case, ended_at=None).count()) == ("over", 0)
    stopped = Suspension.objects.get(use_case=case, ended_at=None)
    assert stopped.suspended_by == cast.priv and "does not apply" in stopped.to_mend
    with pytest.raises(Refused, match="An order to stop stands"):
        use_cases.resume(case, actor=cast.caio, reason="Mended, they say.")
    assert row.state == "applies"
