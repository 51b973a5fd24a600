"""One ID in several spellings, months and years, and what older answers suggest."""

from __future__ import annotations

from typing import Any

import pytest

from registry.inventory.answers import Answer, Flagged, interpret
from registry.inventory.comparable import of_document
from registry.inventory.ids import canonical, is_placeholder, same_ids
from registry.inventory.schema import layouts
from registry.inventory.suggestions import suggested
from tests.registry.make_inventory import FOLDER

LAYOUTS = layouts(FOLDER)
WHEN = LAYOUTS["omb-2024"].by_field["y2024_date_initiated"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("DHS-1P", "DHS-P1"), ("DHS-P01", "DHS-1P"), ("dhs 12", "DHS-012"), ("DHS-0012-2023", "DHS-12"),
        ("DHS12", "DHS-12"), ("12", "0012"), ("DHS_12", "DHS.12"),
    ],
)  # fmt: skip
def test_spellings_of_one_id(one: str, other: str) -> None:
    assert canonical(one) == canonical(other) is not None


@pytest.mark.parametrize(
    ("one", "other"), [("DHS-1P", "DHS-1"), ("DHS-P1", "DHS-A1"), ("DHS-12", "EXA-12"), ("DHS-12", "DHS-120")]
)
def test_other_ids_stay_others(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize("text", ["", "DHS", "parcels", "DHS-A1B", "DHS-0000-2023"])
def test_what_is_no_id_has_no_meaning(text: str) -> None:
    assert canonical(text) is None


def test_an_id_of_zeros_stands_in_place_of_one() -> None:
    assert is_placeholder("DHS-0000-2023") and not is_placeholder("DHS-10") and not is_placeholder("DHS")


def test_an_id_that_may_be_two_others_is_none_of_them() -> None:
    assert same_ids(["DHS-1P", "DHS-7"], ["DHS-P1", "DHS-P01", "DHS-7"]) == {"DHS-7": "DHS-7"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10/2022", "2022-10"), ("2022-10", "2022-10"), ("Oct-22", "2022-10"), ("October 2022", "2022-10"),
        ("Sept. 2022", "2022-09"), ("2022", "2022"), ("10/01/2022", "2022-10-01"), ("2022-10-01", "2022-10-01"),
        ("10/1/2022 0:00", "2022-10-01"),
    ],
)  # fmt: skip
def test_months_and_years_are_dates_of_the_older_instruments(text: str, value: str) -> None:
    assert interpret(text, WHEN, LAYOUTS["omb-2024"]) == Answer(value)


@pytest.mark.parametrize(
    "text", ["13/2022", "00/2022", "Foo 2022", "N/A - consolidated", "2022 to 2023", "1/1/22", "1"]
)
def test_what_is_no_month_is_kept_for_a_person(text: str) -> None:
    found = interpret(text, WHEN, LAYOUTS["omb-2024"])
    assert isinstance(found, Flagged) and found.reason.code == "bad_date"


def suggestions(**answers: Any) -> dict[str, str]:
    return {one.field: one.code for one in suggested({"answers": answers}, LAYOUTS.values())}


def test_older_answers_only_suggest() -> None:
    assert suggestions(y2024_stage="operation", y2024_has_ato="yes") == {
        "development_stage": "deployed", "have_ato": "yes",
    }  # fmt: skip
    assert suggestions(y2024_stage="implementation") == {}, "no answer of 2025 says the same"


def test_what_is_answered_needs_no_suggestion() -> None:
    assert suggestions(y2024_stage="operation", development_stage="pilot") == {}


def test_a_later_instrument_goes_before_an_earlier_one() -> None:
    assert suggestions(y2024_stage="retired", y2023_stage="operation") == {"development_stage": "retired"}


@pytest.mark.parametrize("safety", ["no", "yes", "too_new"])
def test_the_graver_of_two_answers_counts(safety: str) -> None:
    found = suggestions(y2024_rights_impacting="no", y2024_safety_impacting=safety)
    assert found == {"is_high_impact": "high_impact" if safety == "yes" else "not_high_impact"}
    assert suggestions(y2024_rights_impacting="yes", y2024_safety_impacting=safety) == {"is_high_impact": "high_impact"}


def test_every_suggestion_is_an_answer_of_the_instrument_in_force() -> None:
    now = LAYOUTS["omb-2025"].by_field
    for layout in LAYOUTS.values():
        for column in layout.columns:
            assert not column.like or column.like in now, column.field
            for code, found in column.suggests.items():
                assert code in column.labels
                assert all(value in now[field].labels for field, value in found.items()), (column.field, code)


def test_inactive_case_of_2024_counts_as_retired() -> None:
    document = {"answers": {"use_case_name": "Fictional", "y2024_active": "Inactive (no longer used)"}}
    assert of_document("EX-1", document, LAYOUTS).retired
    assert not of_document("EX-1", {"answers": {"y2024_active": "Active"}}, LAYOUTS).retired
    assert not of_document(
        "EX-1", {"answers": {"y2024_active": "Inactive", "development_stage": "pilot"}}, LAYOUTS
    ).retired
