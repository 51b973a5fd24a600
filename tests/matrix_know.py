"""Rows of the URL x role matrix: who may know, and which answers are restricted."""

from __future__ import annotations

from datetime import date
from typing import Any

from registry.actions import need_to_know
from registry.models import UseCase
from tests import make
from tests.matrix_row import CBP, Row


def restricted_answers(cast: Any) -> UseCase:
    """A CBP case of the officer's with a restricted answer."""
    row = make.use_case(owner=cast.officer, filed_on=date(2026, 1, 28), status="recorded")
    need_to_know.restrict(row, ["benefits"], reason="It names an invented place.", actor=cast.officer)
    return UseCase.objects.get(pk=row.pk)


def by_id(cast: Any) -> dict[str, Any]:
    """The same, by its ID."""
    return {"use_case_id": restricted_answers(cast).use_case_id}


def somebody_named(cast: Any) -> dict[str, Any]:
    """A case on which somebody of FEMA is named."""
    row = restricted_answers(cast)
    named = need_to_know.name_knower(row, person=cast.other_officer, because="Runs the other yard.", actor=cast.lead)
    return {"use_case_id": row.use_case_id, "uuid": named.uuid}


ROWS: dict[str, Row] = {
    "use_cases-restrict": Row(CBP, by_id, method="POST"),
    "need_to_know-name": Row(CBP, by_id, method="POST"),
    "need_to_know-end": Row(CBP, somebody_named, method="POST", body={"reason": "Moved on."}),
}
