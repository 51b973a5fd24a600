"""Runs, and the findings that follow them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import system_account
from audit.models import Event
from audit.workflow import Refused
from governance.actions import compliance, jobs, planning, resend, sweeps
from governance.compliance import in_force
from governance.compliance.checks import ACCEPTED
from governance.compliance.results import results_of
from governance.compliance.snapshot import Clocks, scope, snapshots
from governance.models import CheckChunk, CheckResult, CheckRun, Finding
from registry import catalogue, questionnaire
from registry.actions.catalogue import load_catalogue
from registry.models import Edition, UseCase
from registry.models.use_case import Handling
from tests import make
from tests.governance import scenes

pytestmark = pytest.mark.django_db
TESTING = {"provision__ref": "M-25-21/practice/i"}


@pytest.fixture(autouse=True)
def _catalogue(db: None) -> None:
    scenes.catalogue()


@contextmanager
def unguarded() -> Iterator[None]:
    """Past the triggers: how a row came to be so is tested where it lives."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = origin")


def finding(case: UseCase, key: str = "not_met", **where: str) -> Finding:
    return Finding.objects.get(use_case=case, key=key, **(where or TESTING))


def test_run_counts_what_it_judged_and_opens_findings() -> None:
    case = scenes.deployed(**scenes.OPEN)
    done = scenes.run()
    assert done.counts["use_cases"] == 1 and done.counts["reconciled"] is True
    assert done.counts["opened"] == done.counts["problems"] == Finding.objects.filter(use_case=case).count() > 0
    found = finding(case)
    assert (found.state, found.severity, found.due_on, found.is_baseline) == ("open", "error", date(2026, 4, 3), True)
    assert found.remedy and Event.objects.filter(kind="finding.opened", timeline=case.use_case_id).exists()


def test_second_run_keeps_what_still_stands() -> None:
    case = scenes.deployed(**scenes.OPEN)
    first = scenes.run()
    second = scenes.run(scenes.DAY + timedelta(days=1))
    assert second.counts["opened"] == second.counts["resolved"] == 0
    assert second.counts["kept"] == first.counts["opened"]
    assert finding(case).opened_on == scenes.DAY and finding(case).last_run == first, "the one that last changed it"


def test_finding_resolves_and_says_so_when_it_comes_back() -> None:
    case = scenes.deployed(**scenes.OPEN)
    scenes.run()
    scenes.refile(case, hi_testing_conducted="yes")
    done = scenes.run(scenes.DAY + timedelta(days=1))
    assert done.counts["resolved"] >= 1
    assert (finding(case).state, finding(case).resolved_on) == ("resolved", scenes.DAY + timedelta(days=1))
    scenes.refile(case, scenes.DAY + timedelta(days=2), hi_testing_conducted="in_progress")
    scenes.run(scenes.DAY + timedelta(days=2))
    again = finding(case)
    assert (again.state, again.has_regressed, again.resolved_on) == ("open", True, None)
    assert again.opened_on == scenes.DAY + timedelta(days=2)


def test_waiver_covers_the_finding_and_its_end_opens_it_again() -> None:
    case = scenes.deployed(**scenes.OPEN)
    scenes.run()
    given = scenes.waiver(case)
    done = scenes.run()
    assert done.counts["waived"] == 2 and finding(case).state == "waived", "the practice, and its test on record"
    type(given).objects.update(revoked_on=scenes.DAY)
    scenes.run(scenes.DAY + timedelta(days=1))
    assert finding(case).state == "open"
    assert Event.objects.filter(kind="finding.waived", timeline=case.use_case_id).count() == 2, "once each"


def test_earlier_day_is_a_reproduction_and_touches_nothing() -> None:
    case = scenes.deployed(**scenes.OPEN)
    scenes.run()
    before = list(Finding.objects.order_by("pk").values())
    scenes.refile(case, date(2026, 2, 1), hi_appeal_process="in_progress")
    done = scenes.run(date(2026, 3, 1))
    assert done.counts["reconciled"] is False and done.counts["problems"] > 0
    assert list(Finding.objects.order_by("pk").values()) == before


def test_day_that_has_not_come_and_an_old_knowledge_change_nothing() -> None:
    scenes.deployed(**scenes.OPEN)
    ahead = scenes.run(timezone.localdate() + timedelta(days=30))
    past = scenes.run(scenes.DAY, known_at=timezone.now())
    assert ahead.counts["reconciled"] is past.counts["reconciled"] is False
    assert not Finding.objects.exists()


def test_known_at_leaves_out_what_was_recorded_later() -> None:
    scenes.deployed(**scenes.OPEN)
    done = scenes.run(scenes.DAY, known_at=timezone.now() - timedelta(days=1))
    assert done.counts["use_cases"] == 0


def test_run_of_one_component_leaves_the_others_alone() -> None:
    mine, other = scenes.deployed("CBP", **scenes.OPEN), scenes.deployed("FEMA", **scenes.OPEN)
    scenes.run()
    for case in (mine, other):
        scenes.refile(case, hi_testing_conducted="yes")
    done = scenes.run(component=mine.component)
    assert done.counts["use_cases"] == 1
    assert (finding(mine).state, finding(other).state) == ("resolved", "open")


def test_case_is_checked_again_after_something_was_recorded(cast: Any) -> None:
    case, other = scenes.deployed(), scenes.deployed(**scenes.OPEN)
    scenes.run()
    scenes.evidence(case, "testing")
    compliance.check_soon(case, actor=cast.officer)
    compliance.check_changes()
    assert finding(case, "claimed").state == "resolved" and finding(other).state == "open"


def test_withdrawn_case_and_provision_out_of_force_resolve(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    gone, stays = scenes.deployed(**scenes.OPEN), scenes.deployed(**scenes.OPEN)
    scenes.run(scenes.DAY)
    with unguarded():
        day = timezone.now() - timedelta(days=3)
        UseCase.objects.filter(pk=gone.pk).update(status="withdrawn", status_changed_at=day)
    scenes.run(timezone.localdate())
    assert finding(gone).state == "resolved" and finding(stays).state == "open"
    before = {s.use_case_id for s in snapshots(scope(), Clocks(scenes.DAY - timedelta(days=30)))}
    assert gone.use_case_id in before, "a day before the withdrawal still has the case"
    without = tuple(i for i in in_force.instruments() if i.slug != "omb-m-25-21")
    monkeypatch.setattr(in_force, "instruments", lambda: without)
    scenes.run(timezone.localdate())
    assert finding(stays).state == "resolved"
    assert Finding.objects.filter(use_case=stays, state="open").exists()


def test_new_edition_opens_its_own_judgement_and_keeps_since_when(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    case = scenes.deployed(**scenes.OPEN)
    scenes.run(date(2026, 11, 10))
    folder = tmp_path / "policy" / "omb-m-25-21"
    folder.mkdir(parents=True)
    for path in (catalogue.POLICY / "omb-m-25-21").glob("*.yaml"):
        (folder / path.name).write_text(path.read_text())
    text = (folder / "2025-04-03.yaml").read_text().replace("effective_from: 2025-04-03", "effective_from: 2026-11-12")
    (folder / "2026-11-12.yaml").write_text(text)
    entry = "  - {edition: 2026-11-12, status: in_force, from: 2026-11-12, source: Invented, recorded_on: 2026-11-21}\n"
    (folder / "status.yaml").write_text((folder / "status.yaml").read_text() + entry)
    load_catalogue(tmp_path, actor=system_account(), checks=ACCEPTED)
    changed = catalogue.load(tmp_path / "policy", questionnaire.fields(), ACCEPTED)
    monkeypatch.setattr(in_force, "instruments", lambda: changed)
    scenes.run(scenes.DAY)
    old, new = Finding.objects.filter(use_case=case, key="not_met", **TESTING).order_by("provision__edition")
    assert (old.state, new.state) == ("resolved", "open")
    assert new.opened_on == date(2026, 11, 10) and new.provision.edition.effective_on == date(2026, 11, 12)


def test_files_that_differ_from_what_was_loaded_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with unguarded():
        Edition.objects.filter(instrument__slug="omb-m-25-21").update(sha256="0" * 64)
    with pytest.raises(Refused, match=r"omb-m-25-21/2025-04-03\.2\. Run load_catalogue"):
        scenes.run()
    assert not CheckRun.objects.exists()


def outcome(run: CheckRun) -> list[Any]:
    """What a run found, without what differs from run to run."""
    return list(results_of(run).order_by("use_case").values("use_case", "problems", "levels", "digest"))


def test_killed_run_is_taken_up_and_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "CHUNK", 1)
    for number in range(3):
        scenes.deployed(use_case_name=f"Invented {number}", **scenes.OPEN)
    clean = scenes.run(date(2026, 3, 1), known_at=timezone.now())
    killed = compliance.start_run(actor=system_account(), as_of=date(2026, 3, 1), known_at=timezone.now())
    assert planning.plan(killed) and not planning.plan(killed), "planned once"
    killed.refresh_from_db()
    bench = sweeps.Bench(killed)
    done, left = sweeps.take(bench.run), sweeps.take(bench.run)
    assert done is not None and left is not None
    sweeps.work(bench, done)
    assert compliance.perform(killed.uuid) is None, "one chunk's lease still holds"
    CheckChunk.objects.filter(pk=left.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    ended = compliance.perform(killed.uuid)
    assert ended is not None and outcome(ended) == outcome(clean) and ended.counts["use_cases"] == 3
    with pytest.raises(jobs.LeaseLost):
        sweeps.work(bench, left)


def test_newer_run_of_a_case_is_not_judged_away_by_an_older_sweep() -> None:
    case = scenes.deployed(**scenes.OPEN)
    scenes.run(timezone.localdate())
    sweep = compliance.start_run(actor=system_account())
    planning.plan(sweep)
    sweep.refresh_from_db()
    bench = sweeps.Bench(sweep)
    read_at, stale = timezone.now(), bench.look([case.pk])[0]
    scenes.refile(case, hi_testing_conducted="yes")
    compliance.perform(compliance.start_run(actor=system_account(), use_case=case).uuid)
    with transaction.atomic():
        sweeps._settle(bench, stale, read_at)
    assert finding(case).state == "resolved"


def test_steady_sweep_writes_to_no_result_and_no_finding() -> None:
    for number in range(3):
        scenes.deployed(use_case_name=f"Invented {number}", **scenes.OPEN)
    first = scenes.run(timezone.localdate())
    before = list(CheckResult.objects.order_by("pk").values()), list(Finding.objects.order_by("pk").values())
    with CaptureQueriesContext(connection) as asked:
        second = scenes.run(timezone.localdate())
    assert (list(CheckResult.objects.order_by("pk").values()), list(Finding.objects.order_by("pk").values())) == before
    written = [q["sql"] for q in asked if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    touched = {sql.split('"')[1] for sql in written}
    assert touched == {"governance_checkrun", "governance_checkchunk", "audit_event"}
    assert second.counts["kept"] == first.counts["opened"] and outcome(second) == outcome(first)


def test_results_of_a_run_are_those_that_stood_when_it_ended() -> None:
    case = scenes.deployed(**scenes.OPEN)
    first = scenes.run(timezone.localdate())
    was = outcome(first)
    scenes.refile(case, hi_testing_conducted="yes")
    second = scenes.run(timezone.localdate())
    assert outcome(first) == was != outcome(second)
    assert CheckResult.objects.filter(use_case=case).count() == 2


def test_findings_somebody_else_took_away_are_put_back_by_the_next_sweep() -> None:
    case = scenes.deployed(**scenes.OPEN)
    scenes.run(timezone.localdate())
    Finding.objects.filter(use_case=case).delete()
    done = scenes.run(timezone.localdate())
    assert done.counts["opened"] == Finding.objects.filter(use_case=case).count() > 0


def test_restricted_case_is_nobodys_namesake() -> None:
    known = scenes.deployed(use_case_name="Invented twin")
    hidden = scenes.deployed("FEMA", use_case_name="Invented twin", handling=Handling.RESTRICTED)
    scenes.run()
    texts = Finding.objects.filter(use_case=known).values_list("message", flat=True)
    assert not any(hidden.use_case_id in text for text in texts)
    assert Finding.objects.filter(use_case=hidden, check_name="same_name_agrees").count() == 1


def test_draft_and_never_filed_cases_are_not_judged() -> None:
    make.use_case(given=make.deployed_high_impact())
    make.use_case(given=make.deployed_high_impact(), status="recorded")
    assert scenes.run().counts["use_cases"] == 0


def test_queries_do_not_grow_with_the_cases() -> None:
    def cost(cases: int) -> int:
        for number in range(cases):
            scenes.deployed(use_case_name=f"Invented case {number} of {cases}", **scenes.OPEN)
        with CaptureQueriesContext(connection) as asked:
            scenes.run()
        return len(asked)

    cost(2)
    few = cost(3)
    assert cost(12) <= few


def test_nightly_makes_one_run_a_time() -> None:
    scenes.deployed(**scenes.OPEN)
    done = compliance.nightly()
    assert done is not None and done.as_of == timezone.localdate() and done.is_reconciled
    compliance.start_run(actor=system_account())
    assert compliance.nightly() is None


def test_lost_nudges_are_sent_again(monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any) -> None:
    sent: list[tuple[str, Any]] = []
    monkeypatch.setattr("governance.nudge._send", lambda task, args: sent.append((task, args)))
    run = compliance.start_run(actor=system_account())
    CheckRun.objects.filter(pk=run.pk).update(queued_at=timezone.now() - timedelta(minutes=1))
    with django_capture_on_commit_callbacks(execute=True):
        assert resend.resend_jobs() == 1
    assert sent == [("governance.check_run", (str(run.uuid),))]


def command(*args: str) -> tuple[int, dict[str, Any]]:
    out, status = StringIO(), 0
    try:
        call_command("check_compliance", "--json", *args, stdout=out)
    except SystemExit as ended:
        status = int(str(ended.code))
    return status, json.loads(out.getvalue())


def test_command_prints_one_object_with_the_fixed_fields() -> None:
    scenes.deployed(**scenes.OPEN)
    status, said = command("--as-of", "2026-11-17")
    assert status == 0
    assert set(said) == {
        "use_cases", "provisions", "problems", "opened", "kept", "resolved", "waived", "reconciled", "seconds",
    }  # fmt: skip
    assert (said["use_cases"], said["provisions"]) == (1, len(in_force.rules(Clocks(scenes.DAY))))
    assert said["provisions"] >= 40


@pytest.mark.parametrize(
    ("given", "where"),
    [(["--component", "XX"], "--component"), (["--as-of", "soon"], "--as-of"), (["--known-at", "x"], "--known-at")],
)
def test_command_says_what_was_wrongly_asked(given: list[str], where: str) -> None:
    status, said = command(*given)
    assert status == 2 and said["error"]["where"] == where
