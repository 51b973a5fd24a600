"""Importing an inventory file: what is written, what waits for a person, and what nothing can change."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections
from django.utils import timezone

from accounts.models import User
from audit.models import Event
from audit.workflow import Refused, Stale
from registry.actions import inventory
from registry.actions.inventory.files import as_json
from registry.actions.use_cases import next_use_case_id, save_section
from registry.models import Filing, ImportBatch, Revision, SeenUseCaseId, UseCase
from tests import make
from tests.registry.importing import PUBLISHED, bring, codes, counts, file_of, row
from tests.registry.make_inventory import case, csv_file, defective_workbook

# -- a preview --------------------------------------------------------------------------------------


def test_preview_writes_nothing_but_itself(manager: User) -> None:
    # Made once: a workbook written a second later carries another date of its own.
    workbook = defective_workbook()
    batch = inventory.preview(workbook, "defects.xlsx", actor=manager)
    assert batch.state == "preview" and bytes(batch.content) == workbook and len(batch.sha256) == 64
    assert counts(batch) == {"created": 12} and batch.effective_on == PUBLISHED and batch.cycle == 2025
    assert (UseCase.objects.count(), SeenUseCaseId.objects.count(), Revision.objects.count()) == (0, 0, 0)


def test_looking_writes_nothing_at_all(manager: User) -> None:
    looked = inventory.look(defective_workbook(), "defects.xlsx", actor=manager)
    assert looked.summary["created"] == 12
    assert (ImportBatch.objects.count(), Event.objects.count()) == (0, 0)


def test_cells_are_stored_or_flagged_and_add_up(manager: User) -> None:
    content = file_of(row(1), row(2, agency_bureau="NOWHERE"), row(3, operational_date="in spring"), row(1))
    told = inventory.preview(content, "x.csv", actor=manager).summary
    assert told["cells_stored"] + told["cells_flagged"] == told["cells_total"] > 0
    assert told["rows"] == 4 and told["rejected"] == 2
    assert told["created"] + told["updated"] + told["unchanged"] + told["proposed"] + told["rejected"] == told["rows"]


# -- new cases --------------------------------------------------------------------------------------


def test_imported_case_is_recorded_and_nobodys(manager: User) -> None:
    batch = bring(file_of(row(7)), manager)
    found = UseCase.objects.get(use_case_id="DHS-7")
    assert (found.status, found.owner, found.component.code) == ("recorded", None, "CBP")
    assert (found.revision_number, found.filed_number, found.filed_effective_on) == (1, 1, PUBLISHED)
    assert found.document == found.filed_document == found.revisions.get().document
    revision, filing = found.revisions.get(), found.filings.get()
    assert revision.edition == "dhs-2025" and filing.batch == batch and filing.effective_on == PUBLISHED
    assert list(Event.objects.filter(timeline="DHS-7").values_list("kind", flat=True)) == ["use_case.imported"]
    imported = Event.objects.get(kind="inventory.imported")
    assert imported.data["created"] == 1 and imported.act == Event.objects.get(kind="use_case.imported").act


def test_first_component_of_a_cell_owns_the_case(manager: User) -> None:
    bring(file_of(row(7, agency_bureau="ICE, CBP")), manager)
    found = UseCase.objects.get(use_case_id="DHS-7")
    assert found.component.code == "ICE"
    assert dict(found.parts.values_list("component__code", "is_owner")) == {"ICE": True, "CBP": False}


def test_component_may_be_named_in_full(manager: User) -> None:
    bring(file_of(row(7, agency_bureau="component cbp")), manager)
    assert UseCase.objects.get().component.code == "CBP"


def test_seen_ids_are_never_given_again_even_of_rejected_rows(manager: User) -> None:
    bring(file_of(row(40), row(812, agency_bureau="NOWHERE"), case(9, id="DHS-P2")), manager)
    assert set(SeenUseCaseId.objects.values_list("use_case_id", "number")) == {
        ("DHS-40", 40), ("DHS-812", 812), ("DHS-P2", None),
    }  # fmt: skip
    assert next_use_case_id(make.component("CBP")) == "DHS-813"


def test_a_number_beyond_reason_does_not_push_the_next_id(manager: User) -> None:
    bring(file_of(row(40), case(1, id="DHS-99999999999"), case(2, id="EX-5000")), manager)
    assert next_use_case_id(make.component("CBP")) == "DHS-41"


def test_row_without_an_id_gets_the_next_and_is_found_again_by_its_name(manager: User) -> None:
    nameless = case(1, id=None, use_case_name="Fictional nameless")
    first = bring(file_of(row(40), nameless), manager)
    assert counts(first) == {"created": 2} and "no_id" in codes(first)
    assert set(UseCase.objects.values_list("use_case_id", flat=True)) == {"DHS-40", "DHS-41"}
    again = bring(file_of(row(40), nameless | {"benefits": "Fictional: other benefits."}), manager)
    assert counts(again) == {"unchanged": 1, "updated": 1}
    assert UseCase.objects.get(use_case_id="DHS-41").document["answers"]["benefits"] == "Fictional: other benefits."


# -- rows that wait ---------------------------------------------------------------------------------


def test_unknown_component_is_an_issue_and_its_cells_are_kept(manager: User) -> None:
    batch = bring(file_of(row(1), row(2, agency_bureau="NOWHERE")), manager)
    assert counts(batch) == {"created": 1, "rejected": 1}
    (culprit,) = [issue for issue in batch.issues if issue["code"] == "unknown_component"]
    assert culprit["value"] == "NOWHERE" and culprit["cells"]["Bureau/Component"] == "NOWHERE"
    assert culprit["cells"]["Use Case Name"] == "Fictional Case 2"
    assert "cells" not in as_json(batch.summary, batch.issues)["issues"][0]


def test_component_lead_imports_only_rows_of_the_own_component(cast: Any) -> None:
    make.component("ICE")
    batch = bring(file_of(row(1), row(2, agency_bureau="ICE")), cast.lead)
    assert counts(batch) == {"created": 1, "rejected": 1} and "not_your_component" in codes(batch)
    assert UseCase.objects.get().use_case_id == "DHS-1"


def test_component_lead_cannot_take_another_components_case_by_its_id(cast: Any, manager: User) -> None:
    bring(file_of(row(2, agency_bureau="ICE")), manager)
    before = UseCase.objects.get()
    batch = bring(file_of(row(2, agency_bureau="CBP", benefits="Fictional: taken over.")), cast.lead)
    assert counts(batch) == {"rejected": 1} and "not_your_component" in codes(batch)
    after = UseCase.objects.get()
    assert (after.document, after.component) == (before.document, before.component)


def test_an_import_moves_no_case_to_another_component(manager: User) -> None:
    bring(file_of(row(2)), manager)
    batch = bring(file_of(row(2, agency_bureau="ICE")), manager)
    assert "component_differs" in codes(batch) and batch.summary["cells_flagged"] == 1
    found = UseCase.objects.get()
    assert found.component.code == "CBP" and found.document["flagged"]["agency_bureau"]["text"] == "ICE"
    assert counts(bring(file_of(row(2, agency_bureau="ICE")), manager)) == {"unchanged": 1}
    assert counts(bring(file_of(row(2)), manager)) == {"updated": 1}
    assert UseCase.objects.get().document["flagged"] == {}


def test_rows_of_another_agency_are_held_when_one_is_given(manager: User) -> None:
    headers = ["agency", "id", "use_case_name", "agency_bureau", "contact_email", "development_stage"]
    lines = [
        ["DHS", "DHS-1", "Fictional one", "CBP", "a@example.gov", "pilot"],
        ["EXA", "EXA-1", "Fictional two", "CBP", "a@example.gov", "pilot"],
    ]
    content = csv_file(lines, headers=headers).encode()
    assert counts(inventory.preview(content, "x.csv", actor=manager)) == {"created": 1, "rejected": 1}
    assert "unknown_agency" in codes(inventory.preview(content, "x.csv", actor=manager))
    make.agency("EXA")
    given = inventory.preview(content, "x.csv", actor=manager, agency=make.agency("DHS"))
    assert counts(given) == {"created": 1, "rejected": 1} and "other_agency" in codes(given)


# -- known cases ------------------------------------------------------------------------------------


def test_the_same_file_twice_changes_nothing_and_says_so(manager: User) -> None:
    bring(file_of(row(1), row(2)), manager)
    batch = bring(file_of(row(1), row(2)), manager)
    assert counts(batch) == {"unchanged": 2} and "same_file" in codes(batch)
    assert (Revision.objects.count(), Filing.objects.count()) == (2, 2)


def test_changed_row_writes_a_revision_that_counts(manager: User) -> None:
    bring(file_of(row(1), row(2)), manager)
    changed = row(1, benefits="Fictional: new.", vendor_name=None)
    batch = bring(file_of(changed, row(2)), manager, effective_on=date(2026, 7, 1))
    assert counts(batch) == {"updated": 1, "unchanged": 1}
    assert batch.summary["changes"][0]["fields"] == ["benefits", "vendor_name"]
    found = UseCase.objects.get(use_case_id="DHS-1")
    assert (found.revision_number, found.filed_number, found.filed_effective_on) == (2, 2, date(2026, 7, 1))
    assert "vendor_name" not in found.filed_document["answers"]
    assert found.document["answers"]["benefits"] == "Fictional: new."


def test_redaction_marker_never_overwrites_what_is_known(manager: User) -> None:
    bring(file_of(row(1)), manager)
    batch = bring(file_of(row(1, vendor_name="Law Enforcement Sensitive (LES)")), manager)
    assert counts(batch) == {"unchanged": 1}
    assert UseCase.objects.get().document["answers"]["vendor_name"] == "Fictional Vendor, Inc."


def test_public_mailbox_never_overwrites_a_contact(manager: User) -> None:
    bring(file_of(row(1)), manager)
    assert counts(bring(file_of(row(1, contact_email="AI@hq.dhs.gov")), manager)) == {"unchanged": 1}
    assert UseCase.objects.get().document["answers"]["contact_email"] == "ai@example.gov"


def test_fields_the_layout_does_not_carry_stay(manager: User, cast: Any) -> None:
    make.use_case(use_case_id="DHS-1", filed_on=PUBLISHED, status="recorded", owner=cast.officer)
    bring(file_of(row(1)), manager)
    answers = UseCase.objects.get().filed_document["answers"]
    assert answers["scr_pii"] == "no" and answers["is_ai"] == "yes"  # screening
    assert answers["is_withheld"] == "no"  # dhs-2025 has no such column
    assert answers["use_case_name"] == "Fictional Case 1"


def test_answers_nobody_filed_yet_stay_on_top_of_an_import(manager: User, cast: Any) -> None:
    bring(file_of(row(1)), manager)
    found = UseCase.objects.get()
    UseCase.objects.update(owner=cast.officer)
    found = UseCase.objects.get()
    mine = {"benefits": "Fictional: mine.", "system_outputs": "Fictional: mine too."}
    save_section(found, "summary", mine, opened_on=1, actor=cast.officer)
    bring(file_of(row(1, benefits="Fictional: from the file.")), manager)
    found = UseCase.objects.get()
    assert found.filed_document["answers"]["benefits"] == "Fictional: from the file."
    assert found.filed_document["answers"]["system_outputs"] == "Fictional: an ordered list of parcels."
    assert found.document["answers"]["benefits"] == "Fictional: from the file."
    assert found.document["answers"]["system_outputs"] == "Fictional: mine too."
    assert (found.filed_number, found.revision_number) == (3, 4) and found.has_unfiled_changes


def test_unchanged_row_leaves_unfiled_answers_alone(manager: User, cast: Any) -> None:
    bring(file_of(row(1)), manager)
    UseCase.objects.update(owner=cast.officer)
    save_section(UseCase.objects.get(), "summary", {"benefits": "Mine."}, opened_on=1, actor=cast.officer)
    assert counts(bring(file_of(row(1)), manager)) == {"unchanged": 1}
    assert UseCase.objects.get().document["answers"]["benefits"] == "Mine."


def test_older_file_is_filed_for_the_past_and_changes_nothing_newer(manager: User) -> None:
    bring(file_of(row(1, benefits="New.")), manager, effective_on=date(2026, 7, 1))
    before = UseCase.objects.get()
    batch = bring(file_of(row(1, benefits="Old.")), manager, effective_on=PUBLISHED)
    assert counts(batch) == {"updated": 1}
    after = UseCase.objects.get()
    assert after.document == before.document and after.filed_document == before.filed_document
    assert after.filed_effective_on == date(2026, 7, 1) and not after.has_unfiled_changes
    filed = Revision.objects.get(number=after.filed_number)
    assert filed.document == after.filed_document
    then = Filing.objects.filter(effective_on__lte=date(2026, 3, 1)).order_by("-effective_on", "-id")[0]
    assert then.revision.document["answers"]["benefits"] == "Old."
    assert counts(bring(file_of(row(1, benefits="Old.")), manager, effective_on=PUBLISHED)) == {"unchanged": 1}


def test_a_day_in_the_future_is_refused(manager: User) -> None:
    with pytest.raises(Refused, match="future"):
        inventory.look(file_of(row(1)), "x.csv", actor=manager, effective_on=date(2999, 1, 1))


# -- who, once, and all or nothing ------------------------------------------------------------------


def test_only_managers_and_leads_import(cast: Any) -> None:
    make.component("CBP")
    for who in ("officer", "priv", "caio", "auditor", "administrator", "nobody"):
        with pytest.raises(Refused):
            inventory.preview(file_of(row(1)), "x.csv", actor=getattr(cast, who))


def test_a_lead_cannot_confirm_somebody_elses_file(cast: Any, manager: User) -> None:
    batch = inventory.preview(file_of(row(1)), "x.csv", actor=manager)
    with pytest.raises(Refused):
        inventory.confirm(batch, actor=cast.lead)
    assert not UseCase.objects.exists()


def test_a_manager_confirming_a_leads_file_imports_what_the_lead_may(cast: Any, manager: User) -> None:
    batch = inventory.preview(file_of(row(1), row(2, agency_bureau="ICE")), "x.csv", actor=cast.lead)
    assert counts(inventory.confirm(batch, actor=manager)) == {"created": 1, "rejected": 1}


def test_discarded_file_cannot_be_confirmed(manager: User) -> None:
    batch = inventory.preview(file_of(row(1)), "x.csv", actor=manager)
    inventory.discard(batch, actor=manager)
    with pytest.raises(Stale):
        inventory.confirm(batch, actor=manager)
    assert not UseCase.objects.exists()


def test_what_changed_since_the_preview_is_seen_at_the_import(manager: User) -> None:
    waiting = inventory.preview(file_of(row(1)), "x.csv", actor=manager)
    bring(file_of(row(1)), manager)
    assert counts(waiting) == {"created": 1}
    assert counts(inventory.confirm(waiting, actor=manager)) == {"unchanged": 1}


def test_nothing_is_half_written(manager: User) -> None:
    batch = inventory.preview(file_of(row(1)), "x.csv", actor=manager)
    with connection.cursor() as cursor:  # the last write of an import fails
        cursor.execute(
            "CREATE FUNCTION power_cut() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'power cut'; END $$; "
            "CREATE TRIGGER power_cut BEFORE UPDATE ON registry_importbatch FOR EACH ROW EXECUTE FUNCTION power_cut()"
        )
    events = Event.objects.count()
    with pytest.raises(DatabaseError, match="power cut"):
        inventory.confirm(batch, actor=manager)
    assert (UseCase.objects.count(), SeenUseCaseId.objects.count(), Event.objects.count()) == (0, 0, events)
    assert ImportBatch.objects.get().state == "preview"


@pytest.mark.django_db(transaction=True)
def test_of_two_people_confirming_at_once_one_wins() -> None:
    make.component("CBP")
    manager = make.member("inventory_manager")
    batch = inventory.preview(file_of(row(1), row(2)), "x.csv", actor=manager)
    start, heard = threading.Barrier(2), []

    def confirm() -> None:
        try:
            start.wait()
            inventory.confirm(batch, actor=User.objects.get(pk=manager.pk))
            heard.append("imported")
        except Stale:
            heard.append("stale")
        finally:
            connections.close_all()

    people = [threading.Thread(target=confirm) for _ in range(2)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert sorted(heard) == ["imported", "stale"]
    assert UseCase.objects.count() == 2 and Filing.objects.count() == 2


def test_queries_do_not_grow_with_the_rows(manager: User, django_assert_max_num_queries: Any) -> None:
    content = file_of(*(row(number) for number in range(1, 301)))
    with django_assert_max_num_queries(40):
        bring(content, manager)
    assert UseCase.objects.count() == 300
    changed = file_of(*(row(number, benefits="Fictional: more.") for number in range(1, 301)))
    with django_assert_max_num_queries(45):
        assert counts(bring(changed, manager)) == {"updated": 300}


def test_a_cell_of_ten_megabytes_is_flagged_and_the_rest_imported(manager: User) -> None:
    batch = bring(file_of(row(1, benefits="x" * 10_000_000), row(2)), manager)
    assert counts(batch) == {"created": 2} and "too_long" in codes(batch)
    assert len(UseCase.objects.get(use_case_id="DHS-1").document["flagged"]["benefits"]["text"]) == 10_000_000


def test_control_characters_are_taken_out(manager: User) -> None:
    bring(file_of(row(1, benefits="Fictional\x00 bell\x07")), manager)
    assert UseCase.objects.get().document["answers"]["benefits"] == "Fictional bell"


def test_file_name_with_control_characters_and_a_path(manager: User) -> None:
    batch = inventory.preview(file_of(row(1)), "C:\\secret\\in\x00ven\ttory.csv", actor=manager)
    assert batch.file_name == "inventory.csv"


def test_the_day_of_import_is_kept_apart_from_the_day_it_counts_from(manager: User) -> None:
    bring(file_of(row(1)), manager)
    filing = Filing.objects.get()
    assert filing.effective_on == PUBLISHED and timezone.localdate(filing.recorded_at) == timezone.localdate()
