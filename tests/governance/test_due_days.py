"""The next day on which a case may come out differently, held against judging every day. No database."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from typing import Any

import pytest

from governance.compliance import due, judge
from governance.compliance.checks import ACCEPTED
from governance.compliance.contract import ExtensionFact, PilotFact, Snapshot, StopFact, WaiverFact
from registry import catalogue, conditions, questionnaire
from tests import make
from tests.governance.checks.shared import adjudicated, assessed, detailed, record, snapshot

BEGIN, DAYS = date(2026, 3, 20), 460
FIELDS = questionnaire.fields()


@pytest.fixture(scope="module")
def rules() -> tuple[judge.Rule, ...]:
    """Those of November 2026, on every day: what editions change is the run's business."""
    return judge.rules_on(catalogue.load(catalogue.POLICY, FIELDS, ACCEPTED), date(2026, 11, 17))


def case(**columns: Any) -> Snapshot:
    return snapshot(make.deployed_high_impact(**columns.pop("given", {})), **columns)


CASES = {
    "deadline": case(given={"hi_testing_conducted": "in_progress"}),
    "begins later": case(given={"operational_date": "2026-06-01", "hi_appeal_process": "in_progress"}),
    "begins after it was filed": case(given={"operational_date": "2026-06-01"}, effective_on=date(2026, 12, 1)),
    "records": case(records=(
        record("testing", "evidence", date(2026, 4, 1), date(2026, 7, 31)),
        record("testing", "verification", date(2026, 5, 1), date(2026, 6, 30), is_independent=True),
        record("appeals", "acceptance", date(2026, 4, 10), date(2026, 9, 9)),
    ), given={"hi_appeal_process": "not_applicable"}),
    "waiver": case(waivers=(WaiverFact("testing", date(2026, 4, 1), date(2027, 4, 1), None),),
                   given={"hi_testing_conducted": "in_progress"}),
    "short waiver": case(waivers=(WaiverFact("appeals", date(2026, 4, 1), date(2026, 8, 1), date(2026, 7, 15)),),
                         given={"hi_appeal_process": "waived"}),
    "waiver to be reported": case(waivers=(WaiverFact("testing", date(2026, 4, 1), date(2027, 4, 1), None,
                                                      report_due_on=date(2026, 5, 1)),)),
    "extension": case(extensions=(ExtensionFact("x", date(2026, 3, 1), date(2026, 8, 31)),),
                      given={"hi_testing_conducted": "in_progress"}),
    "pilot certificate": case(pilots=(PilotFact(date(2026, 3, 25), date(2026, 9, 30), "Invented"),),
                              given={"development_stage": "pilot"}),
    "long pilot": case(given={"development_stage": "pilot", "operational_date": "2025-08-31"}),
    "privacy": case(given={"is_ai": "yes", "has_pii": "yes", "have_ato": "yes"}, records=(
        *adjudicated("covered", on=date(2023, 6, 30)),
        dataclasses.replace(detailed("pcr_required", date(2026, 1, 5), due_on="2026-10-31"), key="asked"),
        detailed("ato", date(2024, 1, 1), until=date(2026, 12, 31)),
        detailed("matching_agreement", date(2026, 1, 1), until=date(2026, 9, 9)),
    )),
    "tests and assessments": case(given={"is_ai": "yes"}, records=(
        dataclasses.replace(record("testing", "retest", date(2025, 9, 30)), is_evidence=True),
        *assessed(on=date(2026, 1, 5), until=date(2026, 10, 31)),
        detailed("monitoring_result", date(2025, 8, 31), practice="monitoring"),
        detailed("operator_training", date(2025, 7, 31), practice="training"),
    )),
    "ordered to stop": case(stops=(StopFact("not_compliant", date(2026, 4, 10), date(2026, 4, 13), id="one"),)),
}  # fmt: skip


def outcome(given: Snapshot, rules: Any) -> list[str]:
    return [one.told() for one in judge.judge(given, rules)] + [str(judge.levels(given))]


@pytest.mark.parametrize("name", CASES)
def test_nothing_changes_before_the_day_that_is_named(name: str, rules: tuple[judge.Rule, ...]) -> None:
    next_day, looks, turns = due.watcher(rules), 0, 0
    day, named = BEGIN, BEGIN
    was: list[str] = []
    for day in (BEGIN + timedelta(days=n) for n in range(DAYS)):
        now = dataclasses.replace(CASES[name], as_of=day)
        found = outcome(now, rules)
        if day == named:
            looks += 1
            named = next_day(now) or date.max
        else:
            assert found == was, f"it changed on {day}; {named} was named"
        turns += bool(was) and found != was
        was = found
    assert turns >= 1, "a case that never changes proves nothing"
    assert looks <= 25, "more looks than days that matter"


@pytest.mark.parametrize("tree", [
    {"on_or_after": ["as_of", {"from": "operational_date", "years": 1}]},
    {"before": ["as_of", "2026-08-01"]},
    {"not": {"before": ["operational_date", {"from": "as_of", "days": 30}]}},
])  # fmt: skip
def test_conditions_that_read_the_day_name_it(tree: Any, rules: tuple[judge.Rule, ...]) -> None:
    condition = conditions.compile(tree, FIELDS)
    plain = next(rule for rule in rules if rule.provision.check == "no_flagged_answers")
    rule = dataclasses.replace(plain, provision=dataclasses.replace(plain.provision, applies_when=condition))
    given = case(given={"operational_date": "2026-05-15"})
    next_day, named, turns = due.watcher([rule]), BEGIN, 0
    was: bool | None = None
    for day in (BEGIN + timedelta(days=n) for n in range(DAYS)):
        now = dataclasses.replace(given, as_of=day)
        holds = condition.holds(now.answers, day)
        if day == named:
            named = next_day(now) or date.max
        else:
            assert holds == was
        turns += was is not None and holds != was
        was = holds
    assert turns == 1


def test_examiner_finds_what_judge_finds(rules: tuple[judge.Rule, ...]) -> None:
    examiner = judge.Examiner(rules)
    for given in CASES.values():
        for day in (BEGIN, date(2026, 4, 3), date(2026, 4, 4), date(2026, 7, 1)):
            now = dataclasses.replace(given, as_of=day)
            found, raised = examiner.examine(now)
            assert [one.told() for one in found] == [one.told() for one in judge.judge(now, rules)] and not raised
