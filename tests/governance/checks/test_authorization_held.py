from __future__ import annotations

from tests import make
from tests.governance.checks.shared import keys, run, snapshot


def test_reported_without_authorization_is_an_error() -> None:
    assert keys(run("authorization_held", snapshot(make.deployed_high_impact(have_ato="no")))) == [("error", "")]


def test_silence_about_the_authorization_is_a_warning() -> None:
    (problem,) = run("authorization_held", snapshot(make.deployed_high_impact(have_ato=None)))
    assert (problem.severity, problem.field) == ("warning", "have_ato")


def test_held_or_withheld_is_no_problem() -> None:
    assert run("authorization_held", snapshot()) == []
    hidden = snapshot(
        make.deployed_high_impact(have_ato=None), withheld={"have_ato": "Law Enforcement Sensitive (LES)"}
    )
    assert run("authorization_held", hidden) == []
