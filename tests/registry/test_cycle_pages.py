"""The yearly inventory through its pages, as its people use them."""

from __future__ import annotations

import html
import io
import re
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from audit.models import Event
from registry.models import Certification, Cycle, StillTrue, Submission, UseCase, WorkbookReturn
from registry.models.use_case import Handling
from tests import lives, make, make_cycles
from tests.make_cycles import Edited

CASE = "/inventory/cycles/2026/cases/{}/"
PART = "/inventory/cycles/2026/CBP/"


def row(case: UseCase) -> UseCase:
    return UseCase.objects.get(pk=case.pk)


def as_opened(page: str) -> dict[str, Any]:
    """What a browser would send back of a page's form: its fields as they stand, nothing ticked."""
    found: dict[str, Any] = {"opened_on": re.findall(r'name="opened_on" value="(\d+)"', page)[0]}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if not name or not value or "hidden" in tag or name[1].startswith("said-"):
            continue
        if "radio" not in tag and "checkbox" not in tag:
            found[name[1]] = value[1]
        elif "checked" in tag:
            found.setdefault(name[1], []).append(value[1])
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\r?\n?([^<]*)</textarea>', page):
        found[name] = text
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)"[^>]*selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


def test_a_year_is_opened_by_form(cast: Any, sign_in: Any) -> None:
    make_cycles.reported(cast.officer)
    client = sign_in(cast.manager)
    days = {name: day.isoformat() for name, day in make_cycles.days().items()}
    page = client.post("/inventory/cycles/", {"year": 2026, **days, "note": "Look at the stages."}, follow=True)
    assert b"1 component was called" in page.content
    assert b"Look at the stages." in client.get(PART).content
    wrong = client.post("/inventory/cycles/", {"year": 2027, **days, "submit_on": days["due_on"]})
    assert wrong.status_code == 400 and b"follow one another" in wrong.content
    assert Cycle.objects.count() == 1


def test_everything_still_true_takes_one_click_on_the_opened_page(cast: Any, sign_in: Any) -> None:
    first, second = (make_cycles.reported(cast.officer) for _ in range(2))
    make_cycles.cycle(cast)
    client = sign_in(cast.officer)
    given = as_opened(client.get(CASE.format(first.use_case_id)).content.decode())
    answer = client.post(CASE.format(first.use_case_id), {**given, "all": "1"})
    assert answer.headers["Location"] == CASE.format(second.use_case_id), "on to my next one"
    assert set(StillTrue.objects.get().fields.values()) == {"still_true"}
    assert row(first).revision_number == 1
    given = as_opened(client.get(CASE.format(second.use_case_id)).content.decode())
    assert client.post(CASE.format(second.use_case_id), {**given, "all": "1"}).headers["Location"] == PART


def test_without_the_page_s_revision_nothing_is_confirmed(cast: Any, sign_in: Any) -> None:
    case = make_cycles.reported(cast.officer)
    make_cycles.cycle(cast)
    answer = sign_in(cast.officer).post(CASE.format(case.use_case_id), {"all": "1"})
    assert answer.status_code == 400 and not StillTrue.objects.exists()


def test_a_changed_answer_and_the_rest(cast: Any, sign_in: Any) -> None:
    case = make_cycles.reported(cast.officer)
    make_cycles.cycle(cast)
    client = sign_in(cast.officer)
    given = as_opened(client.get(CASE.format(case.use_case_id)).content.decode())
    given |= {"benefits": "Parcels wait an hour less.", "said-benefits": "changed", "rest": "1"}
    assert client.post(CASE.format(case.use_case_id), given).status_code == 302
    said = StillTrue.objects.get().fields
    assert said["benefits"] == "changed" and said["problem_solved"] == "still_true"
    assert row(case).filed_document["answers"]["benefits"] == "Parcels wait an hour less."


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"said-benefits": "changed", "rest": "1"}, b"the new answer is the old one"),
        ({"said-benefits": "still_true", "benefits": "Other.", "rest": "1"}, b"Say which of them holds"),
        ({"each": "1"}, b"Say whether this still holds"),
    ],
)
def test_what_does_not_fit_together_is_asked_back(cast: Any, sign_in: Any, more: dict[str, str], said: bytes) -> None:
    case = make_cycles.reported(cast.officer)
    make_cycles.cycle(cast)
    client = sign_in(cast.officer)
    given = as_opened(client.get(CASE.format(case.use_case_id)).content.decode())
    answer = client.post(CASE.format(case.use_case_id), {**given, **more})
    assert answer.status_code == 400 and said in answer.content
    assert not StillTrue.objects.exists() and row(case).revision_number == 1


def test_in_review_the_page_only_lets_it_hold(cast: Any, sign_in: Any) -> None:
    case = lives.in_review(cast)
    make_cycles.cycle(cast)
    client = sign_in(cast.officer)
    page = client.get(CASE.format(case.use_case_id)).content.decode()
    assert "fixed until that ends" in page and "New answer" not in page
    client.post(CASE.format(case.use_case_id), {"opened_on": row(case).revision_number, "all": "1"})
    assert StillTrue.objects.get().use_case == case


def test_the_first_page_says_what_waits(cast: Any, sign_in: Any) -> None:
    make_cycles.reported(cast.officer)
    make_cycles.cycle(cast)
    assert b"Go through 1 use case for the inventory of 2026" in sign_in(cast.officer).get("/").content
    assert b"for the inventory of 2026" not in sign_in(cast.colleague).get("/").content


def test_the_first_page_says_what_the_lead_certifies_and_the_manager_countersigns(cast: Any, sign_in: Any) -> None:
    case = make_cycles.reported(cast.lead)
    make_cycles.cycle(cast)
    assert b"0 of 1 use cases gone through" in sign_in(cast.lead).get("/").content
    make_cycles.go_through(case, cast.lead)
    assert b"certify it" in sign_in(cast.lead).get("/").content
    make_cycles.certified(cast)
    assert b"countersignature" in sign_in(cast.lead).get("/").content
    page = sign_in(cast.manager).get("/").content.decode()
    assert "0 of 1 components certified. Countersign" in page and f"{PART}certify/" in page


def test_the_file_looked_through_is_the_one_that_is_frozen(cast: Any, sign_in: Any) -> None:
    make_cycles.reported(cast.officer)
    make_cycles.reported(cast.officer, development_stage="retired")  # had its one report
    make_cycles.cycle(cast)
    client = sign_in(cast.manager)
    page = client.get("/inventory/cycles/2026/freeze/").content.decode()
    address = html.unescape(re.findall(r'href="(/inventory/export/check/[^"]+)"', page)[0])
    looked = client.get(address).content.decode()
    assert "Inventory of 2026" in looked and "<li>1 use case</li>" in looked
    assert client.get(address.replace("check/", "")).content.count(b"suggested bin for each parcel") == 1
    assert make_cycles.frozen(cast).rows == 1


def test_a_workbook_goes_out_and_comes_back_by_the_pages(cast: Any, sign_in: Any) -> None:
    case, other = make_cycles.reported(cast.officer), make_cycles.reported(cast.officer)
    make_cycles.cycle(cast)
    client = sign_in(cast.manager)
    book = client.get(f"{PART}workbook/", {"owner": cast.officer.pk})
    assert book.headers["Content-Disposition"] == 'attachment; filename="inventory-2026-cbp-olive-officer.xlsx"'
    edited = Edited(book.content).put(case, benefits="Parcels are found.", holds="Yes")
    edited.put(other, development_stage="soon", holds="Yes")
    whole = SimpleUploadedFile("back.xlsx", client.get(f"{PART}workbook/").content)
    refused = client.post(f"{PART}workbook/back/", {"file": whole})
    assert refused.status_code == 400 and b"Say whose answers it holds" in refused.content
    file = SimpleUploadedFile("back.xlsx", edited.saved())
    page = client.post(f"{PART}workbook/back/", {"file": file}, follow=True)
    text = page.content.decode()
    assert "changes 1 answer and marks 1 use case as gone through" in text and "Not taken (1)" in text
    back = WorkbookReturn.objects.get()
    assert row(case).revision_number == 1, "nothing before it is taken over"
    text = client.post(reverse("calls-take", args=[back.uuid]), follow=True).content.decode()
    assert "1 use case changed, 1 gone through" in text
    assert b"Olive Officer, entered by Ines Inventory" in client.get(PART).content
    assert sign_in(cast.lead).get(back.get_absolute_url()).status_code == 404, "it is between those two"


def test_a_broken_workbook_is_refused_on_the_page(cast: Any, sign_in: Any) -> None:
    make_cycles.reported(cast.officer)
    make_cycles.cycle(cast)
    answer = sign_in(cast.officer).post(
        f"{PART}workbook/back/", {"file": SimpleUploadedFile("back.xlsx", b"PK\x03\x04 broken")}
    )
    assert answer.status_code == 400 and b"Take the workbook out again" in answer.content
    assert Event.objects.filter(kind="act.refused", data__verb="bring_back").count() == 1


def test_a_plain_workbook_of_somebody_is_no_call_s(cast: Any, sign_in: Any) -> None:
    make_cycles.reported(cast.officer)
    make_cycles.cycle(cast)
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    answer = sign_in(cast.officer).post(f"{PART}workbook/back/", {"file": SimpleUploadedFile("x.xlsx", out.getvalue())})
    assert answer.status_code == 400 and b"has no stamp of the portal" in answer.content


def test_certifying_signs_what_the_page_showed(cast: Any, sign_in: Any) -> None:
    case = make_cycles.reported(cast.officer)
    make_cycles.cycle(cast)
    client, address = sign_in(cast.lead), f"{PART}certify/"
    page = client.get(address).content.decode()
    assert "Use cases nobody went through" in page
    seen = re.findall(r'name="seen" value="(\w+)"', page)[0]
    make_cycles.go_through(case, cast.officer)
    client.post(address, {"seen": seen, "signed": "on", "why": "x"})
    assert not Certification.objects.exists(), "something changed since it was opened"
    seen = re.findall(r'name="seen" value="(\w+)"', client.get(address).content.decode())[0]
    assert client.post(address, {"seen": seen}).status_code == 400, "not without the tick"
    client.post(address, {"seen": seen, "signed": "on"})
    assert Certification.objects.get().status == "certified"
    make_cycles.filed_since(case, cast.officer, benefits="Newer.")
    page = client.get(address).content.decode()
    assert "Changed since it was certified (1)" in page and "Out of date" in page
    assert "Out of date" in client.get(PART).content.decode()


def test_freezing_amending_and_publishing_by_the_pages(cast: Any, sign_in: Any) -> None:
    case = make_cycles.reported(cast.officer)
    make_cycles.cycle(cast)
    client = sign_in(cast.manager)
    assert b"not certified" in client.get("/inventory/cycles/2026/freeze/").content
    assert client.post("/inventory/cycles/2026/freeze/", {"format": "csv"}).status_code == 400
    page = client.post("/inventory/cycles/2026/freeze/", {"format": "xlsx", "why": "The day has come."}, follow=True)
    frozen = Submission.objects.get()
    assert frozen.sha256.encode() in page.content and b"The day has come." in page.content
    file = client.get(f"{frozen.get_absolute_url()}file/")
    assert file.content == bytes(frozen.content) and file.content.startswith(b"PK")
    make_cycles.filed_since(case, cast.officer, benefits="Newer.")
    assert b"Changed since, not yet in the log" in client.get(frozen.get_absolute_url()).content
    client.post(f"{frozen.get_absolute_url()}amend/", {"id": case.use_case_id, "reason": "A figure was wrong."})
    client.post(f"{frozen.get_absolute_url()}publish/", {"published_on": "2026-01-28"})
    client.logout()
    page = client.get("/public/inventory/2026/revisions/").content
    assert b"A figure was wrong." in page and b"AI@hq.dhs.gov" in page


def test_the_change_log_is_filtered_downloaded_and_cut_to_the_reader(cast: Any, sign_in: Any) -> None:
    gone, hidden = make_cycles.reported(cast.officer), make_cycles.reported(cast.officer)
    UseCase.objects.filter(pk=gone.pk).update(status="withdrawn")
    UseCase.objects.filter(pk=hidden.pk).update(status="withdrawn", handling=Handling.RESTRICTED)
    make.use_case(component_code="FEMA", filed_on=make_cycles.BEFORE, status="recorded")
    make_cycles.cycle(cast)
    client, address = sign_in(cast.manager), "/inventory/cycles/2026/changes/"
    page = client.get(address, {"kind": "retired"}).content.decode()
    assert gone.use_case_id in page and hidden.use_case_id in page, "what left has its one retired row"
    assert gone.use_case_id not in client.get(address, {"kind": "vanished"}).content.decode()
    table = client.get(address, {"format": "csv"}).content.decode("utf-8-sig")
    assert f"{gone.use_case_id}," in table and "Vanished without a retired row,CBP" not in table
    assert Event.objects.get(kind="restricted.taken").data["use_cases"] == [hidden.use_case_id]
    page = sign_in(cast.leader).get(address).content.decode()
    assert gone.use_case_id in page and hidden.use_case_id not in page
    overview = sign_in(cast.manager).get("/inventory/cycles/2026/").content.decode()
    assert "kind=retired" in overview, "counted on the overview, with its rows"


@pytest.mark.parametrize("who", ["officer", "lead", "caio"])
def test_who_may_not_is_told_whom_to_ask(cast: Any, sign_in: Any, who: str) -> None:
    make_cycles.reported(cast.officer)
    make_cycles.cycle(cast)
    answer = sign_in(getattr(cast, who)).post(f"{PART}extend/", {})
    assert answer.status_code == 403 and b"Ask the inventory manager" in answer.content


def test_rows_that_only_hold_stand_together_and_what_is_not_taken_is_in_the_first_sentence(
    cast: Any, sign_in: Any
) -> None:
    cases = [make_cycles.reported(cast.officer) for _ in range(3)]
    call = make_cycles.call(cast)
    edited = Edited(make_cycles.taken_out(call, cast.lead))
    for case in cases[:2]:
        edited.put(case, holds="Yes")
    edited.put(cases[2], development_stage="maybe", benefits="Parcels are found.")
    row = make_cycles.returned(call, edited.saved(), cast.lead)
    page = " ".join(sign_in(cast.lead).get(row.get_absolute_url()).content.decode().split())
    assert "Gone through, nothing changed (2)" in page and '<a href="#not">1 cell or row cannot be taken</a>' in page
    assert page.count('aria-labelledby="case-') == 1, "only what has to be looked at has a heading"


def test_an_extension_that_is_not_taken_keeps_what_was_typed(cast: Any, sign_in: Any) -> None:
    make_cycles.cycle(cast)
    client = sign_in(cast.manager)
    late = make_cycles.days(200)["due_on"].isoformat()
    for day, why in (("2026-01-01", b"This day is over"), (late, b"when the whole inventory leaves")):
        page = client.post(f"{PART}extend/", {"due_on": day, "reason": "Their owner is on leave."}, follow=True).content
        assert why in page and b"Their owner is on leave." in page and day.encode() in page
    assert b"Their owner is on leave." not in client.get(PART).content, "once"
