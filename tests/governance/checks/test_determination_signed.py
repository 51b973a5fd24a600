from __future__ import annotations

from tests import make
from tests.governance.checks.shared import keys, run, snapshot

CLEARED = {"is_high_impact": "presumed_not_high_impact", "hi_justification": "A person reads every parcel label."}


def test_cleared_presumption_needs_a_justification_and_a_signature() -> None:
    given = make.deployed_high_impact(**{**CLEARED, "hi_justification": None})
    found = run("determination_signed", snapshot(given))
    assert keys(found) == [("error", "justification"), ("warning", "unsigned")]


def test_signed_and_justified_is_no_problem() -> None:
    signed = snapshot(make.deployed_high_impact(**CLEARED), determined_impact="presumed_not_high_impact")
    assert run("determination_signed", signed) == []


def test_withheld_justification_counts_as_given() -> None:
    given = make.deployed_high_impact(**{**CLEARED, "hi_justification": None})
    assert keys(run("determination_signed", snapshot(given, withheld={"hi_justification": "(LES)"}))) == [
        ("warning", "unsigned")
    ]
