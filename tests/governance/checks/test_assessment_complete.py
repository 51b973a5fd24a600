from __future__ import annotations

import dataclasses
from typing import Any

from governance.compliance.contract import Record
from tests.governance.checks.shared import ELEMENTS, Found, assessed, keys, run, snapshot, waiver


def found(*records: Record, **columns: Any) -> Found:
    return run("assessment_complete", snapshot(records=records, **columns))


def test_all_seven_elements_or_no_record_at_all_is_no_problem() -> None:
    assert found(*assessed()) == [] and found() == []


def test_missing_elements_are_named_in_one_problem() -> None:
    details = {**ELEMENTS, "costs": "", "data": ""}
    made = assessed(details=details, lacks=("risk_acceptance",))
    (problem,) = found(*made)
    assert problem.key == "elements" and problem.practice == "impact_assessment"
    assert "lacks elements 2 (data and model), 5 (costs) and 7 (signed risk acceptance)" in problem.message
    assert found(*made, waivers=(waiver("impact_assessment"),)) == []


def test_a_reviewer_who_decides_or_wrote_is_not_independent() -> None:
    (problem,) = found(*assessed(ties=("decides", "wrote")))
    assert (problem.severity, problem.key) == ("error", "reviewer")
    assert "also decides on it and wrote or submitted answers of the case" in problem.message
    assert found(*assessed(ties=("unknown",))) == [], "somebody outside: the word of who recorded it"


def test_one_free_reviewer_is_enough() -> None:
    made, tied = assessed(ties=("component",))
    free = dataclasses.replace(tied, ties=(), key="second")
    assert keys(found(made, tied)) == [("error", "reviewer")] and found(made, tied, free) == []
