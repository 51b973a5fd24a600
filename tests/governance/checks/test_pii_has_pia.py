from __future__ import annotations

from tests import make
from tests.governance.checks.shared import keys, run, snapshot

PERSONAL = make.deployed_high_impact(has_pii="yes")


def test_personal_information_without_a_linked_assessment_is_a_warning() -> None:
    assert keys(run("pii_has_pia", snapshot(PERSONAL))) == [("warning", "")]


def test_linked_or_withheld_assessment_is_no_problem() -> None:
    linked = snapshot({**PERSONAL, "pia_url": "https://example.invalid/pia"})
    assert run("pii_has_pia", linked) == []
    assert run("pii_has_pia", snapshot(PERSONAL, withheld={"pia_url": "(LES)"})) == []
