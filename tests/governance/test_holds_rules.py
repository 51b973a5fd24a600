"""Which filed answers open a hold, who speaks on it, and what follows: the pure rule and its list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from governance import lifecycle_guards as guards
from governance import prohibitions
from governance.prohibitions import MOVABLE, answer, consequence, hits, opens, outcome, waiting
from registry import lifecycle, questionnaire
from registry.yaml_source import SourceError

EDITION = prohibitions.editions()[-1]
ASKED = ("OGC", "CRCL", "PRIV")
NO, YES = "does_not_apply", "applies"


def test_the_list_names_every_question_on_prohibited_uses_and_always_counsel_and_civil_rights() -> None:
    questions = {field for field in questionnaire.fields() if field.startswith("proh_")}
    assert {one.field for one in EDITION.prohibitions} == questions
    assert sorted(one.number for one in EDITION.prohibitions) == [1, 2, 3, 4, 5, 6]
    assert all({"OGC", "CRCL"} <= set(one.offices) for one in EDITION.prohibitions)
    with_privacy = {one.field for one in EDITION.prohibitions if "PRIV" in one.offices}
    assert with_privacy == {"proh_surveillance", "proh_third_party"}


@pytest.mark.parametrize(
    ("document", "said", "is_open"),
    [
        ({"answers": {"proh_other": "no"}}, "no", False),
        ({"answers": {}}, "", False),
        ({"answers": {"proh_other": "yes"}}, "yes", True),
        ({"answers": {"proh_other": "unknown"}}, "unknown", True),
        ({"answers": {}, "withheld": {"proh_other": "Sensitive"}}, "withheld", True),
        ({"answers": {}, "flagged": {"proh_other": {"text": "perhaps"}}}, "flagged", True),
    ],
)
def test_what_is_not_ruled_out_opens_a_hold_and_a_blank_opens_none(
    document: dict[str, Any], said: str, is_open: bool
) -> None:
    assert answer(document, "proh_other") == said
    assert opens(said) is is_open
    assert hits(EDITION, document) == ({"proh_other": said} if is_open else {})


@pytest.mark.parametrize(
    ("said", "then"),
    [
        ({}, "open"),
        ({"OGC": NO, "CRCL": NO}, "open"),
        ({"OGC": NO, "CRCL": NO, "PRIV": NO}, "lifted"),
        ({"OGC": YES}, "applies"),
        ({"OGC": NO, "CRCL": NO, "PRIV": YES}, "applies"),
        ({"OGC": NO, "CRCL": NO, "CISO": NO}, "open"),
        ({"CISO": YES}, "open"),
    ],
)
def test_all_offices_lift_one_applies_and_silence_does_neither(said: dict[str, str], then: str) -> None:
    assert outcome(ASKED, said) == then


def test_a_hold_that_asks_nobody_is_never_lifted() -> None:
    assert outcome((), {}) == "open"


def test_who_has_still_to_speak() -> None:
    assert waiting(ASKED, {"CRCL": NO}) == ["OGC", "PRIV"]


def test_what_is_not_in_use_is_refused_and_what_is_runs_no_longer() -> None:
    assert consequence("in_review", is_running=False) == "refuse_prohibited"
    assert consequence("approved", is_running=True) == "stop_prohibited"
    assert consequence("suspended", is_running=True) == consequence("rejected", is_running=False) == ""
    for verb in ("refuse_prohibited", "stop_prohibited"):
        assert set(lifecycle.edge(verb).sources) == MOVABLE


def test_a_case_moves_only_when_an_office_said_that_it_applies() -> None:
    assert guards.prohibition_applies("Office", "applies") == []
    assert guards.prohibition_applies("Office", "does_not_apply")


LIST = """
rules: prohibitions
edition: 2026-11-01
source: invented
speak: {{within_days: 10, tell_again_after_days: 7}}
stop: {{report_within_days: 3, tell_again_after_days: 7}}
prohibitions:
  - {}
"""


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("{field: nothing_like_it, number: 1, offices: [OGC]}", "is not one of"),
        ("{field: proh_other, number: 1, offices: []}", "at least one office"),
        ("{field: proh_other, number: 1, offices: [OGC], extra: 1}", "unknown key"),
        ("{field: proh_other, number: 1, offices: [OGC]}\n  - {field: proh_other, number: 2, offices: [OGC]}", "twice"),
    ],
)
def test_a_list_that_is_wrong_is_refused_with_its_place(tmp_path: Path, row: str, says: str) -> None:
    path = tmp_path / "prohibitions-2026-11.yaml"
    path.write_text(LIST.format(row))
    with pytest.raises(SourceError, match=says):
        prohibitions.load(path, questionnaire.fields())
