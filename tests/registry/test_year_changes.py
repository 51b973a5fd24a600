"""One reporting year's inventory against another's, from files that were brought in, and what the next call asks of."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from registry import organization
from registry.actions import cycle_changes, inventory
from registry.actions.inventory.export import inventory_on
from registry.inventory.told import compared
from registry.models import UseCase
from registry.reads.cycles import called
from registry.yaml_source import FIXTURES
from tests import make, make_cycles
from tests.registry.importing import bring, file_of, row

pytestmark = pytest.mark.django_db
COMPARE = "/inventory/cycles/compare/"
OLD = date(2024, 12, 16)


def older(number: int, stage: str | None, active: str = "Active") -> UseCase:
    """A case that only the file of 2024 had."""
    given = {"use_case_name": f"Parcel sorting {number}", "y2024_active": active, "y2024_stage": stage}
    return make.use_case(given={name: value for name, value in given.items() if value}, filed_on=OLD, status="recorded")


def test_what_was_active_in_an_older_instrument_is_called_and_what_had_ended_is_not(cast: Any) -> None:
    active = older(1, "operation")
    for number, (stage, said) in enumerate([("retired", "Active"), ("operation", "Inactive (no longer used)")], 2):
        older(number, stage, said)
    answered_since = older(9, "retired")
    make_cycles.filed_since(answered_since, cast.officer, development_stage="pilot")
    cycle = make_cycles.cycle(cast)
    assert set(called(cycle)) == {active, answered_since}


def test_a_later_instrument_goes_before_an_earlier_one(cast: Any) -> None:
    ended = {"use_case_name": "Letter sorting", "y2023_stage": "retired"}
    back = make.use_case(given={**ended, "y2024_stage": "operation"}, filed_on=OLD, status="recorded")
    make.use_case(given=ended, filed_on=OLD, status="recorded")
    assert set(called(make_cycles.cycle(cast))) == {back}


def test_a_case_that_a_file_forgot_is_missing_in_the_next_cycle(cast: Any, manager: User, sign_in: Any) -> None:
    bring(file_of(row(1), row(2)), cast.manager, cycle=2024, effective_on=OLD)
    bring(file_of(row(1), row(3)), cast.manager)
    log = cycle_changes.change_log(make_cycles.cycle(cast))
    assert (log.carried, log.before, log.now) == (2, 2, 3)
    assert [(one.kind, one.id) for one in log.changes] == [("missing", "DHS-2")]
    page = sign_in(cast.manager).get("/inventory/cycles/2026/").content
    assert b"Missing the year before" in page, "counted on the overview"


def test_two_years_are_compared_on_a_page(cast: Any, sign_in: Any) -> None:
    client = sign_in(cast.manager)
    assert b"None is on record yet" in client.get(COMPARE).content, "not even the agency"
    make.component("CBP")
    bring(file_of(row(1), row(2)), cast.manager, cycle=2024, effective_on=OLD)
    assert b"Only that of 2024" in client.get(COMPARE).content
    bring(file_of(row(1, use_case_name="Renamed"), row(3)), cast.manager)
    page = client.get(COMPARE).content.decode()
    assert "1 use cases are in both inventories, 1 are new, 1 are gone, 1 of them without" in " ".join(page.split())
    same = client.get(COMPARE, {"before": "2025", "now": "2024", "kind": "renamed"}).content.decode()
    assert "What became of 2024 in 2025" in same and "Renamed" in same and "DHS-3" not in same
    for odd in ({"before": "x", "now": "2025"}, {"before": "2025", "now": "2025"}, {"kind": "x", "page": "9"}):
        assert client.get(COMPARE, odd).status_code == 200
    table = client.get(COMPARE, {"format": "csv"}).content.decode("utf-8-sig")
    assert "Vanished without a retired row,CBP,DHS-2" in table


def test_an_older_stage_is_shown_in_the_words_of_its_year(cast: Any, manager: User, sign_in: Any) -> None:
    older(1, "implementation")
    older(2, None)
    older(3, "retired")
    make_cycles.cycle(cast)
    UseCase.objects.update(status="withdrawn")
    page = sign_in(manager).get("/inventory/cycles/2026/changes/").content.decode()
    cells = re.findall(r'data-label="The year before">([^<]*)<', page)
    assert sorted(cells) == ["Active", "Disposal/Retired", "Implementation and Assessment"]
    assert "Vanished without a retired row" not in page, "what leaves is reported once more, as retired"


def test_only_the_answers_that_are_compared_are_read(cast: Any) -> None:
    make_cycles.reported(cast.officer, hi_testing_conducted="yes")
    (row,) = inventory_on(date(2026, 6, 1), make.agency(), only=compared())
    whole = UseCase.objects.get().filed_document["answers"]
    assert row["document"]["answers"] == {name: whole[name] for name in compared() if name in whole}
    assert "benefits" in whole and "benefits" not in compared()


def test_a_year_of_which_the_reader_may_know_no_case_is_not_on_record(cast: Any, manager: User, sign_in: Any) -> None:
    bring(file_of(row(1)), manager, cycle=2024, effective_on=OLD)
    bring(file_of(row(2)), manager)
    UseCase.objects.filter(use_case_id="DHS-1").update(handling="restricted")
    assert b"Only that of 2025 is on record" in sign_in(cast.leader).get(COMPARE).content
    assert b"What became of 2024 in 2025" in sign_in(cast.auditor).get(COMPARE).content


def test_2024_against_january_2026_as_they_were_published(cast: Any, sign_in: Any, real_data: Path) -> None:
    """The figures of the field report, on the manager's pages, from the two published files as they are."""
    for part in organization.load(FIXTURES / "organization" / "dhs.yaml").components:
        make.component(part.code)
    for name in ("dhs-2024-inventory.csv", "dhs-2025-inventory.xlsx"):
        batch = inventory.import_file((real_data / name).read_bytes(), name, actor=cast.manager)
        assert batch.summary["rejected"] == 0
    page = " ".join(sign_in(cast.manager).get(COMPARE).content.decode().split())
    assert "154 use cases are in both inventories, 84 are new, 43 are gone, 5 of them without having been" in page
    assert "29 bear another name; in 1 of these only capitals or signs differ" in page
    cycle = make_cycles.cycle(cast)
    assert called(cycle).count() == 210, "238 but 33 reported as retired, and the five nobody accounted for"
    log = cycle_changes.change_log(cycle)
    assert {kind: number for kind, number in log.counts.items() if number} == {"missing": 5, "done": 33}
