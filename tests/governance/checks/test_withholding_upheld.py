from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

from governance.compliance.contract import ReviewFact
from tests import make
from tests.governance.checks.shared import DAY, Found, keys, run, snapshot

HELD = {"is_withheld": "other", "withheld_ground": "foia_7", "withheld_reason": "Invented."}
REVIEW = ReviewFact("", "other", "foia_7", "Invented.", "upheld", date(2027, 6, 30))


def found(*reviews: ReviewFact, day: date = DAY, **answers: Any) -> Found:
    given = snapshot(make.deployed_high_impact(**{**HELD, **answers}), as_of=day, withholding_reviews=reviews)
    return run("withholding_upheld", given)


def test_withheld_without_a_ground_is_a_warning() -> None:
    assert [(one.severity, one.field) for one in found(withheld_ground=None)] == [("warning", "withheld_ground")]
    assert found(is_withheld="no", withheld_ground=None) == []


def test_a_ground_is_reviewed_and_upheld() -> None:
    assert keys(found()) == [("notice", "case")]
    assert found(REVIEW) == []
    assert keys(found(dataclasses.replace(REVIEW, verdict="refused"))) == [("error", "case")]
    assert keys(found(REVIEW, withheld_reason="Other words.")) == [("warning", "case")]


def test_a_review_holds_to_its_last_day() -> None:
    assert found(REVIEW, day=date(2027, 6, 30)) == []
    assert keys(found(REVIEW, day=date(2027, 7, 1))) == [("error", "case")]


def test_each_detail_is_looked_at_for_itself() -> None:
    rows = [{"field": "vendor_name", "ground": "", "reason": ""}]
    (problem,) = found(REVIEW, withheld_fields=rows)
    assert (problem.severity, problem.key, problem.field) == ("warning", "vendor_name", "withheld_fields")
