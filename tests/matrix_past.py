"""Rows of the URL x role matrix: a case’s history, and what it needs."""

from __future__ import annotations

from datetime import date
from typing import Any

from registry.actions.use_cases import save_section
from tests import make
from tests.matrix_row import CBP, DEPARTMENT, Row


def twice_written(cast: Any) -> dict[str, Any]:
    """A filed CBP case whose owner has changed two answers since."""
    row = make.use_case(owner=cast.officer, filed_on=date(2026, 1, 28), status="recorded")
    save_section(
        row,
        "scope",
        {"benefits": "Invented parcels wait a day less.", "problem_solved": "Too slow."},
        opened_on=1,
        actor=cast.officer,
    )
    return {"use_case_id": row.use_case_id}


ROWS: dict[str, Row] = {
    "use_cases-needs": Row((*CBP, *DEPARTMENT), twice_written),
    "use_cases-history": Row((*CBP, *DEPARTMENT), twice_written),
    "use_cases-compare": Row((*CBP, *DEPARTMENT), twice_written, body={"older": "1", "newer": "2"}),
    "use_cases-as_of": Row((*CBP, *DEPARTMENT), twice_written, body={"as_of": "2026-02-01"}),
    "use_cases-answer": Row((*CBP, *DEPARTMENT), lambda cast: {**twice_written(cast), "field": "benefits"}),
    "use_cases-count": Row(CBP, twice_written),
    "use_cases-restore": Row(CBP, lambda cast: {**twice_written(cast), "number": 1}),
}
