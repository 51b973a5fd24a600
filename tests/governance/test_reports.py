"""The compliance status report: its figures, its files, who may have it, and that a dying worker loses nothing."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import page as page_validation
import pikepdf
import pytest
from django.db import connection
from django.utils import timezone

from governance.models import AgendaItem, Condition, Review
from governance.reports import pdf, render
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
        f"{table} AND (SELECT count(DISTINCT practice) FROM governance_datedrecord r WHERE r.use_case_id = u.id) = 7"
    )
    assert f.met + f.on_word + f.not_met == f.deployed_high_impact
    past = f"SELECT {' + '.join(f'sum(({part})::int)' for part in OPEN_SQL)} FROM registry_usecase u WHERE {DEPLOYED}"
    unreported = one("SELECT count(*) FROM governance_waiver WHERE granted_on + 30 < '2026-11-17'")
    assert f.overdue == one(past) + unreported, "every open practice, and the report of the waiver to OMB"
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
    first = html.split('<section class="sheet"')[0] + "</main></body></html>"
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
        with pytest.raises(pdf.NotAStaticFile):
            render.to_pdf(f'<html lang="en"><title>x</title><link rel="stylesheet" href="{address}"></html>')


def test_names_never_become_formulas(cast: Any) -> None:
    scenes.deployed(use_case_name="=HYPERLINK(1)", **scenes.OPEN)
    report = assembled()
    assert b",'=HYPERLINK" in STATUS.csv(report)
    book = openpyxl.load_workbook(io.BytesIO(STATUS.xlsx(report)))
    types = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in types
