"""The list of use cases: columns, order, views, files. What is shown is what leaves, and nothing hidden does."""

import csv
import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.utils import timezone

from audit.models import Event
from audit.workflow import Refused
from registry import columns, filters, list_query
from registry.actions import saved_views as actions
from registry.models import SavedView
from registry.models.use_case import Handling
from registry.reads import listing as reads_list
from tests import make

FILED = {"filed_on": date(2026, 1, 28), "status": "recorded"}


def case(name, **columns):
    given = make.answers(use_case_name=name, **columns.pop("answers", {}))
    return make.use_case(given=given, **FILED, **columns)


def shown(person, text):
    return reads_list.listing(person, list_query.of_text(text, filters.names()))


def column(code, person):
    return next(one for one in columns.named([code], person) if one.code == code)


def table(response):
    """(head lines, heads, rows) of a CSV."""
    lines = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    at = lines.index([])
    return [line[0] for line in lines[:at]], lines[at + 1], lines[at + 2 :]


# -- columns and order ------------------------------------------------------------------------------


def test_a_column_shows_the_filed_answer_in_words(cast):
    vendor = {"scr_vendor": "yes", "contracting_usage": "vendor", "vendor_name": "Larkfield"}
    row = case("Invented badger census", owner=cast.officer, answers=vendor)
    assert columns.cell(row, column("vendor_name", cast.lead), cast.lead) == "Larkfield"
    row.document["answers"]["vendor_name"] = "Not filed yet"
    assert columns.cell(row, column("vendor_name", cast.lead), cast.lead) == "Larkfield"
    row.filed_document["answers"].pop("vendor_name")
    row.filed_document["withheld"] = {"vendor_name": "Law Enforcement Sensitive (LES)"}
    assert columns.cell(row, column("vendor_name", cast.lead), cast.lead) == "Withheld: Law Enforcement Sensitive (LES)"


def test_an_answer_that_does_not_count_is_not_shown(cast):
    vendor = {"scr_vendor": "yes", "contracting_usage": "vendor", "vendor_name": "Larkfield"}
    row = case("Invented badger census", answers=vendor)
    row.filed_document["answers"]["contracting_usage"] = "in_house"
    row.filed_document["answers"]["scr_vendor"] = "no"
    assert columns.cell(row, column("vendor_name", cast.lead), cast.lead) == ""


def test_every_question_in_force_can_be_a_column(cast, sign_in):
    row = make.use_case(given=make.deployed_high_impact(), owner=cast.officer, **FILED)
    codes = [one.code for _, found in columns.answers() for one in found]
    assert len(codes) > 60
    page = sign_in(cast.lead).get("/use-cases/", {"cols": codes}).content.decode()
    assert row.title in page and page.count("<td data-label=") == len(codes)


def test_handling_is_a_column_only_for_those_who_deal_with_it(cast):
    assert "handling" in {one.code for one in columns.fixed(cast.lead)}
    assert "handling" not in {one.code for one in columns.fixed(cast.leader)}


@pytest.mark.parametrize("code", [one.code for one in columns._FIXED if one.order] + [reads_list.CASE])
def test_each_heading_sorts_both_ways(cast, sign_in, code):
    case("Invented badger census", owner=cast.officer)
    case("Invented aardvark census", component_code="FEMA", owner=cast.other_officer, handling=Handling.PUBLIC)
    up = [row[0] for row in shown(cast.manager, f"sort={code}&cols={code}").file().rows]
    down = [row[0] for row in shown(cast.manager, f"sort=-{code}&cols={code}").file().rows]
    assert len(up) == len(down) == 2
    if code in ("component", "owner", "handling", reads_list.CASE):
        assert up == down[::-1]
    page = sign_in(cast.manager).get("/use-cases/", {"sort": f"-{code}", "cols": code}).content.decode()
    assert page.count('aria-sort="descending"') == 1


@pytest.mark.parametrize(
    ("name", "sees"),
    [("officer", {"CBP"}), ("manager", {"CBP", "FEMA"}), ("auditor", {"CBP", "FEMA"}), ("other_lead", {"FEMA"})],
)
def test_cases_without_owner_are_found_by_whoever_looks_after_them(cast, sign_in, name, sees):
    for code in ("CBP", "FEMA"):
        make.use_case(component_code=code, **FILED)
    make.use_case(owner=cast.officer, **FILED)
    page = sign_in(getattr(cast, name)).get("/use-cases/?show=unowned")
    assert {case.component.code for case, _ in page.context["lines"]} == sees
    assert page.context["page"].paginator.count == len(sees)
    assert 'href="?show=unowned" aria-current="true"' in page.content.decode()


def test_chips_take_one_filter_away_each(cast):
    found = shown(cast.manager, "q=badger&stage=pilot&owner=none&sort=name&cols=status")
    assert [(chip.heading, chip.words) for chip in found.chips()] == [
        ("Search", "badger"), ("Stage", "Pilot"), ("Owner", "Nobody yet"),
    ]  # fmt: skip
    assert found.chips()[1].without == "owner=none&q=badger&sort=name&cols=status"


def test_an_address_does_not_tell_who_has_an_account(cast, sign_in):
    case("Invented census", owner=cast.officer)
    known, other = cast.officer.pk, cast.other_officer.pk
    assert [chip.words for chip in shown(cast.manager, f"owner={known}").chips()] == ["Olive Officer"]
    assert [chip.words for chip in shown(cast.manager, f"owner={other}").chips()] == [str(other)]


# -- files ------------------------------------------------------------------------------------------


def test_a_file_has_what_the_page_shows_and_says_what_it_is(cast, sign_in):
    for name in ("=cmd()", "Invented census", "Invented badger ledger"):
        case(name, owner=cast.officer)
    hidden = case("Invented restricted ledger", handling=Handling.RESTRICTED, owner=cast.officer)
    given = {"owner": "me", "sort": "-case", "cols": ["status", "problem_solved"], "format": "csv"}
    head, heads, rows = table(sign_in(cast.officer).get("/use-cases/", given))
    assert head[0] == "Internal to the department" and "4, as Olive Officer" in head[1] and head[2] == "Owner: You"
    assert heads == ["Use Case ID", "Name", "Status", "The problem it solves", "Marking"]
    assert {row[1]: row[-1] for row in rows}["Invented restricted ledger"] == "Restricted: need to know"
    assert {row[-1] for row in rows[1:]} == {"Internal to the department"}
    assert [row[1] for row in rows][:2] == ["Invented restricted ledger", "Invented census"]
    assert "'=cmd()" in [row[1] for row in rows]
    event = Event.objects.get(kind="list.exported")
    assert (event.data["rows"], event.data["restricted"], event.data["format"]) == (4, 1, "csv")
    viewed = Event.objects.get(kind="use_case.viewed", act=event.act)
    assert viewed.timeline == hidden.use_case_id, "each restricted case that left is in its own history"
    assert event.data["query"] == "owner=me&sort=-case&cols=problem_solved&cols=status"
    assert sign_in(cast.colleague).get("/use-cases/", {"format": "csv"}).content.decode().count(hidden.title) == 0


def test_the_workbook_is_the_same_table_and_computes_nothing(cast, sign_in):
    case("=1+1", owner=cast.officer)
    case("Invented census")
    client = sign_in(cast.lead)
    first, again = (client.get("/use-cases/", {"format": "xlsx"}).content for _ in range(2))
    sheet = openpyxl.load_workbook(io.BytesIO(first)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][0] == "Internal to the department" and "2, as Lena Lead" in rows[1][0]
    assert rows[4][:3] == ["Use Case ID", "Name", "Component"] and sheet.freeze_panes == "C6"
    assert {row[1] for row in rows[5:]} == {"'=1+1", "Invented census"}
    assert first == again, "the same rows give the same bytes"


# -- views ------------------------------------------------------------------------------------------


def test_a_shared_view_shows_each_reader_only_what_they_may_see(cast, sign_in):
    row = case("Invented restricted ledger", handling=Handling.RESTRICTED, owner=cast.officer)
    view = actions.save_view("Invented", "sort=name", audience="everybody", actor=cast.lead)
    assert row.title in sign_in(cast.lead).get(view.get_absolute_url()).content.decode()
    page = sign_in(cast.leader).get(view.get_absolute_url()).content.decode()
    assert "Invented</a>" in page and row.title not in page


def test_a_private_view_is_nobody_elses_and_its_name_stays_out_of_the_log(cast, sign_in):
    view = actions.save_view("My secret worry", "stage=pilot", actor=cast.officer)
    assert "My secret worry" not in sign_in(cast.lead).get("/use-cases/").content.decode()
    assert sign_in(cast.lead).get(f"/use-cases/views/{view.uuid}/").status_code == 404
    event = Event.objects.get(kind="saved_view.made")
    assert "worry" not in event.subject_label and "pilot" not in str(event.data)


def test_only_the_author_changes_a_shared_view_and_the_lead_inherits_it(cast, sign_in):
    place = make.component("CBP")
    view = actions.save_view("Pilots", "stage=pilot", audience="component", component=place, actor=cast.officer)
    for other in (cast.colleague, cast.lead):
        answer = sign_in(other).post(f"/use-cases/views/{view.uuid}/remove/")
        assert answer.status_code == 403 and b"Olive Officer" in answer.content
    cast.officer.memberships.update(ends_on=timezone.localdate() - timedelta(days=1))
    assert sign_in(cast.colleague).post(f"/use-cases/views/{view.uuid}/remove/").status_code == 403
    sign_in(cast.lead).post(
        f"/use-cases/views/{view.uuid}/", {"name": "Our pilots", "audience": f"component:{place.pk}"}
    )
    assert SavedView.objects.get().name == "Our pilots"


def test_who_does_not_work_with_the_registry_is_offered_no_views(cast, sign_in):
    actions.save_view("Invented", "", audience="everybody", actor=cast.manager)
    assert b"Save as a view" in sign_in(cast.leader).get("/use-cases/").content
    page = sign_in(cast.administrator).get("/use-cases/").content
    assert b"Save as a view" not in page and b"Invented" not in page


def test_sharing_has_limits(cast):
    with pytest.raises(Refused, match="that far"):
        actions.save_view("Invented", "", audience="everybody", actor=cast.officer)
    with pytest.raises(Refused, match="component you work in"):
        actions.save_view(
            "Invented", "", audience="component", component=make.component("FEMA"), actor=cast.officer
        )  # fmt: skip


def test_a_removed_view_comes_back_for_thirty_days(cast, sign_in):
    view = actions.save_view("Invented pilots", "stage=pilot", actor=cast.officer)
    client = sign_in(cast.officer)
    assert b"bring it back" in client.post(f"/use-cases/views/{view.uuid}/remove/", follow=True).content
    assert not SavedView.objects.filter(removed_at=None).exists()
    client.post(f"/use-cases/views/{view.uuid}/restore/")
    assert SavedView.objects.filter(removed_at=None).exists()
    actions.remove_view(view, actor=cast.officer)
    SavedView.objects.update(removed_at=timezone.now() - timedelta(days=31))
    with pytest.raises(Refused, match="thirty days"):
        actions.restore_view(view, actor=cast.officer)


def test_a_changed_view_can_be_saved_again(cast, sign_in):
    view = actions.save_view("Invented pilots", "sort=name&stage=pilot", actor=cast.officer)
    client = sign_in(cast.officer)
    opened = client.get("/use-cases/", {"view": str(view.uuid)}, follow=True)
    assert opened.redirect_chain[0][0] == f"/use-cases/?view={view.uuid}&stage=pilot&sort=name"
    assert b"You changed what" not in opened.content
    assert b"You changed what" in client.get(f"/use-cases/?view={view.uuid}&stage=deployed").content
    client.post(f"/use-cases/views/{view.uuid}/update/", {"stage": "deployed"})
    assert SavedView.objects.get().query == "stage=deployed"


def test_the_list_opens_with_the_default_view_and_everything_stays_one_click_away(cast, sign_in):
    view = actions.save_view("Invented pilots", "stage=pilot", actor=cast.officer)
    client = sign_in(cast.officer)
    client.post(f"/use-cases/views/{view.uuid}/default/")
    opened = client.get("/use-cases/")
    assert opened.status_code == 302 and "stage=pilot" in opened["Location"]
    everything = client.get("/use-cases/?all=1")
    assert everything.status_code == 200 and b"/use-cases/?all=1" in everything.content
    client.post(f"/use-cases/views/{view.uuid}/remove/")
    assert client.get("/use-cases/").status_code == 200


def test_own_columns_are_kept_only_when_one_says_so(cast, sign_in):
    case("Invented census", owner=cast.officer)
    client = sign_in(cast.officer)
    assert b'data-label="Tags"' in client.get("/use-cases/?cols=tags").content
    assert b'data-label="Tags"' not in client.get("/use-cases/").content
    client.post("/use-cases/views/columns/", {"cols": "tags"})
    assert b'data-label="Tags"' in client.get("/use-cases/").content
    client.post("/use-cases/views/columns/", {"usual": "1"})
    assert b'data-label="Tags"' not in client.get("/use-cases/").content
