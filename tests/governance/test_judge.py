"""Which provisions hold on a day, and what a case owes under them. Pure."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from governance.compliance.checks import ACCEPTED, CHECKS
from governance.compliance.judge import Examiner, Judged, judge, levels, rules_on
from registry import catalogue, questionnaire
from registry.yaml_source import SourceError
from tests import make
from tests.governance.checks.shared import snapshot, waiver

FIELDS = questionnaire.fields()
CATALOGUE = catalogue.load(catalogue.POLICY, FIELDS, ACCEPTED)
DAY = date(2026, 11, 17)


def refs(found: list[Judged]) -> set[str]:
    return {judged.rule.provision.ref for judged in found}


def test_every_check_is_named_by_a_provision_and_has_a_test_file() -> None:
    named = {p.check for i in CATALOGUE for e in i.editions for p in e.provisions if p.check}
    assert named == set(CHECKS)
    here = Path(__file__).parent / "checks"
    assert {path.stem.removeprefix("test_") for path in here.glob("test_*.py")} == set(CHECKS)


def test_provision_with_an_unknown_check_is_refused() -> None:
    with pytest.raises(SourceError, match="there is no check named 'practice_met'"):
        catalogue.load(
            catalogue.POLICY, FIELDS, {name: accepts for name, accepts in ACCEPTED.items() if name != "practice_met"}
        )


def test_no_rule_holds_before_its_edition_or_before_it_was_known() -> None:
    early = {rule.instrument.slug for rule in rules_on(CATALOGUE, date(2024, 6, 1))}
    assert {"aaia", "dhs-026-11"} <= early and not {"omb-m-25-21", "omb-m-25-22", "dhs-139-08"} & early
    before = {rule.instrument.slug for rule in rules_on(CATALOGUE, date(2025, 12, 21))}
    assert "omb-m-25-21" in before and "omb-2025-reporting-guidance" not in before
    assert rules_on(CATALOGUE, DAY, known_on=date(2026, 11, 20)) == ()


def test_case_with_everything_answered_owes_only_evidence_and_a_decision() -> None:
    found = list(judge(snapshot(), rules_on(CATALOGUE, DAY)))
    practices = {f"M-25-21/practice/{n}" for n in ("i", "ii", "iii", "iv", "v", "vi", "vii")}
    records = {
        "139-08/authorization", "139-08/requirement/testing-and-evaluation", "M-25-21/monitoring-result",
        "M-25-21/benefit",
    }  # fmt: skip
    assert refs(found) == practices | records | {"139-08/requirement/dynamic-governance"}
    assert all(judged.remedy for judged in found)


def test_provision_whose_condition_does_not_hold_asks_nothing() -> None:
    found = refs(list(judge(snapshot(make.answers()), rules_on(CATALOGUE, DAY))))
    assert not any(ref.startswith("M-25-21/practice") for ref in found)


def test_waiver_in_force_is_shown_as_covering_its_problem() -> None:
    given = make.deployed_high_impact(hi_testing_conducted="in_progress")
    rules = rules_on(CATALOGUE, DAY)
    bare = [j for j in judge(snapshot(given), rules) if j.problem.key == "not_met"]
    covered = [j for j in judge(snapshot(given, waivers=(waiver(),)), rules) if j.problem.key == "not_met"]
    assert [j.is_waived for j in bare] == [False] and [j.is_waived for j in covered] == [True]
    assert levels(snapshot(given, waivers=(waiver(),)))["testing"] == "waived"


def test_disputed_edition_makes_advisory_judgements(tmp_path: Path) -> None:
    folder = tmp_path / "omb-m-25-21"
    folder.mkdir()
    for path in (catalogue.POLICY / "omb-m-25-21").glob("*.yaml"):
        (folder / path.name).write_text(path.read_text())
    status = folder / "status.yaml"
    entry = {"edition": "2025-04-03", "status": "disputed", "from": "2026-09-01", "recorded_on": "2026-11-21"}
    lines = "".join(f"    {key}: {value}\n" for key, value in {**entry, "source": "An invented court order"}.items())
    status.write_text(status.read_text() + "  -" + lines[3:])
    disputed = catalogue.load(tmp_path, FIELDS, ACCEPTED)
    assert {rule.is_advisory for rule in rules_on(disputed, date(2026, 8, 31))} == {False}
    assert {rule.is_advisory for rule in rules_on(disputed, DAY)} == {True}


def test_answers_that_are_rows_of_their_own_are_examined_as_any() -> None:
    """Conditions read them too: which fields are withheld is a list of rows."""
    rows = [{"field": "vendor_name", "ground": "foia_4", "reason": "Invented."}]
    rules = rules_on(CATALOGUE, DAY)
    given = snapshot(make.deployed_high_impact(is_withheld="other", withheld_fields=rows))
    assert "withheld_fields" in {name for rule in rules for name in rule.provision.applies_when.fields}
    found, raised = Examiner(rules).examine(given)
    assert raised == [] and [one.slot for one in found] == [one.slot for one in judge(given, rules)]
