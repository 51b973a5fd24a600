"""Rows of the URL x role matrix: like cases and taking part."""

from __future__ import annotations

from datetime import date
from typing import Any

from accounts.models import Component
from registry.actions import participation
from registry.models import JoinRequest, UseCaseComponent
from registry.similar import Match
from tests import make
from tests.matrix_row import CBP, Row

OFFICERS = (*CBP, "other_officer")


def asked(cast: Any) -> JoinRequest:
    """FEMA asks to take part in a CBP case of the officer's."""
    row = make.use_case(owner=cast.officer, filed_on=date(2026, 1, 28), status="recorded")
    fema = Component.objects.get(pk=make.component("FEMA").pk)
    return participation.ask_to_join(Match(row, False, False), fema, part="Invented part.", actor=cast.other_officer)


def joined(cast: Any) -> dict[str, Any]:
    """FEMA takes part in a CBP case."""
    request = participation.answer_join(asked(cast), accepts=True, answer="", actor=cast.officer)
    assert UseCaseComponent.objects.filter(use_case=request.use_case).count() == 2
    return {"use_case_id": request.use_case.use_case_id}


def request_of(cast: Any) -> dict[str, Any]:
    """An open request."""
    return {"uuid": asked(cast).uuid}


def some_requests(cast: Any) -> dict[str, Any]:
    """The list is not empty."""
    asked(cast)
    return {}


ROWS: dict[str, Row] = {
    "use_cases-similar": Row(OFFICERS, method="POST", body={"use_case_name": "Invented sorting of test parcels"}),
    "joins-list": Row(OFFICERS, some_requests),
    "joins-answer": Row(CBP, request_of, method="POST", body={"accept": "1"}),
    "joins-take_back": Row(("other_officer",), request_of, method="POST"),
    "parts-confirm": Row(("other_officer",), joined),
    "parts-leave": Row(("other_officer",), joined, method="POST", body={"why": "No longer used."}),
}
