"""The pages on which a person says what a file means, and takes its import back."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from registry.actions import inventory
from registry.actions.inventory.files import all_layouts
from registry.forms.files import ColumnsForm
from registry.models import ColumnMapping, ImportBatch, ProposedCorrection, UseCase
from tests import make, matrix_files
from tests.registry.importing import bring, file_of, row
from tests.registry.test_import_spellings import named, omb, own_file


@pytest.fixture(autouse=True)
def components(cast: Any) -> None:
    make.component("CBP")


def page(client: Any, name: str, uuid: Any, **query: str) -> str:
    response = client.get(reverse(name, args=[uuid]), query)
    assert response.status_code == 200
    return response.content.decode()


def test_questions_of_the_same_words_are_told_apart_by_what_they_follow() -> None:
    asked = {"sheet": "", "index": 0, "field": "", "belongs": "", "guesses": [], "how": "", "slipped": False}
    form = ColumnsForm([asked], all_layouts()["dhs-2024"])
    words = [words for _, words in dict(form.fields["column-0"].choices)["All questions"]]
    others = [one for one in words if one.startswith("If Other, please explain.")]
    assert len(others) > 3 and len(set(others)) == len(others) and all("(after “" in one for one in others)


def test_preview_leads_to_the_columns_and_ids_that_wait(cast: Any, sign_in: Any) -> None:
    uuid = matrix_files.odd_file(cast)["uuid"]
    said = page(sign_in(cast.lead), "inventory-preview", uuid)
    assert "Before you import" in said and "say what 9 columns ask" in said and "say which case 1 ID means" in said
    assert "A whole column stands beside its question" in said
    assert "Before you import" not in page(sign_in(cast.auditor), "inventory-preview", uuid)


def test_columns_page_fills_in_where_slipped_answers_belong_and_reads_the_file_again(cast: Any, sign_in: Any) -> None:
    uuid = matrix_files.odd_file(cast)["uuid"]
    client = sign_in(cast.lead)
    form = client.get(reverse("inventory-columns", args=[uuid])).context["form"]
    given = {name: field.initial or "" for name, field in form.fields.items()}
    assert sum(bool(one) for one in given.values()) == 8, "the note is nobody's guess"
    answer = client.post(reverse("inventory-columns", args=[uuid]), given, follow=True)
    assert "read again" in answer.content.decode()
    batch = ImportBatch.objects.get(uuid=uuid)
    assert "shifted_column" not in {one["code"] for one in batch.issues}
    assert "say what 1 column asks" in answer.content.decode()


def test_a_header_is_placed_kept_shown_and_taken_back(cast: Any, sign_in: Any) -> None:
    batch = inventory.preview(own_file(row(1, hi_justification="Reason.")), "own.csv", actor=cast.manager)
    client = sign_in(cast.manager)
    said = page(client, "inventory-columns", batch.uuid)
    assert "Colour of the binder" in said and "“Reason.”" in said
    client.post(reverse("inventory-columns", args=[batch.uuid]), {"column-0": "hi_justification", "column-1": "-"})
    listed = client.get(reverse("inventory-mappings")).content.decode()
    assert "Colour of the binder" in listed and "Justification" in listed and "No question; the text is kept" in listed
    kept = ColumnMapping.objects.get(field="hi_justification")
    client.post(reverse("inventory-forget", args=[kept.uuid]))
    assert [one.field for one in ColumnMapping.objects.all()] == [""]


def test_one_question_for_two_columns_is_said_on_the_page(cast: Any, sign_in: Any) -> None:
    batch = inventory.preview(own_file(row(1, hi_justification="Reason.")), "own.csv", actor=cast.manager)
    both = {"column-0": "hi_justification", "column-1": "hi_justification"}
    answer = sign_in(cast.manager).post(reverse("inventory-columns", args=[batch.uuid]), both)
    assert answer.status_code == 200 and "cannot both ask" in answer.content.decode()


def test_an_id_is_confirmed_on_its_page(cast: Any, sign_in: Any) -> None:
    bring(file_of(named("DHS-P1")), cast.manager)
    batch = inventory.preview(file_of(named("DHS-1P", "Another name")), "x.csv", actor=cast.manager)
    client = sign_in(cast.manager)
    said = page(client, "inventory-ids", batch.uuid)
    assert "DHS-1P" in said and "Another name" in said and "Yes, it is DHS-P1" in said
    client.post(reverse("inventory-ids", args=[batch.uuid]), {"id-0": "same"})
    assert ImportBatch.objects.get(uuid=batch.uuid).summary["updated"] == 1


def test_undo_page_says_what_goes_and_what_stays_and_does_it(cast: Any, sign_in: Any) -> None:
    uuid = matrix_files.imported_file(cast)["uuid"]
    client = sign_in(cast.lead)
    assert "Undo this import" in page(client, "inventory-preview", uuid)
    said = page(client, "inventory-undo", uuid)
    assert "owns it" in said and said.count("data-row") == 1
    answer = client.post(reverse("inventory-undo", args=[uuid]), follow=True).content.decode()
    assert "Undone: 0 as before, 2 withdrawn, 1 stayed" in answer and "The import of this file was undone" in answer
    assert "there is no import to undo" in page(client, "inventory-undo", uuid)


def test_some_answers_of_a_difference_are_taken_over(cast: Any, sign_in: Any) -> None:
    bring(file_of(row(1)), cast.manager)
    batch = bring(omb(row(1, benefits="Otherwise.", system_outputs="Otherwise too.")), cast.manager)
    client = sign_in(cast.manager)
    said = client.get(reverse("corrections-list"), {"file": str(batch.uuid)}).content.decode()
    assert "Another file of the same year was there first" in said and "Take over only some" in said
    proposed = ProposedCorrection.objects.get()
    client.post(reverse("corrections-accept", args=[proposed.uuid]), {"chosen": "1", "field": ["benefits"]})
    answers = UseCase.objects.get().filed_document["answers"]
    assert answers["benefits"] == "Otherwise." and answers["system_outputs"] == "Fictional: an ordered list of parcels."


def test_the_manager_leaves_all_differences_of_a_file(cast: Any, sign_in: Any) -> None:
    bring(file_of(row(1), row(2)), cast.manager)
    batch = bring(omb(row(1, benefits="A."), row(2, benefits="B.")), cast.manager)
    client = sign_in(cast.manager)
    assert "Leave all 2 as they are" in page(client, "inventory-preview", batch.uuid)
    client.post(reverse("inventory-leave", args=[batch.uuid]))
    assert not ProposedCorrection.objects.filter(state="open").exists()


def test_older_answers_are_shown_and_suggest(cast: Any, sign_in: Any) -> None:
    from registry.inventory.schema import load_layout
    from tests.registry.make_inventory import FOLDER, csv_file

    table = load_layout("omb-2024", FOLDER)
    given = {"use_case_name": "Fictional", "agency_bureau": "CBP", "agency": "DHS",
             "y2024_stage": "Operation and Maintenance", "y2024_key_risks": "Fictional risks."}  # fmt: skip
    make.component("CBP")
    lines = [[given.get(column.field, "") for column in table.columns]]
    bring(csv_file(lines, headers=[column.header for column in table.columns]).encode(), cast.manager)
    found = UseCase.objects.get()
    UseCase.objects.update(owner=cast.officer)
    client = sign_in(cast.officer)
    said = client.get(found.get_absolute_url()).content.decode()
    assert "Inventory of 2024: 2 answers" in said and "Fictional risks." in said
    section = client.get(reverse("use_cases-section", args=[found.use_case_id, "basics"])).content.decode()
    assert "The inventory of 2024 answered “Operation and Maintenance”" in section
    assert found.document["answers"].get("development_stage") is None
