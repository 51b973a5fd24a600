"""The side of a ./run call: use the services of a home, starting them when they are not running."""

from __future__ import annotations

import fcntl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from launcher.base import ROOT, Stop, locked, private_dir, say, tail
from launcher.homes import Home

START_WITHIN = 120.0


@contextmanager
def services(home: Home, environ: dict[str, str]) -> Iterator[dict[str, str]]:
    """Addresses of PostgreSQL and Valkey: those that are set, else embedded ones alive while we hold on."""
    given = {name: environ[name] for name in ("DATABASE_URL", "REDIS_URL") if environ.get(name)}
    if len(given) == 2:
        yield given
        return
    private_dir(home.path)
    with locked(home.users_lock, fcntl.LOCK_SH, wait=60, why="the services of the last run are still ending"):
        yield {**_running(home), **given}


def _running(home: Home) -> dict[str, str]:
    with locked(home.start_lock, wait=START_WITHIN, why="another run is starting the services"):
        return home.urls() or _start(home)


def _start(home: Home) -> dict[str, str]:
    home.logs.mkdir(exist_ok=True)
    log = home.logs / "supervisor.log"
    mode = "throwaway" if home.throwaway else "kept"
    with open(log, "wb") as out:
        supervisor = subprocess.Popen(
            [sys.executable, str(ROOT / "run"), "_supervise", str(home.path), mode],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            cwd="/",
            start_new_session=True,
        )
    ends_at = time.monotonic() + START_WITHIN
    while time.monotonic() < ends_at:
        urls = home.urls()
        if urls:
            return urls
        if supervisor.poll() is not None:
            raise Stop(f"The embedded services did not start.\n{tail(log)}")
        time.sleep(0.03)
    supervisor.terminate()
    raise Stop(f"The embedded services were not ready after {START_WITHIN:.0f} s. See {home.logs}.")


def nobody_uses(home: Home) -> bool:
    """Whether the home may be emptied: no run uses it and its supervisor has ended."""
    private_dir(home.path)
    try:
        with locked(home.users_lock, wait=0), locked(home.supervisor_lock, wait=5):
            return True
    except Stop:
        say(f"{home.path} is in use by another ./run.")
        return False
