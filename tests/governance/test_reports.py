"""The compliance status report: its figures, its files, who may have it, and that a dying worker loses nothing."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import page as page_validation
import pikepdf
import pytest
from celery import current_app
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from audit.models import Event
from audit.seal import seal_audit
from audit.workflow import Refused
from governance.actions import jobs
from governance.actions.reports import make_report, request_report
from governance.models import AgendaItem, Condition, Report, Review
from governance.reports import render
from governance.reports.base import Inputs, SealMark
from governance.reports.compliance_status import ComplianceStatus
from registry.models import UseCase
from registry.models.use_case import Handling
from tests import make
from tests.governance import scenes

pytestmark = pytest.mark.django_db
STATUS = scenes.STATUS
SEAL = SealMark(7, "ab12" * 16)


@pytest.fixture(autouse=True)
def _catalogue(db: None) -> None:
    scenes.catalogue()


def registry() -> None:
    """Cases of several components, stages and impacts; some practices shown, some not."""
    for code, changes in (
        ("CBP", scenes.OPEN),
        ("CBP", {"hi_appeal_process": None, **scenes.OPEN}),
        ("ICE", {}),
        ("ICE", {"operational_date": "2026-06-01", "hi_ongoing_monitoring": "in_progress"}),
        ("FEMA", {"have_ato": "no"}),
    ):
        scenes.deployed(code, **changes)
    met = scenes.deployed("FEMA")
    for practice in STATUS.assemble(Inputs(scenes.DAY)).matrix.rows[0].cells:
        scenes.evidence(met, practice.practice)
    scenes.waiver(scenes.deployed("TSA", **scenes.OPEN))
    make.use_case(component_code="CBP", given=make.answers(), filed_on=scenes.FILED, status="recorded")
    pilot = make.answers(development_stage="pilot")
    make.use_case(component_code="FEMA", given=pilot, filed_on=scenes.FILED, status="recorded")


def assembled(day: date = scenes.DAY, **columns: Any) -> ComplianceStatus:
    found: ComplianceStatus = STATUS.assemble(Inputs(day, seal=SEAL, **columns))
    return found


def one(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])


HIGH = "filed_document->'answers'->>'is_high_impact' = 'high_impact'"
DEPLOYED = f"{HIGH} AND filed_document->'answers'->>'development_stage' = 'deployed'"
FIELDS = (
    "hi_testing_conducted", "hi_assessment_completed", "hi_ongoing_monitoring", "hi_training_established",
    "hi_failsafe_presence", "hi_appeal_process", "hi_public_consultation",
)  # fmt: skip
NAMES = ("testing", "impact_assessment", "monitoring", "training", "human_oversight", "appeals", "consultation")
WAIVED = (
    "EXISTS (SELECT 1 FROM governance_waiver w WHERE w.use_case_id = u.id AND w.practice = '{}'"
    " AND w.granted_on <= '2026-11-17' AND w.expires_on >= '2026-11-17' AND w.revoked_on IS NULL)"
)
OPEN_SQL = [
    f"(NOT {WAIVED.format(name)} AND (u.filed_document->'answers'->>'{field}' IS NULL"
    f" OR u.filed_document->'answers'->>'{field}' = 'in_progress'))"
    for field, name in zip(FIELDS, NAMES, strict=True)
]


def test_figures_equal_counts_by_sql() -> None:
    registry()
    f = assembled().figures
    assert f.cases == one("SELECT count(*) FROM registry_usecase WHERE filed_document IS NOT NULL") == 9
    assert f.high_impact == one(f"SELECT count(*) FROM registry_usecase WHERE {HIGH}")
    assert f.deployed_high_impact == one(f"SELECT count(*) FROM registry_usecase WHERE {DEPLOYED}")
    table = f"SELECT count(*) FROM registry_usecase u WHERE {DEPLOYED}"
    assert f.not_met == one(f"{table} AND ({' OR '.join(OPEN_SQL)})") == 3
    assert f.met == one(
        f"{table} AND (SELECT count(DISTINCT practice) FROM governance_practicerecord r WHERE r.use_case_id = u.id) = 7"
    )
    assert f.met + f.on_word + f.not_met == f.deployed_high_impact
    past = f"SELECT {' + '.join(f'sum(({part})::int)' for part in OPEN_SQL)} FROM registry_usecase u WHERE {DEPLOYED}"
    assert f.overdue == one(past), "every open practice is past due on that day"
    assert f.waivers == one("SELECT count(*) FROM governance_waiver WHERE revoked_on IS NULL") == 1
    whole = assembled().matrix.whole
    assert whole.cells_not_met == one(past)


def test_counts_and_findings_equal_sql() -> None:
    registry()
    scenes.run()
    report = assembled()
    for row in report.counts[:-1]:
        joined = "registry_usecase u JOIN accounts_component c ON c.id = u.component_id"
        where = f"SELECT count(*) FROM {joined} WHERE c.code = '{row.component}'"
        assert row.total == one(where)
        assert row.stages[2] == one(f"{where} AND u.stage = 'deployed'")
        assert row.impacts[0] == one(f"{where} AND u.impact = 'high_impact'")
    assert report.counts[-1].total == report.figures.cases
    assert report.figures.findings == one("SELECT count(*) FROM governance_finding WHERE state = 'open'")
    assert report.figures.serious == one(
        "SELECT count(*) FROM governance_finding WHERE state = 'open' AND severity = 'error'"
    )
    assert sum(line.total for line in report.provisions) == report.figures.findings


def test_earlier_day_shows_that_day_and_marks_what_was_learned_later() -> None:
    case = scenes.deployed(**scenes.OPEN)
    scenes.refile(case, date(2026, 5, 1), hi_testing_conducted="yes")
    assert assembled().figures.not_met == 0
    early = assembled(date(2026, 3, 1))
    assert (early.figures.not_met, early.figures.late) == (1, 1)
    html = render.to_html(STATUS.template, early)
    assert "1 of 1 cases rest on facts recorded after 1 March 2026" in html and "†" in html
    assert early.running[0].days_past_due == 0, "nothing is past due before the deadline"
    assert assembled(date(2026, 1, 27)).figures.cases == 0


def test_page_one_keeps_its_order(cast: Any) -> None:
    registry()
    html = render.to_html(STATUS.template, assembled())
    order = [
        "Internal to the department", "Decisions asked of the Board",
        "High-impact uses running with a practice not met",
        "What changed", "Resting on the component’s word only", "The inventory in figures",
        "Practice matrix of deployed high-impact cases", "Overdue", "Conditions due", "Open findings",
    ]  # fmt: skip
    places = [html.index(text) for text in order]
    assert places == sorted(places)
    assert "There is no earlier edition of this report" in html


def referred(case: UseCase, person: Any) -> None:
    revision = case.revisions.get(number=case.revision_number)
    review = Review.objects.create(use_case=case, round=1, revision=revision, submitted_by=person)
    when = timezone.now() - timedelta(days=60)
    AgendaItem.objects.create(
        use_case=case, review=review, question="Whether to suspend it until it is tested.", referred_by=person,
        referred_at=when,
    )  # fmt: skip
    Condition.objects.create(
        use_case=case, component=case.component, text="Test it in the field.", due_on=date(2026, 10, 1),
        set_by=person, set_at=when,
    )  # fmt: skip


def test_decisions_and_conditions_come_from_the_board_and_reviews(cast: Any) -> None:
    referred(scenes.deployed(**scenes.OPEN), cast.caio)
    report = assembled()
    assert [ask.question for ask in report.asks] == ["Whether to suspend it until it is tested."]
    assert [(line.text, line.due_on) for line in report.conditions] == [("Test it in the field.", date(2026, 10, 1))]
    assert report.figures.overdue == 2, "the practice and the condition"
    assert assembled(date(2026, 8, 1)).asks == ()


def test_restricted_case_is_counted_without_name_or_id(cast: Any) -> None:
    hidden = scenes.deployed("CBP", use_case_name="Invented secret", handling=Handling.RESTRICTED, **scenes.OPEN)
    referred(hidden, cast.caio)
    report = assembled()
    assert (report.figures.not_met, report.figures.restricted) == (1, 1)
    html = render.to_html(STATUS.template, report)
    book = openpyxl.load_workbook(io.BytesIO(STATUS.xlsx(report)))
    cells = {str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
    for secret in ("Invented secret", hidden.use_case_id, "Test it in the field", "Whether to suspend"):
        assert secret not in html and not any(secret in cell for cell in cells), secret
        assert secret not in json.dumps(STATUS.facts(report)) and secret.encode() not in STATUS.csv(report)
    assert "Restricted case" in html


def test_pdf_is_tagged_and_passes_pdf_ua(tmp_path: Path) -> None:
    registry()
    path = tmp_path / "report.pdf"
    made = render.to_pdf(render.to_html(STATUS.template, assembled()))
    path.write_bytes(made.content)
    found = page_validation.validate_pdf(str(path), profile=page_validation.ValidationProfile.PDF_UA_1)
    assert found.is_compliant, [failure.rule_id for failure in found.failures]
    with pikepdf.open(path) as pdf:
        assert str(pdf.Root.Lang) == "en-US" and pdf.Root.MarkInfo.Marked
        assert str(pdf.docinfo["/Title"]) == "AI compliance status, as of 17 November 2026"
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        tags = tags_of(pdf.Root.StructTreeRoot)
        assert len(pdf.pages) == made.pages
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/Caption", "/Figure"} <= set(tags)
    assert tags.count("/H1") == 1 and tags.count("/Figure") >= 2


def tags_of(node: Any) -> list[str]:
    found = [str(node.S)] if "/S" in node else []
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary):
            found += tags_of(kid)
    return found


def test_page_one_holds_everything_the_board_decides_on(tmp_path: Path, cast: Any) -> None:
    for number in range(14):
        scenes.deployed(use_case_name=f"Invented sorting of parcels at the northern bench {number}", **scenes.OPEN)
    referred(UseCase.objects.order_by("pk")[0], cast.caio)
    html = render.to_html(STATUS.template, assembled())
    first = html.split('<section class="sheet">')[0] + "</main></body></html>"
    assert render.to_pdf(first).pages == 1
    assert "The 11 furthest from met of 14" in html


def test_same_inputs_give_the_same_bytes() -> None:
    registry()
    first, again = (render.to_pdf(render.to_html(STATUS.template, assembled())).content for _ in range(2))
    assert hashlib.sha256(first).hexdigest() == hashlib.sha256(again).hexdigest()
    report = assembled()
    assert STATUS.xlsx(report) == STATUS.xlsx(assembled()) and STATUS.csv(report) == STATUS.csv(assembled())
    other: ComplianceStatus = STATUS.assemble(Inputs(scenes.DAY, seal=SealMark(8, "cd34" * 16)))
    assert render.to_pdf(render.to_html(STATUS.template, other)).content != first, "the seal is printed"


def test_report_fetches_nothing_but_static_files() -> None:
    away = ("https://example.invalid/x.css", "file:///etc/hostname", "/accounts/login/", "/static/../manage.py")
    for address in away:
        with pytest.raises(render.NotAStaticFile):
            render.to_pdf(f'<html lang="en"><title>x</title><link rel="stylesheet" href="{address}"></html>')


def test_names_never_become_formulas(cast: Any) -> None:
    scenes.deployed(use_case_name="=HYPERLINK(1)", **scenes.OPEN)
    report = assembled()
    assert b",'=HYPERLINK" in STATUS.csv(report)
    book = openpyxl.load_workbook(io.BytesIO(STATUS.xlsx(report)))
    types = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in types


# -- the job ------------------------------------------------------------------------------------------


def test_asked_for_report_is_made_once_with_its_seal(cast: Any) -> None:
    registry()
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
    changes = assembled().changes
    assert changes is not None and changes.since == early
    assert changes.now_not_met == (f"Worse ({worse.use_case_id})",)
    assert changes.no_longer_not_met == (f"Better ({better.use_case_id})",)
    assert assembled(early).changes is None, "an edition of the same day is not an earlier one"


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
