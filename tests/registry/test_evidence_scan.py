"""The virus scan against a real socket that speaks INSTREAM: found, clean, away, and come back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core import mail

from audit.models import Event
from audit.workflow import Refused
from governance.actions import notices
from registry import evidence_store, scanner
from registry.actions import evidence_upkeep as upkeep
from registry.models import Evidence
from tests import make, talking
from tests.registry.scanner_server import EICAR, daemon

pytestmark = pytest.mark.django_db
AWAY = "127.0.0.1:1"


@pytest.fixture
def case(cast: Any) -> Any:
    return make.use_case(owner=cast.officer, filed_on=date(2026, 1, 28), status="recorded")


def infected() -> Any:
    return talking.upload("note.txt", EICAR)


def test_a_clean_file_is_scanned_whole_and_can_be_opened(cast, case, settings):
    content = b"Bin;Right\n" * 200_000  # several pieces
    with daemon() as clamav:
        settings.CLAMAV_ADDRESS = clamav.address
        made = talking.some_file(case, cast.officer, file=talking.upload("table.csv", content))
        assert clamav.seen == [content]
    assert made.scan == Evidence.Scan.CLEAN and made.scanned_at and made.can_be_opened


def test_a_virus_is_refused_recorded_and_not_kept(cast, case, settings, sign_in):
    with daemon() as clamav:
        settings.CLAMAV_ADDRESS = clamav.address
        with pytest.raises(Refused, match="found “Eicar-Test-Signature” in this file, so it was not kept"):
            talking.some_file(case, cast.officer, file=infected())
        assert not Evidence.objects.exists()
        event = Event.objects.get(kind="evidence.refused")
        assert event.data["virus"] == "Eicar-Test-Signature" and event.actor == cast.officer
        given = {"kind": "other", "title": "x", "dated_on": "2026-06-01", "file": infected()}
        page = sign_in(cast.officer).post(f"/use-cases/{case.use_case_id}/evidence/add/", given)
    assert page.status_code == 400 and "Eicar-Test-Signature" in page.content.decode()


def test_the_scanner_is_reached_by_its_socket_too(cast, case, settings, tmp_path):
    with daemon(tmp_path / "clamd.sock") as clamav:
        settings.CLAMAV_ADDRESS = clamav.address
        assert talking.some_file(case, cast.officer).scan == Evidence.Scan.CLEAN


def test_while_the_scanner_is_away_a_file_waits_closed_to_everybody(cast, case, settings, sign_in):
    settings.CLAMAV_ADDRESS = AWAY
    made = talking.some_file(case, cast.officer)
    assert made.scan == Evidence.Scan.WAITING and not made.can_be_opened
    client = sign_in(cast.officer)
    answer = client.get(f"/evidence/{made.uuid}/file/", follow=True)
    assert not answer.streaming and "waits for the virus scan" in answer.content.decode()
    answer = client.post(f"/evidence/{made.uuid}/link/", follow=True)
    assert "waits for the virus scan" in answer.content.decode()
    assert upkeep.scan_waiting() == 0, "still away: it goes on waiting"
    with daemon() as clamav:
        settings.CLAMAV_ADDRESS = clamav.address
        assert upkeep.scan_waiting() == 1
        assert upkeep.scan_waiting() == 0
    made = Evidence.objects.get(pk=made.pk)
    assert made.scan == Evidence.Scan.CLEAN
    assert Event.objects.filter(kind="evidence.scanned", subject_id=str(made.uuid)).count() == 1
    assert b"".join(client.get(f"/evidence/{made.uuid}/file/")) == talking.pdf()


def test_a_virus_found_later_removes_the_file_and_tells_the_owner(
    cast, case, settings, django_capture_on_commit_callbacks
):
    settings.CLAMAV_ADDRESS = AWAY
    made = talking.some_file(case, cast.officer, file=infected())
    with daemon() as clamav, django_capture_on_commit_callbacks(execute=True):
        settings.CLAMAV_ADDRESS = clamav.address
        assert upkeep.scan_waiting() == 1
    row = Evidence.objects.get(pk=made.pk)
    assert (row.scan, row.state, row.file, row.sha256) == ("infected", "removed", "", made.sha256)
    with pytest.raises(FileNotFoundError):
        evidence_store.open_content(made.file)
    assert Event.objects.get(kind="evidence.infected").actor is None
    notices.dispatch()
    assert ["virus" in one.subject for one in mail.outbox if one.to == [cast.officer.email]] == [True]


@pytest.mark.parametrize("says", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"nonsense\0"])
def test_an_answer_that_is_no_verdict_leaves_the_file_waiting(says, cast, case, settings):
    with daemon(says=says or b"\0") as clamav:
        with pytest.raises(scanner.ScannerAway):
            scanner.scan(clamav.address, [b"x"])
        settings.CLAMAV_ADDRESS = clamav.address
        assert talking.some_file(case, cast.officer).scan == Evidence.Scan.WAITING
