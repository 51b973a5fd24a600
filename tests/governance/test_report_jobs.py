"""Reports as work: asked for, made by a worker, downloaded, and by command; a dying worker loses nothing."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.core.management import call_command
from django.utils import timezone

from audit.models import Event
from audit.seal import seal_audit
from audit.workflow import Refused
from governance.actions import jobs
from governance.actions.reports import make_report, request_report
from governance.models import Report
from governance.reports.base import Inputs
from tests import make
from tests.governance import scenes

pytestmark = pytest.mark.django_db
STATUS = scenes.STATUS


@pytest.fixture(autouse=True)
def _catalogue(db: None) -> None:
    scenes.catalogue()


def test_asked_for_report_is_made_once_with_its_seal(cast: Any) -> None:
    scenes.deployed(**scenes.OPEN)
    seal = seal_audit()
    assert seal is not None
    asked = scenes.report(cast)
    made = make_report(asked.uuid)
    assert made is not None and make_report(asked.uuid) is None
    asked.refresh_from_db()
    assert (asked.state, asked.seal_number, asked.pages) == ("done", seal.number, made.pages)
    assert hashlib.sha256(bytes(asked.pdf or b"")).hexdigest() == asked.pdf_sha256
    assert hashlib.sha256(bytes(asked.xlsx or b"")).hexdigest() == asked.xlsx_sha256
    assert f"Seal {seal.number}, sha256 {seal.sha256[:16]}" in asked.html
    kinds = Event.objects.filter(subject_id=str(asked.uuid)).order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["report.requested", "report.made"]


def test_next_edition_says_what_changed(cast: Any) -> None:
    worse, better = scenes.deployed(use_case_name="Worse"), scenes.deployed(use_case_name="Better", **scenes.OPEN)
    early = date(2026, 10, 1)
    first = make_report(scenes.report(cast, early).uuid)
    assert first is not None
    scenes.refile(worse, hi_training_established="in_progress")
    scenes.refile(better, hi_testing_conducted="yes")
    changes = STATUS.assemble(Inputs(scenes.DAY)).changes
    assert changes is not None and changes.since == early
    assert changes.now_not_met == (f"Worse ({worse.use_case_id})",)
    assert changes.no_longer_not_met == (f"Better ({better.use_case_id})",)
    assert STATUS.assemble(Inputs(early)).changes is None, "an edition of the same day is not an earlier one"


def test_worker_that_died_is_followed_by_another_which_finishes_once(cast: Any) -> None:
    scenes.deployed(**scenes.OPEN)
    asked = scenes.report(cast)
    first = jobs.claim(Report, asked.pk)
    assert first is not None and make_report(asked.uuid) is None, "its lease still holds"
    Report.objects.filter(pk=asked.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    made = make_report(asked.uuid)
    assert made is not None and made.attempts == 2
    with pytest.raises(jobs.LeaseLost):
        jobs.finish(first, pdf=b"the first worker wakes up")
    assert Event.objects.filter(kind="report.made").count() == 1


def test_report_that_kills_its_workers_is_given_up_with_a_sentence(cast: Any) -> None:
    asked = scenes.report(cast)
    ended = timezone.now() - timedelta(seconds=1)
    Report.objects.filter(pk=asked.pk).update(state="running", attempts=jobs.MAX_ATTEMPTS, lease_until=ended)
    assert make_report(asked.uuid) is None
    asked.refresh_from_db()
    assert asked.state == "failed" and "each time the worker ended" in asked.error


def test_report_without_a_loaded_catalogue_says_so(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Inputs) -> None:
        raise Refused("These editions are not loaded. Run load_catalogue.")

    monkeypatch.setitem(make_report.__globals__["SHELF"], "compliance-status", replaced(assemble=refuse))
    asked = scenes.report(cast)
    assert make_report(asked.uuid) is None
    asked.refresh_from_db()
    assert (asked.state, asked.error) == ("failed", "These editions are not loaded. Run load_catalogue.")
    assert Event.objects.filter(kind="report.failed", subject_id=str(asked.uuid)).exists()


def replaced(**columns: Any) -> Any:
    return replace(STATUS, **columns)


def test_broker_away_loses_nothing(cast: Any, sign_in: Any, django_capture_on_commit_callbacks: Any) -> None:
    scenes.deployed(**scenes.OPEN)
    before = current_app.conf.broker_url
    current_app.conf.broker_url = "redis://127.0.0.1:1/0"
    try:
        with django_capture_on_commit_callbacks(execute=True):
            given = {"slug": "compliance-status", "as_of": "2026-11-17", "component": ""}
            answer = sign_in(cast.leader).post("/reports/make/", given)
    finally:
        current_app.conf.broker_url = before
    asked = Report.objects.get()
    assert answer.status_code == 302 and answer["Location"] == asked.get_absolute_url()
    waiting = sign_in(cast.leader).get(asked.get_absolute_url()).content.decode()
    assert "Waiting for a worker" in waiting and 'data-refresh="4"' in waiting
    assert make_report(asked.uuid) is not None, "beat sends it again, a worker makes it"


def test_lead_makes_the_own_components_report_only(cast: Any) -> None:
    with pytest.raises(Refused, match="component leads make those of their own"):
        request_report(STATUS, actor=cast.lead, as_of=scenes.DAY)
    with pytest.raises(Refused):
        request_report(STATUS, actor=cast.lead, as_of=scenes.DAY, component_code="FEMA")
    scenes.deployed("CBP")
    scenes.deployed("FEMA")
    asked = request_report(STATUS, actor=cast.lead, as_of=scenes.DAY, component_code="CBP")
    make_report(asked.uuid)
    asked.refresh_from_db()
    assert asked.facts["cases"] == 1 and "Component CBP" not in asked.title


def test_report_of_a_day_to_come_is_refused(cast: Any) -> None:
    with pytest.raises(Refused, match="today or an earlier day"):
        scenes.report(cast, timezone.localdate() + timedelta(days=1))


def test_download_gives_the_stored_bytes_and_is_an_event(cast: Any, sign_in: Any) -> None:
    scenes.deployed(**scenes.OPEN)
    asked = scenes.report(cast)
    client = sign_in(cast.leader)
    assert client.get(f"/reports/{asked.uuid}/pdf/").status_code == 404
    make_report(asked.uuid)
    asked.refresh_from_db()
    answer = client.get(f"/reports/{asked.uuid}/pdf/")
    assert hashlib.sha256(answer.content).hexdigest() == asked.pdf_sha256
    assert answer["Content-Disposition"] == 'attachment; filename="compliance-status-2026-11-17.pdf"'
    assert client.get(f"/reports/{asked.uuid}/html/").content.decode() == asked.html
    assert client.get(f"/reports/{asked.uuid}/exe/").status_code == 404
    formats = Event.objects.filter(kind="report.downloaded").values_list("data__format", flat=True)
    assert list(formats.order_by("id")) == ["pdf", "html"]
    page = client.get(f"/reports/{asked.uuid}/?sha256={asked.pdf_sha256.upper()}").content.decode()
    assert "Your copy is the PDF of this edition." in page and "still have the sha256" in page
    assert "not a file of this edition" in client.get(f"/reports/{asked.uuid}/?sha256=00").content.decode()


def test_changed_file_is_noticed(cast: Any, sign_in: Any) -> None:
    asked = scenes.report(cast)
    make_report(asked.uuid)
    Report.objects.filter(pk=asked.pk).update(pdf=b"%PDF- something else")
    page = sign_in(cast.auditor).get(f"/reports/{asked.uuid}/").content.decode()
    assert "no longer has the sha256" in page


# -- the command --------------------------------------------------------------------------------------


def command(*args: str) -> tuple[int, dict[str, Any]]:
    out, status = io.StringIO(), 0
    try:
        call_command("render_report", *args, "--json", stdout=out)
    except SystemExit as ended:
        status = int(str(ended.code))
    return status, json.loads(out.getvalue())


@pytest.mark.parametrize("file_format", ["pdf", "html", "xlsx", "csv"])
def test_command_writes_a_file_and_says_its_digest(file_format: str, tmp_path: Path) -> None:
    scenes.deployed(**scenes.OPEN)
    path = tmp_path / "out"
    status, said = command("compliance-status", "--as-of", "2026-11-17", "--format", file_format, "--output", str(path))
    assert status == 0 and set(said) == {"pages", "sha256", "seal"}
    assert said["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest() and said["seal"] is None
    assert (said["pages"] is not None) == (file_format == "pdf")
    assert not Report.objects.exists()


def test_command_prints_the_seal_asked_for(tmp_path: Path) -> None:
    first = seal_audit()
    assert first is not None
    make.use_case()
    status, said = command("compliance-status", "--format", "html", "--output", str(tmp_path / "x"))
    assert (status, said["seal"]) == (0, first.number)
    assert f"Made at seal {first.number} of the audit log" in (tmp_path / "x").read_text()


@pytest.mark.parametrize(
    ("given", "where"),
    [
        (["nothing-such"], "SLUG"),
        (["compliance-status", "--format", "doc"], "--format"),
        (["compliance-status", "--seal", "99"], "--seal"),
        (["compliance-status", "--as-of", "soon"], "--as-of"),
        (["compliance-status", "--format", "csv", "--output", "/nowhere/at/all"], "--output"),
    ],
)
def test_command_says_what_was_wrongly_asked(given: list[str], where: str, tmp_path: Path) -> None:
    output = [] if "--output" in given else ["--output", str(tmp_path / "x")]
    status, said = command(*given, *output)
    assert status == 2 and said["error"]["where"] == where
