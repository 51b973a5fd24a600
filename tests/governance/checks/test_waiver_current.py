from __future__ import annotations

from datetime import date

from governance.compliance.practices import recertify_by
from tests import make
from tests.governance.checks.shared import keys, run, snapshot, waiver


def test_reported_waiver_without_a_record_is_an_error() -> None:
    found = run("waiver_current", snapshot(make.deployed_high_impact(hi_testing_conducted="waived")))
    assert keys(found) == [("error", "unrecorded:testing")]


def test_expired_waiver_no_longer_covers_the_answer() -> None:
    given = snapshot(
        make.deployed_high_impact(hi_testing_conducted="waived"), waivers=(waiver(until=date(2026, 9, 1)),)
    )
    assert keys(run("waiver_current", given)) == [("error", "unrecorded:testing")]


def test_recertification_is_due_a_year_after_the_grant() -> None:
    given = waiver(on=date(2025, 12, 1), until=date(2028, 1, 1))
    (problem,) = run("waiver_current", snapshot(waivers=(given,)), recertify_years=1)
    assert (problem.key, problem.due_on) == ("recertify:testing", date(2026, 12, 1))


def test_fresh_waiver_is_no_problem() -> None:
    assert run("waiver_current", snapshot(waivers=(waiver(on=date(2026, 9, 1), until=date(2027, 9, 1)),))) == []


def test_waiver_of_a_leap_day_is_recertified_by_the_28th() -> None:
    assert recertify_by(date(2028, 2, 29)) == date(2029, 2, 28)
