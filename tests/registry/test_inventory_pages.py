"""The pages of inventory files, as a person uses them."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from audit.models import Event
from registry.actions import inventory
from registry.inventory.issue_words import TITLES
from registry.models import ImportBatch, UseCase
from tests import make
from tests.registry.make_inventory import DHS, case, csv_file, defective_workbook, grid
from tests.registry.test_import_commands import BAD_FILES


def upload(client: Any, content: bytes, name: str = "inventory.xlsx", **fields: Any) -> Any:
    return client.post("/inventory/", {"file": SimpleUploadedFile(name, content), **fields}, follow=True)


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def manager(cast: Any, sign_in: Any) -> Any:
    make.component("CBP")
    make.component("ICE")
    return sign_in(cast.manager)


def test_a_file_is_read_shown_and_imported(manager: Any) -> None:
    page = upload(manager, defective_workbook())
    assert page.status_code == 200 and not UseCase.objects.exists()
    said = text(page)
    assert "Importing this file brings in 12 new use cases." in said and "Import these 12 rows" in said
    assert "All Use Cases" in said and "The answer belongs to another question" in said
    batch = ImportBatch.objects.get()
    done = manager.post(f"{batch.get_absolute_url()}confirm/", follow=True)
    assert "Imported: 12 new, 0 changed" in text(done) and "This file brought in 12 new use cases." in text(done)
    assert UseCase.objects.count() == 12
    assert "Import these" not in text(done), "a file is imported once"


def test_a_preview_that_another_file_has_overtaken_is_shown_again_before_it_counts(manager: Any, cast: Any) -> None:
    waiting = upload(manager, csv_file(grid([case(1, id="DHS-1"), case(2, id="DHS-2")])).encode(), "inventory.csv")
    assert "brings in 2 new use cases" in text(waiting)
    content = csv_file(grid([case(1, id="DHS-1", benefits="Another answer.")])).encode()
    inventory.import_file(content, "between.csv", actor=cast.manager)
    batch = ImportBatch.objects.get(file_name="inventory.csv")
    first = manager.post(f"{batch.get_absolute_url()}confirm/", follow=True)
    assert "Nothing was imported yet" in text(first) and "Waiting to be confirmed" in text(first)
    assert UseCase.objects.count() == 1 and "1 new use case" in text(first)
    second = manager.post(f"{batch.get_absolute_url()}confirm/", follow=True)
    assert "Imported: 1 new" in text(second) and UseCase.objects.count() == 2


def test_worst_kinds_come_first_and_each_row_says_where(manager: Any) -> None:
    cases = [case(1), case(2, agency_bureau="NOWHERE"), case(3, operational_date="in spring"), case(4, have_ato="No")]
    page = upload(manager, csv_file(grid(cases)).encode(), "inventory.csv")
    titles = re.findall(r'class="kind__title">([^<]+)<', page.content.decode())
    assert titles[:3] == [
        "The component is not known here", "The cell holds no date", "In use without an Authorization to Operate",
    ]  # fmt: skip
    said = text(page)
    assert "The row is left out. All its cells are kept here." in said
    assert "in spring" in said and "EX-3" in said and "Import the other rows" in said


def test_discarded_file_imports_nothing_and_stays_listed(manager: Any) -> None:
    upload(manager, defective_workbook())
    batch = ImportBatch.objects.get()
    page = manager.post(f"{batch.get_absolute_url()}discard/", follow=True)
    assert "is discarded" in text(page) and "Discarded" in text(page) and not UseCase.objects.exists()
    again = manager.post(f"{batch.get_absolute_url()}confirm/", follow=True)
    assert again.status_code == 200 and "Somebody else was first" in text(again)
    assert Event.objects.filter(kind="act.refused", subject_id=str(batch.uuid)).exists()


@pytest.mark.parametrize("code", sorted(BAD_FILES))
def test_refused_file_gets_a_message_and_never_an_error_page(code: str, manager: Any) -> None:
    page = upload(manager, BAD_FILES[code])
    said = text(page)
    assert page.status_code == 400 and "One answer needs a change" in said
    assert "went wrong" not in said and not ImportBatch.objects.exists()


def test_form_without_a_file_or_with_a_future_day_says_so(manager: Any) -> None:
    assert "One answer needs a change" in text(manager.post("/inventory/", {}))
    page = upload(manager, defective_workbook(), effective_on="2999-01-01")
    assert "This day lies in the future" in text(page) and not ImportBatch.objects.exists()


def test_odd_files_do_not_break_the_page(manager: Any) -> None:
    huge = csv_file(grid([case(1, benefits="x" * 10_000_000)])).encode()
    page = upload(manager, huge, "hu\x00ge<script>.csv")
    assert page.status_code == 200 and len(page.content) < 200_000
    assert "<script>" not in page.content.decode().split("<main", 1)[1]
    bell = upload(manager, csv_file(grid([case(1, benefits="bell\x00\x07")])).encode(), "bell.csv")
    assert bell.status_code == 200 and "Control characters were in the cell" in text(bell)


def test_workbook_with_two_sheets_of_data(manager: Any) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    for name, rows in (("CBP", [case(1), case(2, agency_bureau="NOWHERE")]), ("ICE", [case(3, agency_bureau="ICE")])):
        sheet = book.add_worksheet(name)
        for index, column in enumerate(DHS.columns):
            sheet.write_string(0, index, column.header)
        for number, line in enumerate(grid(rows), start=1):
            for index, value in enumerate(line):
                sheet.write_string(number, index, str(value))
    book.close()
    page = upload(manager, out.getvalue())
    assert "brings in 2 new use cases" in text(page) and "CBP, ICE" in text(page)
    manager.post(f"{ImportBatch.objects.get().get_absolute_url()}confirm/")
    assert dict(UseCase.objects.values_list("use_case_id", "component__code")) == {"EX-1": "CBP", "EX-3": "ICE"}


def test_lead_sees_own_files_only(cast: Any, sign_in: Any) -> None:
    make.component("CBP")
    batch = inventory.preview(defective_workbook(), "managers.xlsx", actor=cast.manager)
    client = sign_in(cast.lead)
    assert client.get(batch.get_absolute_url()).status_code == 404
    assert "managers.xlsx" not in text(client.get("/inventory/"))


def test_all_of_a_kind_on_a_page_of_its_own(manager: Any) -> None:
    content = csv_file(grid([case(number, have_ato="No", system_name_ato=None) for number in range(1, 121)])).encode()
    page = upload(manager, content, "inventory.csv")
    assert "Show all 120" in text(page)
    url = ImportBatch.objects.get().get_absolute_url()
    assert page.content.decode().count("In use without an Authorization to Operate. Name") == 10
    second = manager.get(url, {"show": "no_ato", "page": 3})
    assert "Page 3 of 3" in text(second) and "EX-120" in text(second)
    assert manager.get(url, {"show": "nothing"}).status_code == 404


def test_changes_in_known_cases_are_named(manager: Any, cast: Any) -> None:
    inventory.import_file(csv_file(grid([case(1)])).encode(), "a.csv", actor=cast.manager)
    page = upload(manager, csv_file(grid([case(1, pia_url="https://example.gov/pia")])).encode(), "b.csv")
    assert "changes 1 use case" in text(page) and "What changes in known use cases" in text(page)
    url = ImportBatch.objects.latest("pk").get_absolute_url()
    assert "EX-1" in text(manager.get(url, {"show": "changes"}))


def test_download_is_the_inventory_of_the_day(manager: Any, cast: Any) -> None:
    inventory.import_file(defective_workbook(), "a.xlsx", actor=cast.manager)
    query = {"cycle": 2025, "layout": "dhs-2025", "audience": "omb", "format": "xlsx"}
    answer = manager.get("/inventory/export/", query)
    assert answer.status_code == 200 and answer["Content-Disposition"].endswith('.xlsx"')
    assert inventory.look(answer.content, "x.xlsx", actor=cast.manager).summary["unchanged"] == 12
    assert manager.get("/inventory/export/", query | {"layout": "omb-1999"}).status_code == 400
    assert manager.get("/inventory/export/", query | {"as_of": "\x00"}).status_code == 400


def test_correction_is_shown_accepted_and_gone(cast: Any, sign_in: Any) -> None:
    draft = make.use_case(owner=cast.officer)
    content = csv_file(grid([case(1, id=draft.use_case_id)])).encode()
    inventory.import_file(content, "a.csv", actor=cast.manager)
    client = sign_in(cast.officer)
    assert "/inventory/corrections/" in client.get(f"/use-cases/{draft.use_case_id}/tasks/").content.decode()
    page = client.get("/inventory/corrections/")
    assert "Fictional" in text(page) and f"Accept for {draft.use_case_id}" in text(page)
    url = re.search(r'action="(/inventory/corrections/[^"]+/accept/)"', page.content.decode())
    assert url
    done = client.post(url[1], follow=True)
    assert "says now what the file says" in text(done) and "No inventory file proposes" in text(done)
    assert UseCase.objects.get(pk=draft.pk).filed_effective_on == date(2026, 1, 28)


def test_somebody_elses_restricted_case_is_not_among_the_corrections(cast: Any, sign_in: Any) -> None:
    make.component("FEMA")
    draft = make.use_case(owner=cast.officer, handling="restricted")
    inventory.import_file(csv_file(grid([case(1, id=draft.use_case_id)])).encode(), "a.csv", actor=cast.manager)
    correction = ImportBatch.objects.get().corrections.get()
    client = sign_in(cast.other_officer)
    assert draft.use_case_id not in text(client.get("/inventory/corrections/"))
    assert client.post(f"/inventory/corrections/{correction.uuid}/accept/").status_code == 404


@pytest.mark.parametrize("number", [3, 9])
def test_lists_ask_as_many_queries_whatever_their_length(
    number: int, cast: Any, sign_in: Any, django_assert_max_num_queries: Any
) -> None:
    drafts = [make.use_case(owner=cast.officer) for _ in range(number)]
    for draft in drafts:
        content = csv_file(grid([case(1, id=draft.use_case_id)])).encode()
        inventory.import_file(content, "a.csv", actor=cast.manager)
    client = sign_in(cast.manager)
    with django_assert_max_num_queries(14):
        client.get("/inventory/corrections/")
    with django_assert_max_num_queries(12):
        client.get("/inventory/")


def test_every_issue_has_a_title(manager: Any) -> None:
    """Codes are written where the issue is found: read them out of the source."""
    from tests.test_architecture import PROJECT

    sources = [*(PROJECT / "registry" / "inventory").glob("*.py"), *(PROJECT / "registry" / "quality").glob("*.py"),
               *(PROJECT / "registry" / "actions" / "inventory").glob("*.py")]  # fmt: skip
    pattern = re.compile(
        r'(?:Remark\(\s*|Concern\(\s*|flagged\(value, |None, None, |code=|return )"([a-z0-9_]+)",', re.MULTILINE
    )
    found = {code for path in sources for code in pattern.findall(path.read_text())}
    found |= {
        code for path in sources for code in re.findall(r'row\.number, None, None, "([a-z_]+)"', path.read_text())
    }
    assert len(found) > 25 and found - set(TITLES) == set()
