"""The calendar of deadlines: what is in it is due, each entry leads to its rows, and the file is read by calendars."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance import department_days, ical
from governance.models import Finding
from governance.reads import deadlines
from registry.models.use_case import Handling
from tests.governance import scenes

TODAY = timezone.localdate()
SOON = TODAY + timedelta(days=12)
PATH = "/compliance/calendar/"


def _scene(cast: Any) -> dict[str, Any]:
    scenes.catalogue()
    case = scenes.deployed("CBP", owner=cast.officer, **scenes.OPEN)
    hidden = scenes.deployed("FEMA", use_case_name="Invented secret sorting", handling=Handling.RESTRICTED)
    for row in (case, hidden):
        scenes.evidence(row, "monitoring", until=SOON)
    gone = scenes.evidence(case, "testing", until=SOON)
    gone.withdrawn_at = timezone.now()
    gone.withdrawn_why = "Invented."
    gone.save(update_fields=["withdrawn_at", "withdrawn_why"])
    granted = scenes.waiver(case, "training")
    scenes.run()
    Finding.objects.filter(use_case=case, state="open").update(due_on=SOON)
    return {"case": case, "hidden": hidden, "waiver": granted}


@pytest.mark.django_db
def test_calendar_leads_to_rows_and_tells_nobody_too_much(cast: Any, sign_in: Any) -> None:
    made = _scene(cast)
    client = sign_in(cast.leader)
    page = client.get(PATH).content.decode()
    # findings: as many rows behind each entry as it says
    links = re.findall(r'<a href="(/compliance/findings/\?component[^"]*)">(\d+) finding', page)
    assert sum(int(n) for _, n in links) == Finding.objects.filter(use_case=made["case"], state="open").count() > 0
    for href, number in links:
        assert client.get(unescape(href)).content.decode().count("<tr data-row>") == int(number), href
    # records that stand, of cases that exist for the reader; not the one withdrawn
    found = deadlines.entries(cast.leader, TODAY, SOON)
    assert [one.use_case.use_case_id for one in found if one.kind == "record" and one.use_case] == [
        made["case"].use_case_id
    ]
    assert "Invented secret" not in page and made["hidden"].use_case_id not in page
    assert len([one for one in deadlines.entries(cast.caio, TODAY, SOON) if one.kind == "record"]) == 2
    # a waiver: its report to OMB and its end, until told
    year = deadlines.entries(cast.leader, made["waiver"].granted_on, made["waiver"].expires_on)
    whats = [one.what for one in year if one.kind == "waiver"]
    assert whats == [
        "OMB is told of the grant of a waiver of human training",
        "The waiver of human training ends, unless it is certified anew",
    ]
    made["waiver"].reports.create(about="grant", reported_on=TODAY, reference="Invented", recorded_by=cast.caio)
    year = deadlines.entries(cast.leader, made["waiver"].granted_on, made["waiver"].expires_on)
    assert [one.what for one in year if one.kind == "waiver"] == whats[1:]
    # filters count what they show; the months too
    for name in ("component", "kind", "month"):
        shown = re.findall(r'<option value="([^"]+)">[^<]* \((\d+)\)', page) if name != "month" else []
        shown += re.findall(r'<a href="\?month=([^"]+)">[^<]*<b>(\d+)</b>', page) if name == "month" else []
        for value, number in shown:
            here = name if name == "month" else "component" if value.isupper() else "kind"
            rows = client.get(f"{PATH}?{here}={value}").content.decode().count("<tr data-row>")
            assert rows == int(number), (here, value)
    assert "No deadline fits" in client.get(f"{PATH}?kind=nothing").content.decode()
    taken = client.get(f"{PATH}?format=ics").content.decode()
    assert made["hidden"].use_case_id not in taken and "FEMA" not in taken
    # as a file: exactly these, cases by ID only
    answer = client.get(f"{PATH}?component=CBP&format=ics")
    body = answer.content.decode().replace("\r\n ", "")
    count = client.get(f"{PATH}?component=CBP").content.decode().count("<tr data-row>")
    assert body.count("BEGIN:VEVENT") == count > 0 and answer["Content-Type"].startswith("text/calendar")
    assert made["case"].use_case_id in body and made["case"].title not in body


@pytest.mark.django_db
def test_queries_of_the_calendar_do_not_grow(cast: Any) -> None:
    scenes.catalogue()

    def cost(cases: int) -> int:
        for number in range(cases):
            case = scenes.deployed("CBP", use_case_name=f"Invented {cases} {number}", **scenes.OPEN)
            scenes.evidence(case, "monitoring", until=SOON)
            scenes.waiver(case, "training")
        deadlines.entries(cast.caio, TODAY, SOON)  # what is read once a person or process
        with CaptureQueriesContext(connection) as asked:
            assert deadlines.entries(cast.caio, TODAY, SOON + timedelta(days=365))
        return len(asked)

    assert cost(1) == cost(5) <= 16


def test_the_compliance_plan_comes_every_two_years() -> None:
    plan = department_days.in_force(date(2026, 11, 22)).days[0]
    assert list(plan.between(date(2026, 1, 1), date(2030, 1, 1))) == [date(2027, 9, 30), date(2029, 9, 30)]
    assert list(plan.between(date(2035, 10, 1), date(2060, 1, 1))) == [], "none after 2036"
    assert list(plan.between(date(2027, 9, 30), date(2027, 9, 30))) == [date(2027, 9, 30)]


def test_calendar_file_escapes_and_folds_as_rfc_5545_asks() -> None:
    made = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
    sign = "Überprüfung; a, b\\c\nnext"
    day = ical.Day("u-1@host", date(2026, 12, 31), sign * 5, "x\x07y\r\nEND:VEVENT", "https://host/x", "Findings")
    body = ical.calendar("Deadlines", [day], made)
    lines = body.split(b"\r\n")
    assert lines[-1] == b"" and all(len(line) <= 75 for line in lines) and b"\n" not in body.replace(b"\r\n", b"")
    for line in lines:
        line.decode()  # no character is cut in two
    text = body.decode().replace("\r\n ", "")
    assert "DTSTAMP:20261122T180000Z\r\n" in text
    assert "DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270101\r\n" in text
    assert "SUMMARY:Überprüfung\\; a\\, b\\\\c\\nnextÜber" in text
    assert "DESCRIPTION:xy\\nEND:VEVENT\r\n" in text and text.count("END:VEVENT\r\n") == 2
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") and text.endswith("END:VCALENDAR\r\n")
