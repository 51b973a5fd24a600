"""The kinds of records as data: what the file may say, what is refused with its place, and what details must hold."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from governance import record_kinds
from governance.compliance.practices import FIELDS
from governance.record_kinds import kind_of, load, months_later
from registry.models import Practice
from registry.yaml_source import SourceError

TODAY = date(2026, 11, 22)
HEAD = "rules: record-kinds\nedition: 2026-11-01\nsource: Invented\nkinds:\n"
PLAIN = "  - {kind: a, label: A, group: practice, purpose: P., source: S, recorders: [case]%s}\n"


def read(tmp_path: Path, *kinds: str) -> record_kinds.Edition:
    path = tmp_path / "kinds.yaml"
    path.write_text(HEAD + "".join(kinds))
    return load(path, {"development_stage"})


def test_every_practice_can_be_shown_by_a_record_and_every_kind_says_why() -> None:
    edition = record_kinds.in_force(TODAY)
    lifted = {kind.practice for kind in edition.kinds if kind.is_evidence and kind.practice}
    assert lifted == set(FIELDS) == set(Practice.values) == set(record_kinds.PRACTICES)
    assert all(kind.purpose and kind.source and kind.recorders for kind in edition.kinds)
    assert edition.by_slug["impact_assessment"].needs == ("independent_review", "risk_acceptance")
    assert edition.by_slug["pta_adjudication"].latest_end(date(2024, 2, 29)) == date(2027, 2, 28)


@pytest.mark.parametrize(
    ("kinds", "line", "reason"),
    [
        ([PLAIN % ", colour: red"], 5, "unknown key"),
        ([PLAIN % ", practice: dancing"], 5, "is not one of"),
        ([PLAIN % ", evidences: true"], 5, "needs a practice to lift"),
        ([PLAIN % "", PLAIN % ""], 5, "stands twice"),
        ([PLAIN % ", signs: true"], 5, "needs `refers_to`"),
        ([PLAIN % ", needs: [b]"], 5, "no kind 'b'"),
        ([PLAIN % "", PLAIN.replace("kind: a", "kind: b") % ", needs: [a]"], 6, "must refer to 'b'"),
        ([PLAIN % ", expiry: {label: Until, months: 0}"], 5, "at least 1"),
        ([PLAIN % ", expected_when: {is: [nothing, x]}"], 5, "nothing"),
        ([PLAIN % ", fields: [{field: f, label: F, type: colour}]"], 5, "is not one of"),
        ([PLAIN % ", fields: [{field: f, label: F, type: choice}]"], 5, "mapping of codes"),
        ([PLAIN % ", fields: [{field: f, label: F, type: text}, {field: f, label: F, type: text}]"], 5, "stands twice"),
        ([PLAIN % ", fields: [{field: f, label: F, type: text, required_with: {g: x}}]"], 5, "no field 'g'"),
        ([PLAIN.replace("[case]", "[everybody]") % ""], 5, "'everybody' is not one of"),
        (["  - {kind: a}\n"], 5, "must be text"),
    ],
)
def test_a_wrong_file_is_refused_with_file_line_and_reason(
    tmp_path: Path, kinds: list[str], line: int, reason: str
) -> None:
    with pytest.raises(SourceError) as told:
        read(tmp_path, *kinds)
    assert told.value.line == line and "kinds.yaml" in str(told.value) and reason in str(told.value)


def test_details_are_held_against_the_kind() -> None:
    test = kind_of("pre_deployment_test")
    said = {"conditions": "Invented", "result": "Fine", "mitigation_plan": "Watch it", "has_access": "yes"}
    assert test.problems(said, TODAY) == {}
    assert set(test.problems({**said, "has_access": "no"}, TODAY)) == {"alternative"}
    assert set(test.problems({**said, "has_access": "maybe", "colour": "red"}, TODAY)) == {"has_access", "colour"}
    assert set(test.problems({}, TODAY)) == set(said)
    result = kind_of("monitoring_result")
    told = {"outcome": "drift", "findings": "Slower", "period_from": "2026-06-01", "period_to": "2026-05-01"}
    assert result.problems(told, TODAY) == {"period_to": "It would end before it begins."}
    assert set(result.problems({**told, "outcome": "bad", "period_to": "2027-01-01"}, TODAY)) == {
        "outcome",
        "period_to",
    }
    trained = {"who": "Everybody", "people": -1, "content": "All of it"}
    assert set(kind_of("operator_training").problems(trained, TODAY)) == {"people"}


def test_months_end_on_a_day_that_exists() -> None:
    assert months_later(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert months_later(date(2026, 12, 15), 1) == date(2027, 1, 15)


def test_what_is_recorded_keeps_its_words_when_a_kind_is_gone() -> None:
    assert kind_of("no_longer_there").label == "No longer there" and not kind_of("no_longer_there").is_evidence
