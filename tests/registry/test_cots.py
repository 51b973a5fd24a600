"""Common commercial uses: components answer, the lead attests, the manager settles, files are compared first."""

from typing import Any

import pytest
from django.urls import reverse

from audit.models import Event
from audit.workflow import Refused, Stale
from registry import cots
from registry.actions import cots_import
from registry.actions.cots import Answer, Place, answer, settle, unsettle
from registry.actions.cots_export import export_cots
from registry.models import CotsUse, ImportBatch
from registry.reads import cots as reads
from tests import make
from tests.matrix_cots import LIST, YEAR, answered

pytestmark = pytest.mark.django_db


def row_of(code: str, component: str | None = "CBP") -> CotsUse:
    return CotsUse.objects.get(code=code, component__code=component) if component else CotsUse.objects.get(
        code=code, component=None
    )  # fmt: skip


def rolled(code: str) -> reads.RollUp:
    return next(one for one in reads.roll_up(make.agency(), YEAR) if one.use.code == code)


def test_a_band_follows_from_the_estimate_and_a_change_loses_the_attestation(cast: Any) -> None:
    answered(cast)
    row = row_of("l")
    assert row.reported_band and row.reported_band.label == "101-1000" and row.is_attested and row.is_complete
    assert row.users_on, "an estimate has a day"
    answer(make.component("CBP"), YEAR, {"l": Answer(True, "Invented Coder", 1200, version=1)}, attested=False,
           actor=cast.manager)  # fmt: skip
    row = row_of("l")
    assert (row.reported_band.label if row.reported_band else "", row.is_attested, row.version) == (
        "1001-5000",
        False,
        2,
    )
    event = Event.objects.filter(kind="cots.answered", subject_id="CBP-2025").latest("id")
    assert event.data["changes"]["l"]["users"] == [900, 1200] and event.actor == cast.manager


def test_what_is_not_used_has_no_users(cast: Any) -> None:
    answered(cast)
    answer(make.component("CBP"), YEAR, {"l": Answer(False, "Invented Coder", 900, version=1)}, attested=False,
           actor=cast.lead)  # fmt: skip
    row = row_of("l")
    assert (row.products, row.users, row.users_on, row.is_complete) == ("", None, None, True)


def test_only_lead_and_manager_answer_and_only_the_lead_attests(cast: Any) -> None:
    place, given = make.component("CBP"), {"l": Answer(True, "Invented", 5)}
    for person in (cast.officer, cast.other_lead, cast.caio):
        with pytest.raises(Refused, match="Only the CBP lead and the inventory manager"):
            answer(place, YEAR, given, attested=False, actor=person)
    with pytest.raises(Refused, match="Only the CBP lead attests"):
        answer(place, YEAR, given, attested=True, actor=cast.manager)
    assert not CotsUse.objects.exists()


@pytest.mark.parametrize(
    ("one", "says"),
    [
        (Answer(True, users=0), "number of users"),
        (Answer(True, products="x" * 2001), "2,001 characters"),
        (Answer(True, band="many"), "choose one of the bands"),
    ],
)
def test_a_mistake_is_named_with_its_row_and_nothing_is_saved(cast: Any, one: Answer, says: str) -> None:
    with pytest.raises(Refused, match=f"Generating code: .*{says}"):
        answer(make.component("CBP"), YEAR, {"a": Answer(False), "l": one}, attested=False, actor=cast.lead)
    assert not CotsUse.objects.exists()


def test_two_people_on_different_rows_both_save_and_on_one_row_the_second_is_told(cast: Any) -> None:
    answered(cast)
    place = make.component("CBP")
    answer(place, YEAR, {"l": Answer(True, "Newer", 900, version=1), "r": Answer(False, version=1)}, attested=False,
           actor=cast.manager)  # fmt: skip
    with pytest.raises(Stale, match="Generating code \\(by Ines Inventory\\)"):
        answer(place, YEAR, {"l": Answer(True, "Mine", 900, version=1)}, attested=False, actor=cast.lead)
    saved = answer(place, YEAR, {"r": Answer(True, "Maps", 3, version=1)}, attested=False, actor=cast.lead)
    assert [row.code for row in saved] == ["r"] and row_of("l").products == "Newer"


def test_the_department_adds_up_and_a_person_settles_what_does_not(cast: Any) -> None:
    answered(cast)
    one = rolled("l")
    assert one.total and (one.total.low, one.total.high) == (1001, 1900)
    assert one.band and one.band.label == "1001-5000" and one.products == "Invented Coder"
    answer(make.component("CBP"), YEAR, {"l": Answer(True, "Invented Coder", 300, version=1)}, attested=False,
           actor=cast.lead)  # fmt: skip
    assert rolled("l").needs_settling and reads.reported(make.agency(), YEAR)["l"]["band"] is None
    with pytest.raises(Refused, match="Say why"):
        settle(make.agency(), YEAR, "l", Answer(True, "Both", band="101-1000"), why=" ", actor=cast.manager)
    with pytest.raises(Refused, match="Only the inventory manager"):
        settle(make.agency(), YEAR, "l", Answer(True, "Both", band="101-1000"), why="Asked.", actor=cast.caio)
    settle(make.agency(), YEAR, "l", Answer(True, "Both", band="101-1000"), why="Counted.", actor=cast.manager)
    assert rolled("l").band and rolled("l").products == "Both"
    unsettle(make.agency(), YEAR, "l", actor=cast.manager)
    assert rolled("l").needs_settling


def test_a_file_is_compared_first_and_only_ticked_rows_are_taken(cast: Any) -> None:
    answered(cast)
    agency = make.agency()
    looked = cots_import.look(LIST, "list.csv", agency=agency, actor=cast.manager)
    assert [(one.row.use.code, one.kind) for one in looked.differences] == [("l", "created"), ("r", "unchanged")]
    batch = cots_import.preview(looked, LIST, "list.csv", actor=cast.manager)
    assert CotsUse.objects.filter(component=None).count() == 1, "a preview writes nothing"
    assert list(cots_import.confirm(batch, {"l": 0}, actor=cast.manager)) == ["l"]
    row = row_of("l", None)
    assert (row.band, row.users, row.from_file) == ("1001-5000", None, "list.csv"), "an imported band stays a band"
    with pytest.raises(Stale, match="answered already"):
        cots_import.confirm(batch, {"l": 1}, actor=cast.manager)


def test_a_row_changed_after_the_preview_is_not_overwritten(cast: Any) -> None:
    answered(cast)
    agency = make.agency()
    looked = cots_import.look(LIST, "list.csv", agency=agency, actor=cast.manager)
    batch = cots_import.preview(looked, LIST, "list.csv", actor=cast.manager)
    settle(agency, YEAR, "l", Answer(True, "By hand", band="1-100"), why="Counted.", actor=cast.manager)
    with pytest.raises(Stale, match="Generating code"):
        cots_import.confirm(batch, {"l": 0}, actor=cast.manager)
    assert row_of("l", None).products == "By hand"
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.PREVIEW, "it can be looked at again"


def test_a_lead_brings_in_the_own_component_only(cast: Any) -> None:
    place = Place(make.agency(), make.component("CBP"), YEAR)
    looked = cots_import.look(LIST, "l.csv", agency=place.agency, component=place.component, actor=cast.lead)
    batch = cots_import.preview(looked, LIST, "l.csv", actor=cast.lead)
    assert set(cots_import.confirm(batch, {"l": 0, "r": 0}, actor=cast.lead)) == {"l", "r"}
    assert row_of("l").band == "1001-5000" and not row_of("l").is_attested
    for component in (None, make.component("FEMA")):
        with pytest.raises(Refused, match="Only the"):
            cots_import.look(LIST, "l.csv", agency=place.agency, component=component, actor=cast.lead)


def test_exported_imported_exported_it_is_the_same_file(cast: Any) -> None:
    answered(cast)
    for code in "abcdefghijkmnopqst":
        settle(make.agency(), YEAR, code, Answer(False), why="Invented.", actor=cast.manager)
    first = export_cots(make.agency(), YEAR, "csv", actor=cast.manager)
    cots_import.import_file(first.content, "again.csv", agency=make.agency(), year=YEAR, actor=cast.manager)
    again = export_cots(make.agency(), YEAR, "csv", actor=cast.auditor)
    assert again.content == first.content and again.rows == 20
    assert Event.objects.filter(kind="inventory.exported", data__sha256=first.sha256).count() == 2
    with pytest.raises(Refused, match="taken out by"):
        export_cots(make.agency(), YEAR, "csv", actor=cast.lead)


def test_the_published_list_is_imported_with_every_cell(cast: Any, real_data: Any) -> None:
    content = (real_data / "omb-2025-cots-dhs.csv").read_bytes()
    looked, batch = cots_import.import_file(content, "cots.csv", agency=make.agency(), actor=cast.manager)
    told = looked.summary
    assert batch and (told["rows"], told["created"], told["rejected"], told["cells_flagged"]) == (20, 20, 0, 0)
    assert told["cells_total"] == told["cells_stored"]
    assert cots_import.look(content, "cots.csv", agency=make.agency(), actor=cast.manager).summary["unchanged"] == 20
    used = [one for one in reads.roll_up(make.agency(), 2025) if one.is_used]
    assert len(used) == 12 and all(one.band for one in used)


def test_last_years_answers_are_shown_and_count_only_once_saved(cast: Any, sign_in: Any) -> None:
    answered(cast)
    address = f"{reverse('cots-component', args=['CBP'])}?year={YEAR + 1}"
    client = sign_in(cast.lead)
    page = client.get(address).content.decode()
    assert "2 show last year’s answer" in page and "Invented Coder" in page
    assert not CotsUse.objects.filter(year=YEAR + 1).exists()
    sent = {"l-is_used": "yes", "l-products": "Invented Coder", "l-users": "950", "l-version": "0", "attested": "yes"}
    assert "Saved. 19 of 20 are still open." in client.post(address, sent, follow=True).content.decode()
    row = CotsUse.objects.get(year=YEAR + 1)
    assert (row.users, row.is_attested, row.attested_by) == (950, True, cast.lead)
    rest = {**sent, "l-version": str(row.version), "rest": "no"}
    assert "The list is complete." in client.post(address, rest, follow=True).content.decode(), "one tick for the rest"
    assert CotsUse.objects.filter(year=YEAR + 1, is_used=False).count() == 19


def test_the_page_names_every_mistake_at_its_field(cast: Any, sign_in: Any) -> None:
    address = f"{reverse('cots-component', args=['CBP'])}?year={YEAR}"
    sent = {"l-is_used": "yes", "l-users": "-4", "a-is_used": "yes", "a-users_on": "2199-01-01"}
    answered_with = sign_in(cast.lead).post(address, sent)
    page = answered_with.content.decode()
    assert answered_with.status_code == 400 and "2 answers need a change" in page
    assert 'href="#id_l-users"' in page and 'href="#id_a-users_on"' in page and not CotsUse.objects.exists()


def test_no_attestation_of_a_component_is_the_departments(cast: Any) -> None:
    answered(cast)
    assert reads.unattested(make.component("CBP"), YEAR) == 18 and reads.unattested(make.component("FEMA"), YEAR) == 20
    assert dict(reads.missing(make.agency(), YEAR))[make.component("CBP")] == 18
    assert cots.of_year(2031).name == "cots-2025", "the newest list before a year without one of its own"
