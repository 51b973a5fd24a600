"""Rows of the addresses about questionnaire editions and the log of what was left out."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests import lives, make

KNOWS_ALL = ("manager", "caio", "deputy", "auditor")


def case_on_2025(cast: Any) -> dict[str, Any]:
    """A recorded CBP case of the officer's that answered the edition before the one in force."""
    columns = {"edition": "use-case-2025", "filed_on": date(2026, 1, 28), "status": "recorded"}
    return {"use_case_id": make.use_case(owner=cast.officer, **columns).use_case_id}


def left_out_cases(cast: Any) -> dict[str, Any]:
    """A withdrawn case and one that was rejected before any use."""
    lives.withdrawn(cast)
    lives.STATUSES["rejected"](cast)
    return {}


def rows(row: Any, component: tuple[str, ...], department: tuple[str, ...]) -> dict[str, Any]:
    """The rows; `row` is `tests.matrix.Row`."""
    return {
        "use_cases-edition": row((*component, *department), case_on_2025),
        "use_cases-left_out": row(KNOWS_ALL, left_out_cases),
    }
