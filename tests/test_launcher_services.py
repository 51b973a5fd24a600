"""The launcher's embedded services for real: side by side, overlapping, killed, in odd paths."""

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from launcher.processes import command_line

ROOT = Path(__file__).resolve().parent.parent


def free_environ(data: Path) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "REDIS_URL"} and not name.startswith(("PYTEST", "PORTAL_"))
    }
    return {**kept, "PORTAL_DATA": str(data)}


def ask(data: Path, statement: str = "SELECT 1", root: Path = ROOT) -> subprocess.CompletedProcess[str]:
    code = (
        "from django.db import connection; cursor = connection.cursor(); "
        f"cursor.execute({statement!r}); print(cursor.description and cursor.fetchone())"
    )
    return subprocess.run(
        [str(root / "run"), "manage", "shell", "-v0", "-c", code],
        env=free_environ(data),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def supervisor_pid(data: Path) -> int:
    ends_at = time.monotonic() + 60
    while time.monotonic() < ends_at:
        try:
            return int(json.loads((data / "ready").read_text())["pid"])
        except (OSError, ValueError):
            time.sleep(0.05)
    raise AssertionError("the services did not start")


def hold(data: Path) -> subprocess.Popen[bytes]:
    """A ./run call that keeps the services for as long as its input is open."""
    return subprocess.Popen(
        [str(ROOT / "run"), "manage", "shell", "-v0", "-c", "import sys; sys.stdin.read()"],
        env=free_environ(data),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def release(holder: subprocess.Popen[bytes]) -> None:
    assert holder.stdin
    holder.stdin.close()
    holder.wait(60)


@pytest.fixture
def data(tmp_path_factory):
    """Reachable by nobody, as the servers run when the tests run as root."""
    folder = tmp_path_factory.mktemp("data")
    for step in (folder, *folder.parents):
        if step.stat().st_uid == os.geteuid() and str(step).startswith(str(tmp_path_factory.getbasetemp())):
            step.chmod(0o711)
    return folder


@pytest.mark.scale
def test_two_data_folders_run_side_by_side(data):
    one, two = data / "one", data / "two"
    holder = hold(one)
    try:
        first = supervisor_pid(one)
        assert ask(one, "CREATE TABLE mark (n int)").returncode == 0
        answer = ask(two, "SELECT to_regclass('mark')")
        assert answer.stdout.strip() == "(None,)", answer.stderr
        assert supervisor_pid(one) == first
    finally:
        release(holder)


@pytest.mark.scale
def test_first_of_two_calls_to_end_leaves_the_services_to_the_second(data):
    first, second = hold(data), None
    try:
        pid = supervisor_pid(data)
        second = hold(data)
        time.sleep(2)
        release(first)
        time.sleep(1.5)
        assert supervisor_pid(data) == pid
        assert command_line(pid)
    finally:
        if second:
            release(second)


@pytest.mark.scale
@pytest.mark.parametrize("victim", ["supervisor", "launcher", "both", "all with a foreign pid in postmaster.pid"])
def test_next_call_works_after_a_kill(data, victim):
    ask(data, "CREATE TABLE kept (n int)")
    holder = hold(data)
    pid = supervisor_pid(data)
    if victim != "launcher":
        os.kill(pid, signal.SIGKILL)
    if victim != "supervisor":
        holder.kill()
    if "foreign" in victim:
        time.sleep(1.5)
        (data / "pg" / "postmaster.pid").write_text(f"{os.getpid()}\n{data / 'pg'}\n0\n5432\n\n\n  1  1\nready\n")
    answer = ask(data, "SELECT count(*) FROM kept")
    if victim == "supervisor":
        release(holder)
    else:
        holder.communicate()
    assert answer.stdout.strip() == "(0,)", answer.stderr
    assert home_is_quiet(data, pid)


@pytest.mark.scale
def test_server_that_dies_is_started_again_under_a_running_call(data):
    ask(data, "CREATE TABLE kept (n int)")
    holder = hold(data)
    try:
        supervisor_pid(data)
        os.kill(int((data / "pg" / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)
        time.sleep(3)
        answer = ask(data, "SELECT count(*) FROM kept")
        assert answer.stdout.strip() == "(0,)", answer.stderr
    finally:
        release(holder)


def home_is_quiet(data: Path, killed: int) -> bool:
    """After the last call no server of this folder is left."""
    ends_at = time.monotonic() + 20
    while time.monotonic() < ends_at:
        left = [
            pid
            for pid in map(int, filter(str.isdigit, os.listdir("/proc")))
            if str(data) in command_line(pid) and pid != os.getpid()
        ]
        if not left:
            return True
        time.sleep(0.2)
    return False


@pytest.mark.scale
def test_copy_in_a_path_with_a_space_and_too_long_for_a_socket_works(data):
    """A whole fresh copy, so this also is the set-up from nothing."""
    copy = data / "a copy with spaces" / ("long" * 20)
    ignored = shutil.ignore_patterns(".venv", "build", "node_modules", ".git", ".local", ".*_cache", "__pycache__")
    shutil.copytree(ROOT, copy, ignore=ignored)
    answer = subprocess.run(
        [
            str(copy / "run"),
            "manage",
            "shell",
            "-v0",
            "-c",
            "from django.db import connection as c; c.ensure_connection(); print(c.settings_dict)",
        ],
        env=free_environ(copy / ".local"),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert "portal-" in answer.stdout  # the socket's stand-in folder
