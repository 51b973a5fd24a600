"""People oversee what affects safety, rights or significant decisions."""

from __future__ import annotations

from typing import Any

from governance.compliance.checks import ACCEPTED
from governance.compliance.judge import judge, rules_on
from registry import catalogue, questionnaire
from tests import make
from tests.governance.checks.shared import DAY, keys, run, snapshot

REF = "139-08/requirement/human-oversight"


def case(**changes: Any) -> Any:
    return snapshot(make.deployed_high_impact(**changes))


def test_a_use_somebody_oversees_yields_nothing() -> None:
    assert run("human_oversight_described", case()) == []


def test_a_use_nobody_oversees_is_serious() -> None:
    assert keys(run("human_oversight_described", case(oversight_form="none"))) == [("error", "nobody")]


def test_what_is_not_described_is_named_once() -> None:
    (found,) = run("human_oversight_described", case(oversight_who=None, oversight_stop=None))
    assert (found.severity, found.key, found.field) == ("warning", "not_described", "oversight_who")


def test_it_is_asked_where_rights_or_safety_are_affected_and_not_of_high_impact_only() -> None:
    rules = rules_on(catalogue.load(catalogue.POLICY, questionnaire.fields(), ACCEPTED), DAY)
    given = {"is_high_impact": "not_high_impact", "oversight_form": "none"}
    affected = snapshot(make.deployed_high_impact(**given, scr_rights_safety="yes"))
    other = snapshot(make.deployed_high_impact(**given, scr_rights_safety="no"))
    assert REF in {one.rule.provision.ref for one in judge(affected, rules)}
    assert REF not in {one.rule.provision.ref for one in judge(other, rules)}
