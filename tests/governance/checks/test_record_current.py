from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from governance.compliance.checks import ACCEPTED
from governance.compliance.contract import Record
from tests import make
from tests.governance.checks.shared import Found, detailed, keys, run, snapshot, waiver

ON, LAST = date(2026, 1, 31), date(2026, 6, 30)
RESULT = detailed("monitoring_result", ON, practice="monitoring")


def found(kind: str, day: date, *records: Record, given: Any = None, waivers: Any = (), **params: Any) -> Found:
    held = snapshot(given, as_of=day, records=records, waivers=waivers)
    return run("record_current", held, kind=kind, **params)


def test_a_missing_record_is_a_problem_only_where_the_provision_says_so() -> None:
    (problem,) = found("privacy_statement", LAST, missing="notice")
    assert (problem.severity, problem.key) == ("notice", "missing")
    assert problem.message == "Privacy Act statement: none is on record."
    assert found("matching_agreement", LAST, lapsed="error") == []


def test_it_is_missed_from_the_day_after_its_months_since_the_first_use() -> None:
    given = make.deployed_high_impact(operational_date="2025-06-30")
    asked = {"given": given, "missing": "notice", "after_months": 12}
    assert found("benefit", LAST, **asked) == []
    (problem,) = found("benefit", LAST + timedelta(days=1), **asked)
    assert problem.due_on == LAST and "12 months after its first use" in problem.message
    assert found("benefit", LAST, given={**given, "operational_date": None}, missing="notice", after_months=12) == []


def test_its_own_end_counts_and_is_told_before() -> None:
    agreed = detailed("matching_agreement", ON, until=LAST)
    for day, said in (
        (-61, []),
        (-60, [("notice", "lapsed")]),
        (0, [("notice", "lapsed")]),
        (1, [("error", "lapsed")]),
    ):
        when = LAST + timedelta(days=day)
        assert keys(found("matching_agreement", when, agreed, lapsed="error", soon_days=60)) == said, day


def test_a_provision_may_give_it_a_shorter_term() -> None:
    assert found("monitoring_result", date(2027, 1, 31), RESULT, months=12) == []
    assert keys(found("monitoring_result", date(2027, 2, 1), RESULT, months=12)) == [("warning", "lapsed")]
    assert found("monitoring_result", date(2027, 2, 1), RESULT) == [], "without a term it does not run out"
    newer = detailed("monitoring_result", date(2026, 12, 1), practice="monitoring")
    assert found("monitoring_result", date(2027, 2, 1), RESULT, newer, months=12) == []


def test_a_waiver_of_its_practice_covers_it() -> None:
    over = date(2027, 2, 1)
    assert found("monitoring_result", over, RESULT, months=12, waivers=(waiver("monitoring"),)) == []
    assert found("monitoring_result", over, RESULT, months=12)[0].practice == "monitoring"


def test_an_unknown_kind_is_refused() -> None:
    wrong = list(ACCEPTED["record_current"]({"kind": "diary"}, ()))
    assert [name for name, _ in wrong] == ["kind"]
