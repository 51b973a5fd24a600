from __future__ import annotations

from tests import make
from tests.governance.checks.shared import keys, run, snapshot


def test_stage_retired_without_closing_the_case_is_a_notice() -> None:
    assert keys(run("retired_once", snapshot(make.answers(development_stage="retired")))) == [("notice", "")]


def test_closed_case_is_no_problem() -> None:
    assert run("retired_once", snapshot(make.answers(development_stage="retired"), status="retired")) == []
