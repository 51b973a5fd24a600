"""Real workers, really killed: what they left is taken up and finished once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.utils import timezone

from audit.models import Event
from governance.actions.reports import make_report
from governance.models import Report
from tests.conftest import Cast
from tests.governance import scenes

pytestmark = [pytest.mark.scale, pytest.mark.django_db(transaction=True)]
PROJECT = Path(__file__).resolve().parents[2]
CODE = """
import django; django.setup()
from governance import tasks
tasks.{task}("{uuid}")
"""


def worker(task: str, uuid: Any) -> subprocess.Popen[bytes]:
    """The task in a process of its own, on this test's database."""
    # The server's own address, socket or port, with the name of this test's database in it.
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    env = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings", "DEBUG": "1"}
    return subprocess.Popen([sys.executable, "-c", CODE.format(task=task, uuid=uuid)], cwd=PROJECT, env=env)


def kill_when(process: subprocess.Popen[bytes], has_begun: Callable[[], bool]) -> None:
    """Kill it the hard way as soon as it is at work."""
    until = time.monotonic() + 60
    while not has_begun() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    assert process.poll() is None, "it was done before it could be killed"
    process.send_signal(signal.SIGKILL)
    process.wait()


def lease_ends(model: Any, pk: int) -> None:
    """What three minutes would do."""
    model.objects.filter(pk=pk, state="running").update(lease_until=timezone.now() - timedelta(seconds=1))


def test_report_survives_its_killed_worker() -> None:
    scenes.catalogue()
    for number in range(60):
        scenes.deployed("CBP", use_case_name=f"Invented case {number}", **scenes.OPEN)
    asked = scenes.report(Cast())
    kill_when(worker("make_report", asked.uuid), lambda: Report.objects.get(pk=asked.pk).state == "running")
    asked.refresh_from_db()
    assert (asked.state, asked.pdf, asked.pdf_sha256) == ("running", None, ""), "nothing is half-written"
    assert make_report(asked.uuid) is None, "its lease still holds"
    lease_ends(Report, asked.pk)
    assert worker("make_report", asked.uuid).wait(120) == 0
    asked.refresh_from_db()
    assert (asked.state, asked.attempts) == ("done", 2)
    assert Event.objects.filter(kind="report.made", subject_id=str(asked.uuid)).count() == 1
