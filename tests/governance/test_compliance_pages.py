"""What the compliance pages show, to whom, and in how many queries."""

from __future__ import annotations

import csv
import io
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.compliance import matrix, reads
from governance.models import Finding
from registry.models.use_case import Handling
from tests.governance import scenes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _catalogue(db: None) -> None:
    scenes.catalogue()


def test_matrix_puts_each_case_in_exactly_one_standing(cast: Any) -> None:
    scenes.deployed(**scenes.OPEN)
    scenes.deployed()
    met = scenes.deployed("FEMA")
    for practice in matrix.PRACTICES:
        scenes.evidence(met, practice)
    found = reads.practice_matrix(cast.auditor)
    assert {name: found.whole.count(name) for name in matrix.STANDINGS} == {"not_met": 1, "on_word": 1, "met": 1}
    assert [group.component for group in found.groups] == ["CBP", "FEMA"], "most open first"
    assert sum(found.levels.values()) == 3 * 7


def test_filters_of_the_matrix_count_what_they_show(cast: Any, sign_in: Any) -> None:
    scenes.deployed(**scenes.OPEN)
    scenes.deployed("FEMA")
    page = sign_in(cast.auditor).get("/compliance/matrix/?standing=not_met").content.decode()
    assert "Not met <b>1</b>" in page and "Resting on word <b>1</b>" in page
    assert "1 case shown" in page and "1 of 7 not met" in page


def test_step_back_is_marked(cast: Any, sign_in: Any) -> None:
    case = scenes.deployed()
    record = scenes.evidence(case, "testing")
    scenes.run()
    record.delete()
    page = sign_in(cast.auditor).get("/compliance/matrix/").content.decode()
    assert "was Evidenced" in page


def test_matrix_file_holds_exactly_what_is_shown(cast: Any, sign_in: Any) -> None:
    case = scenes.deployed(**scenes.OPEN)
    scenes.deployed("FEMA")
    body = sign_in(cast.auditor).get("/compliance/matrix/?standing=not_met&format=xlsx").content
    sheet = openpyxl.load_workbook(io.BytesIO(body)).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert [row[1] for row in rows[1:-1]] == [case.use_case_id]
    assert rows[1][3] == "In progress" and rows[-1][3] == "1 not met of 1"


def test_restricted_case_does_not_exist_for_those_who_need_not_know(cast: Any, sign_in: Any) -> None:
    scenes.deployed(**scenes.OPEN)
    hidden = scenes.deployed(
        "FEMA", use_case_name="Invented secret sorting", handling=Handling.RESTRICTED, **scenes.OPEN
    )
    scenes.run()
    client = sign_in(cast.leader)
    for path in ("/compliance/", "/compliance/matrix/", "/compliance/findings/", "/compliance/components/FEMA/"):
        page = client.get(path).content.decode()
        assert hidden.use_case_id not in page and "Invented secret" not in page, path
        assert "Counts take in only the cases you may see." in page, path
    assert "1 of 1 deployed high-impact cases runs" in client.get("/compliance/").content.decode()
    assert client.get(f"/use-cases/{hidden.use_case_id}/practices/").status_code == 404
    assert "2 of 2 deployed" in sign_in(cast.caio).get("/compliance/").content.decode()


def test_overview_says_what_got_worse_and_better(cast: Any, sign_in: Any) -> None:
    case = scenes.deployed(**scenes.OPEN)
    scenes.run(scenes.DAY)
    scenes.refile(case, scenes.DAY, hi_testing_conducted="yes", hi_appeal_process="in_progress")
    page = sign_in(cast.auditor).get("/compliance/").content.decode()
    assert "There is no earlier run to compare with." in page
    scenes.run(scenes.DAY.replace(day=18))
    page = sign_in(cast.auditor).get("/compliance/").content.decode()
    worse, better = page.split("Got better")
    assert "Remedies or appeals is still in progress." in worse
    assert "Pre-deployment testing is still in progress." in better


def test_finding_says_what_why_what_to_do_and_by_when(cast: Any, sign_in: Any) -> None:
    scenes.deployed(**scenes.OPEN)
    scenes.run()
    page = sign_in(cast.officer).get("/compliance/findings/?practice=testing").content.decode()
    assert "Pre-deployment testing is still in progress." in page
    assert "/policy/omb-m-25-21/2025-04-03.2/#M-25-21-practice-i" in page
    assert "obtain a waiver of the Chief AI Officer" in page and "3 April 2026" in page


def test_filters_of_the_findings_count_what_they_show(cast: Any, sign_in: Any) -> None:
    scenes.deployed(**scenes.OPEN)
    scenes.deployed("FEMA")
    scenes.run()
    rows = reads.findings(cast.auditor)
    for name, listed in reads.choices(rows, {}).items():
        for choice in listed:
            assert reads.filtered(rows, {name: choice.value}).count() == choice.count, (name, choice)
    assert reads.filtered(rows, {"component": "nowhere"}).count() == 0
    page = sign_in(cast.auditor).get("/compliance/findings/?component=nowhere").content.decode()
    assert "No finding fits" in page


def test_findings_file_holds_exactly_what_is_shown(cast: Any, sign_in: Any) -> None:
    scenes.deployed(use_case_name="=1+1 invented", **scenes.OPEN)
    scenes.run()
    body = sign_in(cast.auditor).get("/compliance/findings/?severity=error&format=csv").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(body)))
    assert len(rows) - 1 == Finding.objects.filter(severity="error", state="open").count() > 0
    assert rows[1][1].startswith("'="), "a name never becomes a formula"


def test_officer_of_another_component_is_told_why_not(cast: Any, sign_in: Any) -> None:
    scenes.deployed("FEMA")
    answer = sign_in(cast.officer).get("/compliance/components/FEMA/")
    assert answer.status_code == 403 and b"Only people of FEMA" in answer.content


def test_edition_page_says_how_it_is_checked_and_whom_it_hits(cast: Any, sign_in: Any) -> None:
    scenes.deployed(**scenes.OPEN)
    scenes.run()
    page = sign_in(cast.officer).get("/policy/omb-m-25-21/2025-04-03.2/").content.decode()
    assert "params." not in page and "1 case</a>" in page and "In force from 3 April 2025" in page
    listed = sign_in(cast.officer).get("/policy/").content.decode()
    assert "Superseded since 3 April 2025" in listed


@pytest.mark.parametrize("path", ["/compliance/findings/", "/compliance/matrix/", "/compliance/", "/policy/"])
def test_queries_do_not_grow_with_the_rows(path: str, cast: Any, sign_in: Any) -> None:
    client = sign_in(cast.caio)

    def cost(cases: int) -> int:
        for number in range(cases):
            scenes.deployed("CBP", use_case_name=f"Invented {cases} {number}", **scenes.OPEN)
        scenes.run()
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        return len(asked)

    assert cost(2) >= cost(8)


def test_how_many_cases_a_run_judged_is_said_only_to_who_sees_all(cast: Any, sign_in: Any) -> None:
    scenes.deployed(**scenes.OPEN)
    scenes.deployed("FEMA", handling=Handling.RESTRICTED, **scenes.OPEN)
    scenes.run()
    assert "2 cases held against" in sign_in(cast.auditor).get("/compliance/").content.decode()
    for person in (cast.officer, cast.lead, cast.other_officer, cast.leader):
        page = sign_in(person).get("/compliance/").content.decode()
        assert "cases held against" not in page and "held against" in page, str(person)
