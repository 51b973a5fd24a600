from __future__ import annotations

from tests import make
from tests.governance.checks.shared import run, snapshot


def test_case_missing_from_the_newest_inventory_is_named() -> None:
    (problem,) = run("in_current_cycle", snapshot(cycle=2024, latest_cycle=2025))
    assert "in the 2024 inventory and is missing from that of 2025" in problem.message


def test_case_of_the_newest_inventory_or_never_in_one_is_no_problem() -> None:
    assert run("in_current_cycle", snapshot(cycle=2025, latest_cycle=2025)) == []
    assert run("in_current_cycle", snapshot(cycle=None, latest_cycle=2025)) == []


def test_retired_case_may_be_left_out() -> None:
    gone = snapshot(make.answers(development_stage="retired"), cycle=2024, latest_cycle=2025)
    assert run("in_current_cycle", gone) == []
