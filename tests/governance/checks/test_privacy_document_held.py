from __future__ import annotations

from datetime import date

from governance.compliance.contract import Record
from tests.governance.checks.shared import Found, adjudicated, detailed, keys, run, snapshot

ON = date(2026, 2, 1)


def found(document: str, *records: Record) -> Found:
    return run("privacy_document_held", snapshot(records=records), document=document)


def test_what_the_privacy_office_asked_for_and_nobody_recorded_is_an_error() -> None:
    assert keys(found("pia", *adjudicated("pia_required", on=ON))) == [("error", "")]
    for document in ("pia", "sorn"):
        (problem,) = found(document, *adjudicated("both_required", on=ON))
        assert "decided on 1 February 2026" in problem.message


def test_one_from_the_day_of_the_decision_on_answers_it_and_an_older_one_does_not() -> None:
    asked = adjudicated("sorn_required", on=ON)
    assert found("sorn", *asked, detailed("sorn", ON, covers="yes")) == []
    assert keys(found("sorn", *asked, detailed("sorn", date(2026, 1, 31), covers="yes"))) == [("error", "")]
    assert keys(found("sorn", *asked, detailed("sorn", ON, covers="no"))) == [("error", "")]


def test_nothing_is_owed_without_such_a_decision() -> None:
    assert found("pia") == [] and found("pia", *adjudicated("covered")) == []
    assert found("pia", *adjudicated("sorn_required")) == [] and found("pia", *adjudicated("")) == []
