"""Undoing an import: the document before counts again, new cases leave, and what people did since stays."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection

from accounts.models import User
from audit.models import Event
from audit.workflow import Refused
from registry.actions import inventory
from registry.actions.use_cases import accept_ownership, save_section
from registry.models import Filing, ImportBatch, ProposedCorrection, UndoneImport, UseCase
from registry.past import filing_on
from registry.reads import documents_on
from tests.registry.importing import PUBLISHED, bring, counts, file_of, row
from tests.registry.test_corrections import in_review
from tests.registry.test_export import ids, out

JULY = date(2026, 7, 1)


def case(number: int) -> UseCase:
    return UseCase.objects.get(use_case_id=f"DHS-{number}")


def told(batch: ImportBatch) -> dict[str, int]:
    undone = ImportBatch.objects.get(pk=batch.pk).summary["undone"]
    return {name: undone[name] for name in ("left", "went_back", "stayed", "proposals") if undone[name]}


def test_what_counted_before_is_filed_again_from_the_files_day(manager: User) -> None:
    bring(file_of(row(1, benefits="Old.")), manager)
    before = case(1)
    batch = bring(file_of(row(1, benefits="New.", vendor_name=None)), manager, effective_on=JULY)
    inventory.undo(batch, actor=manager)
    after = case(1)
    assert after.filed_document == before.filed_document == after.document
    assert (after.filed_number, after.revision_number, after.filed_effective_on) == (3, 3, JULY)
    assert not after.has_unfiled_changes and after.status == "recorded"
    assert told(batch) == {"went_back": 1}
    assert documents_on([after.pk], JULY)[after.pk]["answers"]["benefits"] == "Old."
    assert Event.objects.filter(kind="use_case.put_back", timeline="DHS-1", actor=manager).count() == 1
    assert Event.objects.get(kind="inventory.undone").data["went_back"] == 1


def test_a_new_case_is_withdrawn_and_counts_on_no_day(manager: User) -> None:
    batch = bring(file_of(row(1), row(2)), manager)
    inventory.undo(batch, actor=manager)
    assert set(UseCase.objects.values_list("status", flat=True)) == {"withdrawn"}
    assert told(batch) == {"left": 2}
    assert documents_on([case(1).pk], PUBLISHED) == {} and filing_on(case(1), PUBLISHED) is None
    assert out(manager, as_of=PUBLISHED).rows == 0
    assert filing_on(case(1), PUBLISHED, known_at=ImportBatch.objects.get().confirmed_at) is not None


def test_the_file_can_be_brought_in_again(manager: User) -> None:
    content = file_of(row(1), row(2))
    batch = bring(content, manager, effective_on=JULY)
    inventory.undo(batch, actor=manager)
    again = bring(content, manager)
    assert counts(again) == {"updated": 2} and "same_file" not in {one["code"] for one in again.issues}
    assert (case(1).status, case(1).filed_effective_on) == ("recorded", PUBLISHED)
    assert ids(out(manager, as_of=PUBLISHED)) == ["DHS-1", "DHS-2"]
    inventory.undo(again, actor=manager)
    assert case(1).status == "withdrawn" and told(again) == {"left": 2}


def test_a_case_withdrawn_by_a_person_is_not_brought_back_by_a_file(manager: User) -> None:
    in_review(1, "withdrawn")
    assert counts(bring(file_of(row(1)), manager)) == {"proposed": 1}
    assert case(1).status == "withdrawn"


def test_answers_nobody_filed_stay_on_top(manager: User, cast: Any) -> None:
    bring(file_of(row(1)), manager)
    UseCase.objects.update(owner=cast.officer)
    save_section(case(1), "summary", {"system_outputs": "Mine."}, opened_on=1, actor=cast.officer)
    batch = bring(file_of(row(1, benefits="New.")), manager, effective_on=JULY)
    inventory.undo(batch, actor=manager)
    found = case(1)
    assert found.document["answers"]["system_outputs"] == "Mine." and found.has_unfiled_changes
    assert found.document["answers"]["benefits"] == "Fictional: parcels wait less."
    assert found.filed_document["answers"]["system_outputs"] == "Fictional: an ordered list of parcels."


def test_a_file_for_the_past_is_undone_for_the_past(manager: User) -> None:
    bring(file_of(row(1, benefits="First.")), manager, effective_on=date(2025, 1, 1))
    bring(file_of(row(1, benefits="Now.")), manager, effective_on=JULY)
    batch = bring(file_of(row(1, benefits="Between.")), manager)
    assert documents_on([case(1).pk], PUBLISHED)[case(1).pk]["answers"]["benefits"] == "Between."
    inventory.undo(batch, actor=manager)
    assert documents_on([case(1).pk], PUBLISHED)[case(1).pk]["answers"]["benefits"] == "First."
    assert case(1).filed_document["answers"]["benefits"] == "Now." and case(1).filed_effective_on == JULY


def test_a_past_in_which_nothing_counted_is_empty_again(manager: User) -> None:
    bring(file_of(row(1, benefits="Now.")), manager, effective_on=JULY)
    batch = bring(file_of(row(1, benefits="Past.")), manager)
    inventory.undo(batch, actor=manager)
    assert documents_on([case(1).pk], PUBLISHED) == {} and told(batch) == {"went_back": 1}
    assert UndoneImport.objects.get().is_uncounted and case(1).filed_document["answers"]["benefits"] == "Now."


def test_a_case_a_person_has_changed_stays_and_the_reason_is_kept(manager: User, cast: Any) -> None:
    batch = bring(file_of(row(1), row(2), row(3)), manager)
    accept_ownership(case(1), actor=cast.officer)
    UseCase.objects.filter(use_case_id="DHS-2").update(owner=cast.officer)
    save_section(case(2), "summary", {"benefits": "Mine."}, opened_on=1, actor=cast.officer)
    plan = inventory.plan_undo(batch)
    assert [one.use_case.use_case_id for one in plan.leaving] == ["DHS-3"]
    inventory.undo(batch, actor=manager)
    assert told(batch) == {"left": 1, "stayed": 2}
    staying = {one["use_case_id"]: one["reason"] for one in ImportBatch.objects.get().summary["undone"]["staying"]}
    assert str(cast.officer) in staying["DHS-1"] and "saved a section since" in staying["DHS-2"]
    assert ids(out(manager, as_of=PUBLISHED)) == ["DHS-1", "DHS-2"], "what stays still counts"


def test_it_is_refused_with_the_reasons_where_every_case_was_changed(manager: User, cast: Any) -> None:
    batch = bring(file_of(row(1)), manager)
    accept_ownership(case(1), actor=cast.officer)
    with pytest.raises(Refused, match="DHS-1: .*since"):
        inventory.undo(batch, actor=manager)
    assert case(1).status == "recorded" and not UndoneImport.objects.exists()


def test_a_later_file_goes_first(manager: User) -> None:
    first = bring(file_of(row(1)), manager)
    second = bring(file_of(row(1, benefits="New.")), manager, effective_on=JULY)
    with pytest.raises(Refused, match="DHS-1: .* since"):
        inventory.undo(first, actor=manager)
    inventory.undo(second, actor=manager)
    inventory.undo(first, actor=manager)
    assert case(1).status == "withdrawn"


def test_open_proposals_are_taken_back_with_their_file(manager: User) -> None:
    in_review(1, "approved")
    batch = bring(file_of(row(1)), manager)
    inventory.undo(batch, actor=manager)
    assert ProposedCorrection.objects.get().state == "taken_back" and told(batch) == {"proposals": 1}
    assert counts(bring(file_of(row(1)), manager)) == {"proposed": 1}, "the file may propose it again"


def test_a_correction_a_person_accepted_stays(manager: User) -> None:
    in_review(1, "approved")
    batch = bring(file_of(row(1), row(2)), manager)
    inventory.accept_correction(ProposedCorrection.objects.get(), actor=manager)
    accepted = case(1).filed_document
    inventory.undo(batch, actor=manager)
    assert told(batch) == {"left": 1} and case(1).filed_document == accepted


def test_only_those_who_imported_it_and_the_manager_undo_it(manager: User, cast: Any) -> None:
    batch = bring(file_of(row(1)), manager)
    for who in ("officer", "lead", "caio", "auditor", "administrator", "nobody"):
        with pytest.raises(Refused):
            inventory.undo(batch, actor=getattr(cast, who))
    own = bring(file_of(row(2)), cast.lead)
    inventory.undo(own, actor=cast.lead)
    assert (case(1).status, case(2).status) == ("recorded", "withdrawn")


def test_it_is_undone_once(manager: User) -> None:
    batch = bring(file_of(row(1)), manager)
    inventory.undo(batch, actor=manager)
    with pytest.raises(Refused, match="Undone"):
        inventory.undo(batch, actor=manager)
    waiting = inventory.preview(file_of(row(2)), "x.csv", actor=manager)
    with pytest.raises(Refused, match="Waiting"):
        inventory.undo(waiting, actor=manager)


def test_nothing_is_half_undone(manager: User) -> None:
    bring(file_of(row(1)), manager)
    batch = bring(file_of(row(1, benefits="New."), row(2)), manager, effective_on=JULY)
    with connection.cursor() as cursor:  # the last write of it fails
        cursor.execute(
            "CREATE FUNCTION power_cut() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'power cut'; END $$; "
            "CREATE TRIGGER power_cut BEFORE UPDATE ON registry_importbatch FOR EACH ROW EXECUTE FUNCTION power_cut()"
        )
    filings, events = Filing.objects.count(), Event.objects.count()
    with pytest.raises(DatabaseError, match="power cut"):
        inventory.undo(batch, actor=manager)
    assert (Filing.objects.count(), Event.objects.count()) == (filings, events)
    assert case(2).status == "recorded" and case(1).filed_document["answers"]["benefits"] == "New."
