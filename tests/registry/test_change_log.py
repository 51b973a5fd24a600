"""What became of an inventory since the year before: every kind of change, from entries and from real files."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from registry.inventory.change_log import KINDS, Entry, compare, entries
from registry.inventory.read import read
from registry.inventory.schema import layouts
from tests.registry.make_inventory import DEPLOYED, FOLDER, RETIRED, case, csv_file, grid

HIGH = "high_impact"


def entry(number: int, stage: str = "deployed", *, name: str = "", impact: str = "", retired: bool = False,
          **answers: Any) -> Entry:  # fmt: skip
    given = {"development_stage": stage, "is_high_impact": impact, **answers}
    return Entry(f"DHS-{number}", name or f"Case {number}", {"answers": given}, stage, impact, retired)


def kinds(before: list[Entry], now: list[Entry], **words: Any) -> dict[str, int]:
    return {kind: number for kind, number in compare(before, now, **words).counts.items() if number}


def test_the_same_inventory_has_no_change() -> None:
    rows = [entry(1), entry(2, "retired")]
    log = compare(rows, rows)
    assert (log.changes, log.carried, log.before, log.now) == ((), 2, 2, 2)


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ([], [entry(1)], {"new": 1}),
        ([entry(1)], [entry(1, "retired")], {"retired": 1}),
        ([entry(1, "pilot")], [entry(1)], {"stage": 1}),
        ([entry(1, impact="not_high_impact")], [entry(1, impact=HIGH)], {"reclassified": 1}),
        ([entry(1)], [entry(1, name="Another name")], {"renamed": 1}),
        ([entry(1)], [], {"vanished": 1}),
        ([entry(1, "retired")], [], {"done": 1}),
        ([entry(1)], [entry(1, retired=True)], {"owed": 1}),
        ([entry(1, "retired")], [entry(1, "retired", retired=True)], {}),
        ([entry(1, impact="")], [entry(1, impact=HIGH)], {}),
    ],
)
def test_each_kind_of_change_is_named(was: list[Entry], now: list[Entry], expected: dict[str, int]) -> None:
    assert kinds(was, now) == expected


@pytest.mark.parametrize(
    ("practice", "old", "new", "falls"),
    [
        ("hi_testing_conducted", "yes", "in_progress", True),
        ("hi_testing_conducted", "yes", "waived", True),
        ("hi_testing_conducted", "yes", None, True),
        ("hi_testing_conducted", "in_progress", "yes", False),
        ("hi_testing_conducted", "in_progress", "waived", False),
        ("hi_testing_conducted", None, "in_progress", False),
        ("hi_independent_review", "caio", "other_office", False),
        ("hi_independent_review", "oversight_board", "in_progress", True),
        ("hi_appeal_process", "not_applicable", "yes", False),
        ("hi_public_consultation", ["usability_testing"], ["other", "in_progress"], True),
        ("hi_public_consultation", ["other"], ["public_comments"], False),
    ],
)
def test_a_practice_that_was_met_and_is_not_any_more_falls_back(practice: str, old: Any, new: Any, falls: bool) -> None:
    pair = [entry(1, impact=HIGH, **({practice: value} if value else {})) for value in (old, new)]
    assert kinds([pair[0]], [pair[1]]) == ({"regressed": 1} if falls else {})


def test_a_practice_that_is_not_asked_any_more_does_not_fall_back() -> None:
    was = entry(1, impact=HIGH, hi_testing_conducted="yes")
    assert kinds([was], [entry(1, "pilot", impact=HIGH)]) == {"stage": 1}
    assert kinds([was], [entry(1, "retired", impact=HIGH)]) == {"retired": 1}


def test_a_case_of_an_earlier_inventory_that_the_year_before_lacks_is_missing_and_not_new() -> None:
    log = compare([entry(1)], [entry(1), entry(2), entry(3)], earlier={"DHS-2"})
    assert [(one.kind, one.id) for one in log.changes] == [("missing", "DHS-2"), ("new", "DHS-3")]


def test_a_new_spelling_of_a_name_says_so() -> None:
    (change,) = compare([entry(1, name="Parcel  Sorting – Pilot")], [entry(1, name="parcel sorting - pilot.")]).changes
    assert change.kind == "renamed" and change.is_spelling
    (other,) = compare([entry(1, name="Parcel sorting")], [entry(1, name="Letter sorting")]).changes
    assert not other.is_spelling


def test_an_id_that_was_spelled_otherwise_is_the_same_case() -> None:
    was = Entry("DHS-1P", "Case", {}, "pilot", "")
    now = Entry("DHS-P1", "Case", {}, "deployed", "")
    log = compare([was], [now], {"DHS-1P": "DHS-P1"})
    assert [(one.kind, one.was_id) for one in log.changes] == [("stage", "DHS-1P")]
    assert kinds([was], [now]) == {"vanished": 1, "new": 1}


def test_what_to_act_on_stands_first() -> None:
    log = compare([entry(1), entry(2, "pilot")], [entry(2), entry(3)])
    assert [one.kind for one in log.changes] == ["vanished", "stage", "new"]
    assert set(log.counts) == set(KINDS)


def test_two_files_can_be_compared() -> None:
    known = layouts(FOLDER)
    files = [
        [case(1), case(2), case(3, RETIRED)],
        [case(1, RETIRED), case(4, DEPLOYED, use_case_name="Fictional newcomer")],
    ]
    before, now = (entries(read(csv_file(grid(rows)).encode(), name="x.csv", layouts=known)) for rows in files)
    assert kinds(before, now) == {"vanished": 1, "retired": 1, "new": 1, "done": 1}


def test_january_2026_against_2024_as_they_were_published(real_data: Path) -> None:
    """The figures of the field report: the 2024 file is read by its columns, without its layout."""
    now = entries(read(real_data / "dhs-2025-inventory.xlsx", name="dhs.xlsx", layouts=layouts(FOLDER)))
    with (real_data / "dhs-2024-inventory.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [{(head or "").strip(): cell for head, cell in row.items()} for row in csv.DictReader(file)]
    stage = "Stage of System Development Life Cycle"
    before = [
        Entry(
            row["Use Case ID"].strip(),
            row["Use Case Name"],
            {},
            "retired" if "Retired" in row[stage] else "deployed",
            "",
        )
        for row in rows
    ]
    log = compare(before, now, {"DHS-1P": "DHS-P1", "DHS-2P": "DHS-P2"})
    found = Counter(one.kind for one in log.changes)
    assert (log.carried, log.before, log.now) == (154, 197, 238)
    assert (found["new"], found["vanished"] + found["done"], found["vanished"]) == (84, 43, 5)
    renamed = [one for one in log.changes if one.kind == "renamed"]
    assert (len(renamed), sum(1 for one in renamed if not one.is_spelling)) == (29, 28)
