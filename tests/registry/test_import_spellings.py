"""IDs of a file in another spelling than here, columns no table knows, and a second file of the same year."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from accounts.models import User
from audit.models import Event
from audit.workflow import Refused
from registry.actions import inventory
from registry.inventory.schema import load_layout
from registry.models import ColumnMapping, IdMatch, ImportBatch, ProposedCorrection, UseCase
from tests import make
from tests.registry.importing import bring, codes, counts, file_of, row
from tests.registry.make_inventory import DHS, FOLDER, case, csv_file, grid
from tests.registry.test_export import ids, out

OMB = load_layout("omb-2025", FOLDER)
HEADERS = [column.header for column in DHS.columns]


def named(use_case_id: str, name: str = "Fictional Case", **more: Any) -> dict[str, Any]:
    return case(1, id=use_case_id, use_case_name=name, **more)


def document(use_case_id: str) -> dict[str, Any]:
    return dict(UseCase.objects.get(use_case_id=use_case_id).filed_document or {})


# -- spellings ----------------------------------------------------------------------------------------


def test_same_id_in_another_spelling_and_the_same_name_is_the_same_case(manager: User) -> None:
    bring(file_of(named("DHS-P1")), manager)
    batch = bring(file_of(named("DHS-1P", benefits="New.")), manager)
    assert counts(batch) == {"updated": 1} and "id_spelled_otherwise" in codes(batch)
    assert document("DHS-P1")["answers"]["benefits"] == "New."
    assert [one["spelling"] for one in batch.summary["ids"]] == ["DHS-1P"]
    assert IdMatch.objects.get().state == "named"
    assert ids(out(manager)) == ["DHS-1P"], "the layout's files spell it so"


def test_another_name_waits_for_a_person(manager: User) -> None:
    bring(file_of(named("DHS-P1")), manager)
    batch = inventory.preview(file_of(named("DHS-1P", "Another name")), "x.csv", actor=manager)
    assert counts(batch) == {"rejected": 1} and "id_to_confirm" in codes(batch)
    (asked,) = batch.summary["ids"]
    assert (asked["how"], asked["use_case_id"], asked["here"]) == ("ask", "DHS-P1", "Fictional Case")
    told = batch.summary
    assert told["cells_flagged"] == told["cells_total"], "all its cells wait"


@pytest.mark.parametrize(("is_same", "outcome"), [(True, {"updated": 1}), (False, {"created": 1})])
def test_what_a_person_says_is_read_at_once_and_kept(manager: User, is_same: bool, outcome: dict[str, int]) -> None:
    bring(file_of(named("DHS-P1")), manager)
    content = file_of(named("DHS-1P", "Another name"))
    batch = inventory.preview(content, "x.csv", actor=manager)
    batch = inventory.say_ids(batch, {"DHS-1P": is_same, "DHS-99": True}, actor=manager)
    assert counts(batch) == outcome
    inventory.confirm(batch, actor=manager)
    assert UseCase.objects.count() == (1 if is_same else 2)
    assert counts(inventory.preview(content, "x.csv", actor=manager)) == {"unchanged": 1}
    assert Event.objects.filter(kind="id_match.said", timeline="DHS-P1").count() == 1
    assert IdMatch.objects.get().state == ("same" if is_same else "other")


def test_a_person_may_part_what_the_name_had_joined(manager: User) -> None:
    bring(file_of(named("DHS-P1")), manager)
    batch = inventory.preview(file_of(named("DHS-1P")), "x.csv", actor=manager)
    assert counts(inventory.say_ids(batch, {"DHS-1P": False}, actor=manager)) == {"created": 1}


def test_two_rows_of_one_case_are_not_both_taken(manager: User) -> None:
    bring(file_of(named("DHS-P1")), manager)
    batch = inventory.preview(file_of(named("DHS-P1"), named("DHS-1P")), "x.csv", actor=manager)
    assert counts(batch) == {"unchanged": 1, "rejected": 1} and "duplicate_id" in codes(batch)


def test_an_id_of_zeros_is_no_id(manager: User) -> None:
    bring(file_of(row(7)), manager)
    batch = bring(file_of(named("DHS-0000-2023", "Fictional Case 7", benefits="New.")), manager)
    assert counts(batch) == {"updated": 1} and {"placeholder_id", "no_id"} <= codes(batch)
    assert document("DHS-7")["answers"]["benefits"] == "New."


def test_only_whoever_may_confirm_the_file_says_something(manager: User, cast: Any) -> None:
    bring(file_of(named("DHS-P1")), manager)
    batch = inventory.preview(file_of(named("DHS-1P", "Another")), "x.csv", actor=manager)
    for who in ("lead", "caio", "auditor"):
        with pytest.raises(Refused):
            inventory.say_ids(batch, {"DHS-1P": True}, actor=getattr(cast, who))
        with pytest.raises(Refused):
            inventory.say_columns(batch, {}, actor=getattr(cast, who))


# -- columns ------------------------------------------------------------------------------------------


def own_file(*cases: dict[str, Any]) -> bytes:
    """The agency's own file: a header of its own for the justification, and a note nobody asks for."""
    headers = ["Colour of the binder" if header == "Justification" else header for header in HEADERS]
    lines = [[*line, f"Note {number}"] for number, line in enumerate(grid(cases), start=1)]
    return csv_file(lines, headers=[*headers, "Internal note"]).encode()


def asked(batch: ImportBatch) -> dict[str, str]:
    return {one["header"]: f"{one['sheet']}|{one['index']}" for one in batch.summary["asked"]}


def test_what_a_table_cannot_place_is_asked_read_again_and_kept_for_next_time(manager: User) -> None:
    content = own_file(row(1, hi_justification="Fictional reason."))
    batch = inventory.preview(content, "own.csv", actor=manager)
    places = asked(batch)
    assert set(places) == {"Colour of the binder", "Internal note"}
    assert batch.summary["asked"][0]["samples"] == ["Fictional reason."]
    flags = batch.summary["cells_flagged"]
    said = {places["Colour of the binder"]: "hi_justification", places["Internal note"]: "-"}
    batch = inventory.say_columns(batch, said, actor=manager)
    assert batch.summary["cells_flagged"] == flags - 1 and "mapped_column" in codes(batch)
    inventory.confirm(batch, actor=manager)
    assert document("DHS-1")["answers"]["hi_justification"] == "Fictional reason."
    assert document("DHS-1")["flagged"]["column: Internal note"]["text"] == "Note 1"
    kept = dict(ColumnMapping.objects.values_list("header", "field"))
    assert kept == {"Colour of the binder": "hi_justification", "Internal note": ""}
    later = bring(own_file(row(2, hi_justification="Another reason.")), manager)
    assert document("DHS-2")["answers"]["hi_justification"] == "Another reason."
    assert [one["how"] for one in later.summary["asked"]] == ["mapped", "kept"]


def test_what_was_kept_of_a_header_can_be_taken_back(manager: User) -> None:
    batch = inventory.preview(own_file(row(1, hi_justification="Reason.")), "own.csv", actor=manager)
    inventory.say_columns(batch, {asked(batch)["Colour of the binder"]: "hi_justification"}, actor=manager)
    inventory.forget_column(ColumnMapping.objects.get(), actor=manager)
    again = inventory.preview(own_file(row(1, hi_justification="Reason.")), "own.csv", actor=manager)
    assert "mapped_column" not in codes(again)


def test_two_columns_cannot_ask_one_question(manager: User) -> None:
    batch = inventory.preview(own_file(row(1, hi_justification="Reason.")), "own.csv", actor=manager)
    with pytest.raises(Refused, match="cannot both ask"):
        inventory.say_columns(batch, dict.fromkeys(asked(batch).values(), "hi_justification"), actor=manager)
    with pytest.raises(Refused, match="has no question"):
        inventory.say_columns(batch, {asked(batch)["Internal note"]: "colour"}, actor=manager)
    assert not ColumnMapping.objects.exists()


def test_what_is_said_of_slipped_columns_holds_for_the_file_alone(manager: User) -> None:
    from tests.registry.test_inventory_placing import slipped

    lines = [[str(line[0]).replace("EX-", "DHS-"), *line[1:]] for line in slipped(1)]
    content = csv_file(lines).encode()
    batch = inventory.preview(content, "slipped.csv", actor=manager)
    said = {f"{one['sheet']}|{one['index']}": one["belongs"] for one in batch.summary["asked"] if one["belongs"]}
    assert len(said) == 8
    batch = inventory.say_columns(batch, said, actor=manager)
    inventory.confirm(batch, actor=manager)
    assert document("DHS-1")["answers"]["hi_independent_review"] == "caio" and not document("DHS-1")["flagged"]
    assert not ColumnMapping.objects.exists()
    assert "shifted_column" in codes(inventory.preview(content, "slipped.csv", actor=manager))


# -- a second file of the year ------------------------------------------------------------------------


def omb(*cases: dict[str, Any]) -> bytes:
    lines = grid(cases, OMB)
    return csv_file(lines, headers=[column.header for column in OMB.columns]).encode()


def test_a_second_source_lists_differences_and_overwrites_nothing(manager: User) -> None:
    bring(file_of(row(1), row(2), row(3, vendor_name=None)), manager)
    second = omb(row(1, benefits="Otherwise."), row(2, benefits=None), row(3, vendor_name="Named Vendor"), row(4))
    batch = bring(second, manager)
    assert counts(batch) == {"proposed": 1, "unchanged": 1, "updated": 1, "created": 1}
    assert document("DHS-1")["answers"]["benefits"] == "Fictional: parcels wait less."
    assert document("DHS-2")["answers"]["benefits"] == "Fictional: parcels wait less.", "a blank says nothing"
    assert document("DHS-3")["answers"]["vendor_name"] == "Named Vendor", "what was blank is contradicted by nothing"
    (change,) = [one for one in batch.summary["changes"] if one["kind"] == "proposed"]
    assert (change["use_case_id"], change["because"], change["fields"]) == ("DHS-1", "source", ["benefits"])
    assert ProposedCorrection.objects.get().because == "source"
    assert counts(bring(second, manager)) == {"unchanged": 4}, "it is proposed once"


def test_some_of_the_differences_are_taken_over(manager: User) -> None:
    bring(file_of(row(1)), manager)
    bring(omb(row(1, benefits="Otherwise.", system_outputs="Otherwise too.")), manager)
    proposed = ProposedCorrection.objects.get()
    with pytest.raises(Refused, match="at least one"):
        inventory.accept_correction(proposed, actor=manager, fields=[])
    inventory.accept_correction(proposed, actor=manager, fields=["benefits", "is_ai"])
    answers = document("DHS-1")["answers"]
    assert answers["benefits"] == "Otherwise." and answers["system_outputs"] == "Fictional: an ordered list of parcels."
    again = bring(omb(row(1, benefits="Otherwise.", system_outputs="Otherwise too.")), manager)
    assert counts(again) == {"unchanged": 1}, "the rest was left as it is"


def test_all_differences_of_a_file_are_left_at_once(manager: User, cast: Any) -> None:
    bring(file_of(row(1), row(2)), manager)
    batch = bring(omb(row(1, benefits="A."), row(2, benefits="B.")), manager)
    with pytest.raises(Refused):
        inventory.refuse_all(batch, actor=cast.lead)
    assert inventory.refuse_all(batch, actor=manager) == 2
    assert set(ProposedCorrection.objects.values_list("state", flat=True)) == {"refused"}
    assert Event.objects.filter(kind="correction.refused").count() == 2
    with pytest.raises(Refused, match="already"):
        inventory.refuse_all(batch, actor=manager)


def test_a_newer_file_of_the_same_layout_changes_what_it_says(manager: User) -> None:
    bring(file_of(row(1)), manager)
    assert counts(bring(file_of(row(1, benefits="Revised.")), manager)) == {"updated": 1}


def test_another_year_is_no_second_source(manager: User) -> None:
    bring(file_of(row(1)), manager, cycle=2024)
    assert counts(bring(omb(row(1, benefits="A year later.")), manager)) == {"updated": 1}


def test_an_undone_file_is_no_first_source(manager: User) -> None:
    inventory.undo(bring(file_of(row(1)), manager), actor=manager)
    assert counts(bring(omb(row(1, benefits="Otherwise.")), manager)) == {"updated": 1}


# -- older instruments --------------------------------------------------------------------------------


def test_a_retired_case_of_an_earlier_file_is_not_exported_again(manager: User) -> None:
    from tests.registry.make_inventory import RETIRED

    bring(file_of(row(1), case(2, RETIRED, id="DHS-2")), manager)
    assert ids(out(manager, cycle=2025)) == ["DHS-1", "DHS-2"]
    assert ids(out(manager, cycle=2026)) == ["DHS-1"]


def test_older_answers_are_hidden_with_the_question_in_force(manager: User) -> None:
    table = load_layout("omb-2024", FOLDER)
    given = {
        "use_case_name": "Fictional",
        "agency_bureau": "CBP",
        "agency": "DHS",
        "y2024_system_name": "Fictional One",
    }
    lines = [[given.get(column.field, "") for column in table.columns]]
    make.component("CBP")
    bring(csv_file(lines, headers=[column.header for column in table.columns]).encode(), manager)
    found = UseCase.objects.get()
    found.restricted_fields = ["system_name_ato"]
    found.hide()
    assert found.document["withheld"]["y2024_system_name"].startswith("Restricted")
    assert "y2024_system_name" not in found.document["answers"]


def test_what_the_first_file_found_unchanged_is_not_overwritten_by_the_second(manager: User) -> None:
    bring(file_of(row(1)), manager, cycle=2024, effective_on=date(2024, 12, 16))
    bring(file_of(row(1)), manager)
    assert counts(bring(omb(row(1, benefits="Otherwise.")), manager)) == {"proposed": 1}
    assert counts(bring(file_of(row(1, benefits="Revised by its first source.")), manager)) == {"updated": 1}
