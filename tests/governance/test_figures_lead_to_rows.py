"""Each figure of the compliance pages leads to exactly as many rows as it says; pages and home agree."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from governance.compliance import heat, reads
from governance.models import Finding
from governance.reads import figures
from registry.models.use_case import Handling
from tests.governance import scenes

pytestmark = pytest.mark.django_db
FIGURE = re.compile(r'<a href="(\?[^"]*|/compliance/(?:matrix|findings)/[^"]*)"[^>]*>[^<]*<b>(\d+)</b>')
PAGES = ("/compliance/", "/compliance/matrix/", "/compliance/components/CBP/")


@pytest.fixture
def registry(db: None) -> None:
    """Three components; a day on which one case got better and another worse; a restricted case."""
    scenes.catalogue()
    better = scenes.deployed("CBP", **scenes.OPEN)
    worse = scenes.deployed("FEMA", hi_appeal_process="not_applicable")
    scenes.deployed("CBP", hi_training_established="in_progress", pia_url="")
    met = scenes.deployed("ICE")
    for practice in ("testing", "impact_assessment", "monitoring", "training", "human_oversight", "appeals"):
        scenes.evidence(met, practice)
    scenes.evidence(met, "consultation")
    scenes.deployed("CBP", handling=Handling.RESTRICTED, **scenes.OPEN)
    scenes.run(scenes.DAY)
    scenes.refile(better, scenes.DAY, hi_testing_conducted="yes")
    scenes.refile(worse, scenes.DAY, hi_ongoing_monitoring="in_progress")
    scenes.run(scenes.DAY.replace(day=18))


def _figures(page: str, path: str) -> set[tuple[str, int]]:
    found = FIGURE.findall(page)
    return {(unescape(href if href.startswith("/") else path + href), int(n)) for href, n in found}


@pytest.mark.parametrize("role", ["auditor", "leader"])
def test_each_figure_leads_to_as_many_rows(role: str, registry: None, cast: Any, sign_in: Any) -> None:
    client = sign_in(getattr(cast, role))
    for path in PAGES:
        shown = _figures(client.get(path).content.decode(), path)
        assert len(shown) >= 6, f"{path} has figures"
        for href, number in sorted(shown):
            rows = client.get(href).content.decode().count("<tr data-row>")
            assert rows == number, f"{path}: {href} says {number} and shows {rows}"


def test_overview_home_and_matrix_say_the_same(registry: None, cast: Any, sign_in: Any) -> None:
    for person in (cast.caio, cast.leader):
        now = figures.department(person).now
        whole = reads.practice_matrix(person).whole
        counted = [whole.count(name) for name in ("not_met", "on_word", "met")]
        assert [now.not_met, now.on_word, now.met] == counted and now.deployed == len(whole.rows) > 0
        assert {code: n for code, n, _ in now.open_by_component} == {
            group.component: group.not_met for group in reads.practice_matrix(person).groups if group.not_met
        }


def test_figures_of_home_lead_to_as_many_rows(registry: None, cast: Any, sign_in: Any) -> None:
    client = sign_in(cast.leader)
    shown = {one.label: one for one in figures.department(cast.leader).figures}
    overdue, met = shown["Findings past due"], shown["Deployed high-impact, all seven practices met"]
    assert overdue.number > 0 and met.number == 1
    for figure in (overdue, met):
        assert client.get(figure.url).content.decode().count("<tr data-row>") == figure.number, figure.url


def test_serious_findings_by_instrument_are_those_of_the_database(registry: None, cast: Any) -> None:
    found = heat.by_instrument(reads.findings(cast.auditor))
    rows = Finding.objects.filter(state="open", severity="error")
    assert found.total == rows.count() == sum(cell.findings for cell in found.totals) > 0
    for line in found.lines:
        for cell in line.cells:
            here = rows.filter(
                use_case__component__code=line.component, provision__edition__instrument__slug=cell.instrument
            )
            assert cell.findings == here.count() and cell.cases == here.values("use_case").distinct().count()


def test_a_filter_nobody_understands_finds_nothing(registry: None, cast: Any, sign_in: Any) -> None:
    client = sign_in(cast.auditor)
    for query in ("due_on=tomorrow", "opened_after=x", "resolved_after=2026-13-01", "instrument=none"):
        page = client.get(f"/compliance/findings/?{query}").content.decode()
        assert "No finding fits" in page and "Show the others too" in page, query
    assert "No finding fits" in client.get("/compliance/findings/?due=later").content.decode()
    overdue = Finding.objects.filter(state="open", due_on__lt=timezone.localdate()).count()
    page = client.get("/compliance/findings/?due=overdue").content.decode()
    assert page.count("<tr data-row>") == overdue
