"""Workers killed twenty times during a sweep: what comes out is what an undisturbed sweep gives."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.utils import timezone

from accounts.actions import system_account
from audit.models import Event
from governance.actions import compliance, planning
from governance.compliance.results import results_of
from governance.models import CheckChunk, CheckMark, CheckResult, CheckRun, Finding, NameKey
from registry.actions import inventory
from tests.governance import scenes

pytestmark = [pytest.mark.scale, pytest.mark.django_db(transaction=True)]
PROJECT = Path(__file__).resolve().parents[2]
KILLS, CASES, A_CHUNK, SIDE_BY_SIDE = 20, 900, 15, 2
WORKER = """
import django; django.setup()
import sys
from governance.actions import compliance
from governance.compliance import in_force; in_force.instruments()
print("ready", flush=True); sys.stdin.readline()
compliance.perform(sys.argv[1])
"""


def worker(run: CheckRun) -> subprocess.Popen[str]:
    """Somebody at work on the run, in a process of its own, on this test's database."""
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    env = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings", "DEBUG": "1"}
    command = [sys.executable, "-c", WORKER, str(run.uuid)]
    return subprocess.Popen(
        command, cwd=PROJECT, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )  # fmt: skip


def start(process: subprocess.Popen[str]) -> None:
    """Let it begin once it is ready, so that its start-up is not what is killed."""
    assert process.stdout is not None and process.stdin is not None
    process.stdout.readline()
    process.stdin.write("\n")
    process.stdin.flush()


def leases_end() -> None:
    """What three minutes would do."""
    past = timezone.now() - timedelta(seconds=1)
    CheckChunk.objects.filter(state="running").update(lease_until=past)


def outcome(run: CheckRun) -> tuple[list[Any], list[Any]]:
    """Results and findings without keys of rows and times."""
    columns = ("use_case__use_case_id", "problems", "levels", "digest", "due_on")
    shown = ("use_case__use_case_id", "provision__ref", "check_name", "key", "state", "message", "opened_on")
    found = Finding.objects.order_by("use_case", "provision", "check_name", "key")
    return list(results_of(run).order_by("use_case").values_list(*columns)), list(found.values_list(*shown))


def forget() -> None:
    """As if nothing had ever been checked; events cannot be taken back, and are told apart by their run."""
    Finding.objects.all().delete()
    CheckResult.objects.all().delete()
    CheckMark.objects.all().delete()
    NameKey.objects.all().delete()
    CheckRun.objects.all().delete()


def test_sweep_killed_twenty_times_gives_what_an_undisturbed_one_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "CHUNK", A_CHUNK)
    scenes.catalogue()
    inventory.seed(CASES, 6, actor=system_account())
    undisturbed = compliance.check_now(actor=system_account())
    expected, counts = outcome(undisturbed), undisturbed.counts
    forget()
    run = compliance.start_run(actor=system_account())
    assert planning.plan(run)
    dice, killed, at_work = random.Random(6), 0, 0
    while killed < KILLS:
        processes = [worker(run) for _ in range(SIDE_BY_SIDE)]
        for process in processes:
            start(process)
        until = time.monotonic() + 60
        while not CheckChunk.objects.filter(run=run, state="running").exists() and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(dice.uniform(0.0, 0.2))
        at_work += CheckChunk.objects.filter(run=run, state="running").exists()
        for process in processes:
            assert process.poll() is None, "it was done before it could be killed"
            process.send_signal(signal.SIGKILL)
            process.communicate()
            killed += 1
        leases_end()
    left = run.chunks.exclude(state="done").count()
    assert left > 0 and at_work >= KILLS // SIDE_BY_SIDE // 2, "most were killed in the middle of a chunk"
    last = worker(run)
    start(last)
    last.communicate(timeout=300)
    assert last.returncode == 0
    run.refresh_from_db()
    assert (run.state, run.error) == ("done", "")
    assert outcome(run) == expected
    same = {name: n for name, n in counts.items() if name != "seconds"}
    assert {name: n for name, n in run.counts.items() if name != "seconds"} == same
    events = Event.objects.filter(kind="finding.opened", data__run=str(run.uuid))
    assert events.count() == run.counts["opened"] == Finding.objects.filter(state="open").count()
    assert Event.objects.filter(kind="check_run.completed", subject_id=str(run.uuid)).count() == 1
