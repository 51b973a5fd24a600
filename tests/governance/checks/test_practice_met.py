from __future__ import annotations

from datetime import date

from governance.compliance.practices import level
from tests import make
from tests.governance.checks.shared import Found, evidence, keys, record, run, snapshot, waiver


def met(practice: str = "testing", **columns: object) -> Found:
    return run("practice_met", snapshot(**columns), practice=practice)


def test_practice_in_progress_is_an_error_due_on_the_deadline() -> None:
    (problem,) = met(given=make.deployed_high_impact(hi_testing_conducted="in_progress"))
    assert (problem.severity, problem.key, problem.due_on) == ("error", "not_met", date(2026, 4, 3))


def test_use_that_began_later_was_due_on_its_first_day() -> None:
    given = make.deployed_high_impact(hi_testing_conducted=None, operational_date="2026-06-10")
    (problem,) = met(given=given)
    assert (problem.key, problem.due_on) == ("not_met", date(2026, 6, 10))
    assert "not answered" in problem.message


def test_yes_without_a_record_is_claimed_not_evidenced() -> None:
    assert keys(met()) == [("notice", "claimed")]


def test_current_evidence_meets_it_and_expired_does_not() -> None:
    assert met(records=(evidence(),)) == []
    assert keys(met(records=(evidence(until=date(2026, 6, 1)),))) == [("notice", "claimed")]


def test_evidence_does_not_overrule_what_the_component_calls_unfinished() -> None:
    given = make.deployed_high_impact(hi_testing_conducted="in_progress")
    assert keys(met(given=given, records=(evidence(),))) == [("error", "not_met")]


def test_consultation_with_a_step_left_is_in_progress() -> None:
    given = make.deployed_high_impact(hi_public_consultation=["usability_testing", "in_progress"])
    assert keys(met("consultation", given=given)) == [("error", "not_met")]


def test_not_applicable_waits_for_somebody_to_accept_it() -> None:
    given = make.deployed_high_impact(hi_appeal_process="not_applicable")
    assert keys(met("appeals", given=given)) == [("warning", "not_accepted")]
    accepted = record("appeals", "acceptance", date(2026, 5, 1))
    assert met("appeals", given=given, records=(accepted,)) == []


def test_waiver_in_force_covers_it_until_it_ends() -> None:
    given = make.deployed_high_impact(hi_testing_conducted="in_progress")
    assert met(given=given, waivers=(waiver(),)) == []
    assert keys(met(given=given, waivers=(waiver(revoked=date(2026, 9, 1)),))) == [("error", "not_met")]


def test_answer_waived_without_a_waiver_rests_on_the_word() -> None:
    assert keys(met(given=make.deployed_high_impact(hi_testing_conducted="waived"))) == [("notice", "claimed")]


def test_other_stages_and_impacts_owe_no_practices() -> None:
    assert met(given=make.answers()) == []


def test_verified_needs_an_independent_look_at_a_record_that_counts() -> None:
    looked = record("testing", "verification", date(2026, 3, 1), is_independent=True)
    own = record("testing", "verification", date(2026, 3, 1))
    early = record("testing", "verification", date(2026, 1, 1), is_independent=True)
    assert level(snapshot(records=(evidence(), looked)), "testing") == "verified"
    assert level(snapshot(records=(evidence(), own)), "testing") == "evidenced"
    assert level(snapshot(records=(evidence(), early)), "testing") == "evidenced"
    assert level(snapshot(records=(looked,)), "testing") == "reported"


def test_withheld_answer_rests_on_the_word() -> None:
    hidden = snapshot(make.deployed_high_impact(hi_testing_conducted=None), withheld={"hi_testing_conducted": "(LES)"})
    assert level(hidden, "testing") == "reported"
