"""Sweeps of the checks, against a bare script that reads and decodes the same documents and dated records.

Whole sweeps at 1,000 and 10,000 cases, small ones after a hundred changes at both; `sweeps_100000` besides, which
takes its time and is run only when it is named.
"""

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import psycopg
from django.db import connection
from django.utils import timezone

from accounts.actions import system_account
from bench._measure import Copies, pairs, ratios, say, seconds, vacuum
from governance import nudge
from governance.actions import compliance, planning
from governance.models import CheckMark, CheckRun, DatedRecord, Waiver
from registry.actions import inventory
from registry.models import UseCase

PAIRS = 7
OVER_BARE, OVER_TEN, TWO_WORKERS, MEGABYTES, SMALL = 3, 11, 1.3, 400, 1.5
ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = """
    SELECT DISTINCT ON (f.use_case_id) f.use_case_id, f.effective_on, r.edition, r.document::text
    FROM registry_filing f JOIN registry_revision r ON r.id = f.revision_id
    WHERE f.effective_on <= current_date ORDER BY f.use_case_id, f.effective_on DESC, f.id DESC
"""
DATED = (
    "SELECT use_case_id, practice, kind, title, effective_on, expires_on FROM governance_datedrecord",
    "SELECT use_case_id, practice, granted_on, expires_on, revoked_on FROM governance_waiver",
    "SELECT use_case_id, outcome, covers_stage, decided_at FROM governance_decision",
    "SELECT use_case_id, impact, signed_at FROM governance_determination",
)


def sweeps() -> None:
    """At 1,000 and 10,000 cases."""
    _call_nobody()
    copies = Copies()
    try:
        for label, count in (("thousand", 1_000), ("ten", 10_000)):
            copies.make(label)
            _fill(count)
            _first(count)
        _steady(copies, {"thousand": 1_000, "ten": 10_000})
        _small(copies, {"thousand": 1_000, "ten": 10_000})
        copies.use("ten")
        _workers(10_000)
    finally:
        copies.drop()


def sweeps_100000() -> None:
    """At 100,000 cases: time over ten times fewer, memory of a worker, a small run against one at 1,000."""
    _call_nobody()
    copies = Copies()
    try:
        for label, count in (("thousand", 1_000), ("ten", 10_000), ("hundred", 100_000)):
            copies.make(label)
            _fill(count)
            _first(count)
        ours = pairs(lambda: _at(copies, "ten", _sweep), lambda: _at(copies, "hundred", _sweep), PAIRS)
        say("sweeps.seconds_100000", [many for _, many in ours])
        say("sweeps.100000_over_10000", ratios(ours), bar=OVER_TEN)
        _steady(copies, {"hundred": 100_000}, with_afresh=False)
        _small(copies, {"thousand": 1_000, "hundred": 100_000})
        copies.use("hundred")
        _workers(100_000, count=1)
    finally:
        copies.drop()


def _call_nobody() -> None:
    """Workers are started by hand here, and a broker that is not there would be waited for."""
    nudge._send = lambda task, args: None


def _fill(count: int) -> None:
    """Invented cases; every fifth with two records, every fiftieth with a waiver: no part of a sweep is idle."""
    actor = system_account()
    inventory.seed(count, 1, actor=actor)
    keys = list(UseCase.objects.order_by("pk").values_list("pk", flat=True))
    day = timezone.localdate()
    made = [
        DatedRecord(use_case_id=pk, practice=name, kind="evidence", title="Invented record", recorded_by=actor,
                       effective_on=date(2026, 2, 1), expires_on=day + timedelta(days=40 + pk % 300))
        for pk in keys[::5] for name in ("testing", "monitoring")
    ]  # fmt: skip
    DatedRecord.objects.bulk_create(made, batch_size=1000)
    waivers = [
        Waiver(use_case_id=pk, practice="appeals", ground="A", risk_assessment="Invented.", granted_by=actor,
               granted_on=day - timedelta(days=30), expires_on=day + timedelta(days=200))
        for pk in keys[::50]
    ]  # fmt: skip
    Waiver.objects.bulk_create(waivers, batch_size=1000)
    vacuum()


def _first(count: int) -> None:
    took = seconds(_sweep)
    print(json.dumps({"name": f"sweeps.first_seconds_{count}", "value": round(took, 3), "n": 1}), flush=True)
    vacuum()
    _sweep()


def _sweep(*, is_afresh: bool = False) -> None:
    done = compliance.check_now(actor=system_account(), is_afresh=is_afresh)
    if done.state != CheckRun.State.DONE or done.counts["use_cases"] < UseCase.objects.count():
        raise RuntimeError(f"Not swept: {done.error} {done.counts}")


def _afresh() -> None:
    """Every case judged again, as after another version or edition."""
    _sweep(is_afresh=True)


def _at(copies: Copies, label: str, act: Any) -> float:
    copies.use(label)
    return seconds(act)


def _steady(copies: Copies, sizes: dict[str, int], *, with_afresh: bool = True) -> None:
    for label, count in sizes.items():
        copies.use(label)
        expected = UseCase.objects.count()
        found = pairs(lambda many=expected: seconds(lambda: _bare(many)), lambda: seconds(_sweep), PAIRS)
        say(f"sweeps.seconds_bare_{count}", [bare for bare, _ in found])
        say(f"sweeps.seconds_{count}", [ours for _, ours in found])
        say(f"sweeps.over_bare_{count}", ratios(found), bar=OVER_BARE)
        if with_afresh:
            found = pairs(lambda many=expected: seconds(lambda: _bare(many)), lambda: seconds(_afresh), PAIRS)
            say(f"sweeps.afresh_over_bare_{count}", ratios(found))


def _bare(expected: int) -> None:
    """What nobody can do without: read what counts, and decode it. By a driver, without Django."""
    given = connection.settings_dict
    place = {"host": given["HOST"], "port": given["PORT"], "user": given["USER"], "password": given["PASSWORD"]}
    with psycopg.connect(dbname=given["NAME"], **{k: v for k, v in place.items() if v}) as own:
        with own.cursor("bare") as cursor:
            cursor.itersize = 1000
            cursor.execute(DOCUMENTS)
            read = sum(bool(json.loads(row[3])) for row in cursor)
        for question in DATED:
            own.execute(question).fetchall()
    if read != expected:
        raise RuntimeError(f"read {read} documents of {expected}")


def _small(copies: Copies, sizes: dict[str, int]) -> None:
    """A small run after a hundred changes, at each of two sizes."""

    def one() -> None:
        done = compliance.check_changes()
        if done is None or not done.is_incremental or done.counts["use_cases"] < 100:
            raise RuntimeError("not a small run over a hundred changes")

    def at(label: str) -> float:
        copies.use(label)
        _change_a_hundred()
        return seconds(one)

    few, many = sizes
    for label in sizes:
        at(label)
    found = pairs(lambda: at(few), lambda: at(many), PAIRS)
    say(f"sweeps.small_milliseconds_{sizes[few]}", [a * 1000 for a, _ in found])
    say(f"sweeps.small_milliseconds_{sizes[many]}", [b * 1000 for _, b in found])
    say(f"sweeps.small_{sizes[many]}_over_{sizes[few]}", ratios(found), bar=SMALL)


def _change_a_hundred() -> None:
    """Each of a hundred cases gets another record."""
    actor, day = system_account(), timezone.localdate()
    keys = DatedRecord.objects.filter(practice="testing").order_by("use_case").values_list("use_case", flat=True)
    DatedRecord.objects.bulk_create(
        DatedRecord(use_case_id=pk, practice="testing", kind="evidence", title="Invented record", recorded_by=actor,
                    effective_on=day, expires_on=day + timedelta(days=400))
        for pk in list(keys.distinct()[:100])
    )  # fmt: skip
    if CheckMark.objects.count() < 100:
        raise RuntimeError("the changes were not marked")


# -- workers in processes of their own ----------------------------------------------------------------

WORKER = """
import django, sys, pathlib, logging; django.setup(); logging.disable(logging.WARNING)
from governance import nudge; nudge._send = lambda task, args: None
from governance.actions import compliance
from governance.compliance import in_force; in_force.instruments()
def kilobytes(name):
    lines = pathlib.Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name + ":")).split()[1])
print("ready", flush=True); uuid = sys.stdin.readline().strip()
compliance.perform(uuid); print(kilobytes("VmHWM") / 1024)
"""


def _workers(cases: int, count: int = PAIRS) -> None:
    """Two workers against one on the same registry, and the peak of a worker's memory."""
    peaks: list[float] = []

    def by(workers: int) -> float:
        took, memory = _together(workers)
        peaks.extend(memory)
        return took

    found = pairs(lambda: by(2), lambda: by(1), count)
    if count > 1:  # one pair has no quartiles, and is asked for only for the memory
        say(f"sweeps.seconds_two_workers_{cases}", [two for two, _ in found])
        say(f"sweeps.seconds_one_worker_{cases}", [one for _, one in found])
        say(f"sweeps.one_worker_over_two_{cases}", ratios(found))  # at least TWO_WORKERS
    say(f"sweeps.worker_megabytes_{cases}", peaks, bar=MEGABYTES)


def _together(workers: int) -> tuple[float, list[float]]:
    run = compliance.start_run(actor=system_account())
    planning.plan(run)
    given = connection.settings_dict
    address = os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{given['NAME']}"
    environ = {**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "config.settings"}
    own = [
        subprocess.Popen([sys.executable, "-c", WORKER], cwd=ROOT, env=environ, text=True,
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(workers)
    ]  # fmt: skip
    for one in own:
        _line(one)
    began = perf_counter()
    for one in own:
        if one.stdin:
            one.stdin.write(f"{run.uuid}\n")
            one.stdin.flush()
    memory = [float(_line(one)) for one in own]
    took = perf_counter() - began
    for one in own:
        one.communicate()
    run.refresh_from_db()
    if run.state != CheckRun.State.DONE:
        raise RuntimeError(f"The workers left the run {run.state}: {run.error}")
    return took, memory


def _line(process: "subprocess.Popen[str]") -> str:
    if process.stdout is None:
        raise RuntimeError("no output")
    return process.stdout.readline()
