from __future__ import annotations

from datetime import date

from governance.compliance.contract import Record
from tests import make
from tests.governance.checks.shared import Found, adjudicated, detailed, keys, run, snapshot

PERSONAL = make.deployed_high_impact(has_pii="yes")
END = date(2029, 2, 1)


def found(*records: Record, day: date = END) -> Found:
    return run("pii_has_pia", snapshot(PERSONAL, as_of=day, records=records))


def test_personal_information_without_a_linked_assessment_is_a_warning() -> None:
    assert keys(run("pii_has_pia", snapshot(PERSONAL))) == [("warning", "")]


def test_linked_or_withheld_assessment_is_no_problem() -> None:
    linked = snapshot({**PERSONAL, "pia_url": "https://example.invalid/pia"})
    assert run("pii_has_pia", linked) == []
    assert run("pii_has_pia", snapshot(PERSONAL, withheld={"pia_url": "(LES)"})) == []


def test_an_adjudication_that_none_is_needed_counts_to_its_last_day() -> None:
    for outcome in ("not_sensitive", "covered"):
        assert found(*adjudicated(outcome, until=END)) == []
    assert keys(found(*adjudicated("not_sensitive", until=END), day=date(2029, 2, 2))) == [("warning", "")]
    assert keys(found(*adjudicated("pia_required", until=END))) == [("warning", "")]
    assert keys(found(*adjudicated("", until=END))) == [("warning", "")], "not decided yet"


def test_an_assessment_on_record_counts_if_it_names_the_use() -> None:
    assert found(detailed("pia", date(2026, 3, 1), covers="yes")) == []
    assert keys(found(detailed("pia", date(2026, 3, 1), covers="no"))) == [("warning", "")]
