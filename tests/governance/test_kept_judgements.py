"""A whole sweep reads every case and judges again what may have changed: never trusting that somebody told it so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from structlog.testing import capture_logs

from audit.models import Event
from governance.compliance import kept
from governance.compliance.checks import CHECKS
from governance.compliance.contract import Problem, Snapshot
from governance.compliance.snapshot import Clocks, Gathered, IndexedTwins, Reader, told
from governance.demo.clock import at
from governance.models import CheckMark, CheckResult, DatedRecord, Finding, Waiver, WaiverReport
from governance.recipients import recipients
from registry.models import UseCase
from tests.governance import scenes
from tests.governance.test_compliance_runs import unguarded

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
COUNTS = ("use_cases", "provisions", "problems", "waived", "not_evaluated", "kept")


@pytest.fixture(autouse=True)
def _catalogue(db: None) -> None:
    scenes.catalogue()


def some_cases() -> list[UseCase]:
    cases = [scenes.deployed(use_case_name=f"Invented {number}", **scenes.OPEN) for number in range(9)]
    scenes.waiver(cases[0])
    scenes.evidence(cases[1], "monitoring")
    return cases


def turn(day: Any = None) -> set[int]:
    """The cases whose day it is."""
    keeper = kept.Keeper({}, (), day or TODAY())
    return {pk for pk in UseCase.objects.values_list("pk", flat=True) if keeper.has_its_turn(pk)}


def test_sweep_keeps_what_reads_as_it_did_and_counts_the_same() -> None:
    cases = some_cases()
    first = scenes.run(TODAY())
    assert first.counts["unchanged"] == 0
    second = scenes.run(TODAY())
    assert second.counts["unchanged"] == len(cases) - len(turn()) > 0
    afresh = scenes.run(TODAY(), is_afresh=True)
    assert afresh.counts["unchanged"] == 0 and afresh.counts["waived"] > 0
    assert [second.counts[name] for name in COUNTS] == [afresh.counts[name] for name in COUNTS]
    assert second.standing == afresh.standing != {}


def test_every_case_has_its_turn_once_in_a_fortnight() -> None:
    cases = some_cases()
    scenes.run(TODAY())
    turns = [turn(TODAY() + timedelta(days=ahead)) for ahead in range(1, kept.EVERY + 1)]
    assert sorted(pk for found in turns for pk in found) == sorted(case.pk for case in cases)
    now = timezone.now()
    for ahead, expected in enumerate(turns, start=1):
        with at(now + timedelta(days=ahead)):
            again = scenes.run(TODAY())
            assert again.counts["use_cases"] - again.counts["unchanged"] >= len(expected)


def test_change_nobody_marked_is_found_by_the_next_sweep() -> None:
    cases = some_cases()
    scenes.run(TODAY())
    with unguarded():
        scenes.refile(cases[2], TODAY(), hi_testing_conducted="yes")
        scenes.evidence(cases[3], "testing")
        UseCase.objects.filter(pk=cases[4].pk).update(status="withdrawn", status_changed_at=timezone.now())
    assert not CheckMark.objects.exists()
    scenes.run(TODAY())
    open_ones = Finding.objects.filter(key="not_met", provision__ref="M-25-21/practice/i", state="open")
    assert not open_ones.filter(use_case=cases[2]).exists() and open_ones.filter(use_case=cases[5]).exists()
    assert not Finding.objects.filter(use_case=cases[4], state="open").exists()
    row = CheckResult.objects.get(use_case=cases[3], replaced_at=None)
    assert row.facts and row.facts != CheckResult.objects.filter(use_case=cases[5]).latest("pk").facts


def test_another_namesake_changes_what_a_judgement_rests_on() -> None:
    case = scenes.deployed(use_case_name="Invented twin")
    twin = scenes.deployed("FEMA", use_case_name="Invented twin")
    scenes.run(TODAY())
    with unguarded():
        scenes.refile(twin, TODAY(), is_high_impact="not_high_impact")
    scenes.run(TODAY())
    message = Finding.objects.get(use_case=case, check_name="same_name_agrees", state="open")
    scenes.run(TODAY(), is_afresh=True)
    message.refresh_from_db()
    assert message.state == "open" and message.has_regressed is False


def test_another_check_or_version_has_every_case_judged_again(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = some_cases()
    scenes.run(TODAY())
    real = CHECKS["practice_met"]

    def silent(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
        return iter(())

    monkeypatch.setitem(CHECKS, "practice_met", silent)
    assert scenes.run(TODAY()).counts["unchanged"] == 0
    monkeypatch.setitem(CHECKS, "practice_met", real)
    assert scenes.run(TODAY()).counts["resolved"] == 0, "and the other way round"
    monkeypatch.setattr(kept, "version", lambda: "another")
    assert scenes.run(TODAY()).counts["unchanged"] == 0
    assert scenes.run(TODAY()).counts["unchanged"] == len(cases) - len(turn())


def test_results_of_before_there_were_hashes_are_kept_after_the_next_sweep() -> None:
    cases = some_cases()
    scenes.run(TODAY())
    CheckResult.objects.update(facts="", place=None, problem_count=0, waived_count=0, finding_count=0)
    assert scenes.run(TODAY()).counts["unchanged"] == 0
    again = scenes.run(TODAY())
    assert again.counts["unchanged"] == len(cases) - len(turn()) and again.counts["problems"] > 0
    assert again.standing == scenes.run(TODAY(), is_afresh=True).standing


def test_version_is_that_of_the_code_and_the_rules(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, settings: Any
) -> None:
    settings.BASE_DIR = tmp_path
    (tmp_path / "governance").mkdir()
    found = []
    for text in ("a = 1\n", "a = 2\n"):
        (tmp_path / "governance" / "rule.py").write_text(text)
        kept.version.cache_clear()
        found.append(kept.version())
    kept.version.cache_clear()
    assert found[0] != found[1]


def test_lost_finding_comes_back_though_its_case_reads_as_it_did() -> None:
    cases = some_cases()
    scenes.run(TODAY())
    lost = Finding.objects.filter(use_case=cases[5], state="open").count()
    Finding.objects.filter(use_case=cases[5]).delete()
    scenes.run(TODAY())
    assert Finding.objects.filter(use_case=cases[5], state="open").count() == lost > 0


def test_judgement_that_came_out_otherwise_is_mended_and_told(cast: Any, sign_in: Any) -> None:
    cases = some_cases()
    scenes.run(TODAY())
    case = next(one for one in cases if one.pk not in turn())
    CheckResult.objects.filter(use_case=case).update(digest="0" * 32)
    scenes.run(TODAY())
    assert CheckResult.objects.get(use_case=case, replaced_at=None).digest == "0" * 32, "it reads as it did"
    with capture_logs() as said:
        done = scenes.run(TODAY(), is_afresh=True)
    assert [one["case"] for one in said if one["event"] == "judgement_differs"] == [case.pk]
    assert CheckResult.objects.get(use_case=case, replaced_at=None).digest != "0" * 32
    event = Event.objects.get(kind="check_run.corrected")
    assert event.data == {"cases": 1} and cast.administrator in recipients(event)
    page = sign_in(cast.caio).get(reverse("runs-detail", args=[done.uuid])).content.decode()
    assert "1 case came out otherwise" in page


def test_case_that_cannot_be_read_stops_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = some_cases()
    scenes.run(TODAY())
    before = list(Finding.objects.filter(use_case=cases[2]).order_by("pk").values_list("pk", "state", "message"))
    real = Gathered.snapshot

    def unread(self: Gathered) -> Snapshot | None:
        if self.pk == cases[2].pk:
            raise KeyError("word nobody may read")
        return real(self)

    monkeypatch.setattr(Gathered, "snapshot", unread)
    scenes.refile(cases[2], TODAY(), hi_testing_conducted="yes")
    scenes.refile(cases[3], TODAY(), hi_testing_conducted="yes")
    done = scenes.run(TODAY())
    assert done.state == "done" and done.counts["not_evaluated"] == done.counts["provisions"]
    assert (
        list(Finding.objects.filter(use_case=cases[2]).order_by("pk").values_list("pk", "state", "message")) == before
    )
    assert Finding.objects.filter(use_case=cases[3], state="resolved").exists()
    row = CheckResult.objects.get(use_case=cases[2], replaced_at=None)
    assert {one["error"] for one in row.not_evaluated} == {"KeyError"} and "nobody" not in str(row.not_evaluated)
    monkeypatch.undo()
    scenes.run(TODAY())
    assert Finding.objects.filter(use_case=cases[2], state="resolved").exists()


def test_every_table_a_snapshot_reads_is_among_what_a_judgement_rests_on() -> None:
    cases = some_cases()
    scenes.waiver(cases[2], "appeals")
    keys = [case.pk for case in cases]
    with CaptureQueriesContext(connection) as asked:
        reader = Reader(Clocks(TODAY()), IndexedTwins(Clocks(TODAY())))
        reader.open(reader.gather(keys))
    read = {name for query in asked for name in re.findall(r'(?:FROM|JOIN)\s+"?(\w+)"?', query["sql"])}
    known = set(re.findall(r"(?:FROM|JOIN) (\w+)", told.QUESTION))
    # Told by the filing that counts, or the same whatever happens to a case.
    otherwise = {
        "registry_filing", "registry_undoneimport", "registry_usecase", "registry_importbatch", "accounts_component",
        "accounts_office", "governance_namekey",
    }  # fmt: skip
    assert read - known - otherwise == set()
    assert {"governance_waiverreport", "registry_withholdingreview", "registry_evidence"} <= read & known


def test_each_dated_fact_changes_what_a_judgement_rests_on(cast: Any) -> None:
    case = scenes.deployed(**scenes.OPEN)
    row = scenes.evidence(case, "monitoring")
    waiver = scenes.waiver(case)
    seen = [told.told_of([case.pk])[case.pk]]

    def changes() -> None:
        seen.append(told.told_of([case.pk])[case.pk])
        assert len(set(seen)) == len(seen)

    with unguarded():
        DatedRecord.objects.filter(pk=row.pk).update(withdrawn_at=timezone.now(), withdrawn_why="Invented.")
        changes()
        Waiver.objects.filter(pk=waiver.pk).update(revoked_on=TODAY())
        changes()
        WaiverReport.objects.create(waiver=waiver, about="grant", reported_on=TODAY(), recorded_by=cast.caio)
        changes()
        scenes.refile(case, TODAY(), hi_testing_conducted="yes")
        changes()
