"""The newest test is not older than a provision allows."""

from __future__ import annotations

from typing import Any

import pytest

from tests import make
from tests.governance.checks.shared import keys, run, snapshot


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
