from __future__ import annotations

from governance.compliance.contract import Namesake
from tests import make
from tests.governance.checks.shared import keys, run, snapshot


def twin(**changes: object) -> Namesake:
    given = {**make.deployed_high_impact(), **changes}
    return Namesake("DHS-9002", "ICE", given, has_same_name=True, has_same_justification=False)


def test_other_answers_under_one_name_are_a_warning() -> None:
    (problem,) = run("same_name_agrees", snapshot(namesakes=(twin(have_ato="no", has_pii="yes"),)))
    assert (problem.severity, problem.key) == ("warning", "DHS-9002")
    assert problem.message == "DHS-9002 of ICE bears the same name; 2 of 6 compared answers differ."


def test_agreeing_records_are_a_notice_only() -> None:
    assert keys(run("same_name_agrees", snapshot(namesakes=(twin(),)))) == [("notice", "DHS-9002")]


def test_same_justification_alone_is_not_the_same_name() -> None:
    other = Namesake("DHS-9003", "ICE", {}, has_same_name=False, has_same_justification=True)
    assert run("same_name_agrees", snapshot(namesakes=(other,))) == []
