"""The newest test is not older than a provision allows."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests import make
from tests.governance.checks.shared import detailed, keys, run, snapshot


def case(**changes: Any) -> Any:
    return snapshot(make.deployed_high_impact(**changes))


@pytest.mark.parametrize(
    ("tested_on", "expected"),
    [
        ("2024-01-10", []),
        ("2023-11-17", []),
        ("2023-11-16", [("error", "old")]),
        (None, [("warning", "never")]),
    ],
)
def test_a_test_holds_for_its_years(tested_on: str | None, expected: list[tuple[str, str]]) -> None:
    found = run("tested_within", case(scr_biometrics="face", face_tested_on=tested_on), field="face_tested_on", years=3)
    assert keys(found) == expected


def test_what_is_not_asked_of_the_case_is_not_missed() -> None:
    assert run("tested_within", case(scr_biometrics="none"), field="face_tested_on", years=3) == []


def test_the_newest_of_answer_and_record_counts() -> None:
    given = make.deployed_high_impact(scr_biometrics="face", face_tested_on="2020-01-10")
    tested = detailed("bias_test", date(2024, 3, 1), practice="testing")
    held = snapshot(given, records=(tested,))
    assert keys(run("tested_within", held, field="face_tested_on", years=3)) == [("error", "old")]
    assert run("tested_within", held, field="face_tested_on", years=3, kind="bias_test") == []
    alone = snapshot({**given, "face_tested_on": None}, records=(tested,), as_of=date(2027, 3, 2))
    (problem,) = run("tested_within", alone, field="face_tested_on", years=3, kind="bias_test")
    assert (problem.key, problem.due_on) == ("old", date(2027, 3, 1))
