"""A check that raises: its provision could not be evaluated, people are told once, and nothing else stops."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from governance.actions import compliance
from governance.compliance import in_force, results
from governance.compliance.checks import CHECKS
from governance.compliance.contract import Problem, Snapshot
from governance.compliance.simulate import simulate
from governance.compliance.snapshot import Clocks, scope, snapshots
from governance.models import Finding
from governance.recipients import recipients
from governance.reports import render
from governance.reports.base import Inputs
from registry.models.use_case import Handling
from tests.governance import scenes

pytestmark = pytest.mark.django_db
SECRET = "word nobody may read"
BROKEN = "practice_met"


@pytest.fixture(autouse=True)
def _catalogue(db: None) -> None:
    scenes.catalogue()


def broken_for(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The check as it is, but it ends in an error for the case of this name, after its first problem."""
    real = CHECKS[BROKEN]

    def raising(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
        yield from real(snapshot, params)
        if snapshot.name == name and params["practice"] == "testing":
            raise ValueError(SECRET)

    monkeypatch.setitem(CHECKS, BROKEN, raising)


def test_check_that_raises_for_one_case_costs_that_provision_only(
    monkeypatch: pytest.MonkeyPatch, cast: Any, sign_in: Any
) -> None:
    bad = scenes.deployed(use_case_name="Invented bad", **scenes.OPEN)
    good = scenes.deployed("FEMA", use_case_name="Invented good", **scenes.OPEN)
    scenes.run(timezone.localdate())
    before = list(Finding.objects.filter(use_case=bad).order_by("pk").values())
    broken_for(monkeypatch, "Invented bad")
    scenes.refile(good, timezone.localdate(), hi_testing_conducted="yes")
    scenes.refile(bad, timezone.localdate(), hi_testing_conducted="yes", have_ato="no")
    done = scenes.run(timezone.localdate())
    assert (done.state, done.counts["not_evaluated"], done.counts["use_cases"]) == ("done", 1, 2)
    kept = {row["id"]: row for row in Finding.objects.filter(use_case=bad).values()}
    testing = Finding.objects.get(use_case=bad, provision__ref="M-25-21/practice/i", key="not_met")
    assert kept[testing.pk] in before, "its finding stays as it is"
    assert Finding.objects.filter(use_case=bad, check_name="authorization_held", state="open").exists()
    assert Finding.objects.get(use_case=good, provision__ref="M-25-21/practice/i", key="not_met").state == "resolved"
    (row, said), *rest = results.not_evaluated(done)
    assert (row.use_case, said["ref"], said["error"]) == (bad, "M-25-21/practice/i", "ValueError") and not rest
    told = Event.objects.get(kind="check_run.not_evaluated")
    assert told.data == {"provisions": ["M-25-21/practice/i"], "cases": 1}
    assert cast.administrator in recipients(told)
    scenes.run(timezone.localdate())
    assert Event.objects.filter(kind="check_run.not_evaluated").count() == 1, "once, as long as it lasts"
    page = sign_in(cast.caio).get(reverse("runs-detail", args=[done.uuid])).content.decode()
    assert bad.use_case_id in page and "M-25-21/practice/i" in page and SECRET not in page
    monkeypatch.undo()
    scenes.run(timezone.localdate())
    testing.refresh_from_db()
    assert testing.state == "resolved"


def test_case_one_may_not_know_of_is_neither_counted_nor_named(
    monkeypatch: pytest.MonkeyPatch, cast: Any, sign_in: Any
) -> None:
    hidden = scenes.deployed(use_case_name="Invented bad", handling=Handling.RESTRICTED, **scenes.OPEN)
    broken_for(monkeypatch, "Invented bad")
    compliance.check_changes()
    done = scenes.run(timezone.localdate())
    url = reverse("runs-detail", args=[done.uuid])
    page = sign_in(cast.priv).get(url).content.decode()
    assert done.counts["not_evaluated"] == 1 and "Could not be evaluated" not in page
    assert hidden.use_case_id not in page and "Who may see every case reads how many" in page
    assert hidden.use_case_id in sign_in(cast.manager).get(url).content.decode()


def test_run_whose_part_cannot_be_judged_fails_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    scenes.deployed(**scenes.OPEN)
    monkeypatch.setattr("governance.actions.sweeps.Reader.gather", lambda *_, **__: 1 / 0)
    done = scenes.run(timezone.localdate())
    assert done.state == "failed" and done.error.startswith("1 of 1 parts could not be judged. The first: ZeroDivision")
    assert done.chunks.get().attempts == 3 and not Finding.objects.exists()


def test_report_is_made_and_says_what_could_not_be_evaluated(monkeypatch: pytest.MonkeyPatch, cast: Any) -> None:
    bad = scenes.deployed(use_case_name="Invented bad", **scenes.OPEN)
    scenes.deployed("FEMA", use_case_name="Invented good", **scenes.OPEN)
    hidden = scenes.deployed(use_case_name="Invented hidden", handling=Handling.RESTRICTED, **scenes.OPEN)
    real = CHECKS[BROKEN]

    def raising(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
        if snapshot.name != "Invented good" and params["practice"] == "testing":
            raise ValueError(SECRET)
        yield from real(snapshot, params)

    monkeypatch.setitem(CHECKS, BROKEN, raising)
    report = scenes.STATUS.assemble(Inputs(scenes.DAY))
    (line,) = report.unknown
    assert line.ref == "M-25-21/practice/i" and sorted(line.cases) == sorted([bad.use_case_id, "Restricted case"])
    assert line.ref in {one.ref for one in report.findings}, "the other case is judged"
    page = render.to_html(scenes.STATUS.template, report)
    assert "Could not be evaluated" in page and hidden.use_case_id not in page and SECRET not in page


def test_draft_is_tried_out_though_a_check_raises_for_a_case(monkeypatch: pytest.MonkeyPatch) -> None:
    scenes.deployed(use_case_name="Invented bad", **scenes.OPEN)
    scenes.deployed("FEMA", use_case_name="Invented good", **scenes.OPEN)
    broken_for(monkeypatch, "Invented bad")
    (instrument,) = (one for one in in_force.instruments() if one.slug == "omb-m-25-21")
    cases = snapshots(scope(), Clocks(scenes.DAY))
    found = simulate(cases, in_force.instruments(), instrument.editions[-1], scenes.DAY)
    testing, monitoring = found["M-25-21/practice/i"], found["M-25-21/practice/iii"]
    assert (testing.not_evaluated, testing.unchanged) == (1, 1) and testing.as_json()["not_evaluated"] == 1
    assert (monitoring.not_evaluated, monitoring.unchanged) == (0, 2)
