"""A list of answers holds what a provision asks for."""

from __future__ import annotations

from typing import Any

from tests import make
from tests.governance.checks.shared import keys, run, snapshot

TERMS = {"contracting_usage": "vendor", "scr_vendor": "yes", "vendor_name": "Invented", "solicitation_on": "2025-11-01"}


def case(**changes: Any) -> Any:
    return snapshot(make.deployed_high_impact(**changes))


def test_a_term_of_the_contract_that_is_missing_is_named() -> None:
    given = {"field": "acq_terms", "codes": ["privacy"]}
    assert run("answer_includes", case(**TERMS, acq_terms=["privacy", "ato_first"]), **given) == []
    (found,) = run("answer_includes", case(**TERMS, acq_terms=["ato_first"]), **given)
    assert found.key == "missing" and "Protection of personal information" in found.message
    assert keys(run("answer_includes", case(**TERMS, acq_terms=None), **given)) == [("notice", "unanswered")]
