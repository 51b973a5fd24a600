"""The Python side of the set-up: a virtual environment in step with the lock file."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys

from launcher.base import BUILD, PYTHON, ROOT, VENV, Stop, digest, locked, read_stamp, say, write_file

LOCK = ROOT / "requirements-dev.lock"
TOOLS_LOCK = ROOT / "requirements-tools.lock"
STAMP = VENV / "portal.stamp"
SETUP_LOCK = BUILD / "setup.lock"


def ensure_python() -> None:
    """Locked packages in .venv; a second call costs one hash. Two calls at once: the second waits."""
    wanted = {"python": platform.python_version(), "place": str(VENV), "lock": digest([LOCK, TOOLS_LOCK])}
    if _stamp() == wanted:
        return
    with locked(SETUP_LOCK, why="another ./run is setting this copy up"):
        if _stamp() == wanted:
            return
        found = _stamp()
        if not PYTHON.exists() or any(found.get(key) != wanted[key] for key in ("python", "place")):
            _make_venv()
        write_file(STAMP, json.dumps({**wanted, "lock": "incomplete"}))
        _sync()
        write_file(STAMP, json.dumps(wanted))


def uv(*words: str) -> subprocess.CompletedProcess[bytes]:
    """uv from the environment itself; it may not fetch another Python, that would be a second truth."""
    environ = {**os.environ, "VIRTUAL_ENV": str(VENV), "UV_PYTHON_DOWNLOADS": "never"}
    return subprocess.run([str(PYTHON), "-m", "uv", *words], cwd=ROOT, env=environ, stdout=sys.stderr, check=False)


def _stamp() -> dict[str, str]:
    try:
        return dict(json.loads(read_stamp(STAMP)))
    except ValueError:
        return {}


def _make_venv() -> None:
    say("Setting up Python packages in .venv (once, and after a change of the lock file)")
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise Stop(
            f"python3 -m venv failed:\n{made.stdout}{made.stderr}\nOn Debian and Ubuntu: apt-get install python3-venv"
        )


def _sync() -> None:
    pip = [
        str(PYTHON),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
        "-r",
        str(TOOLS_LOCK),
    ]
    if subprocess.run(pip, stdout=sys.stderr, check=False).returncode:
        raise Stop("pip could not install uv. Is the package index reachable?")
    if uv("pip", "sync", "--quiet", "--require-hashes", "--python", str(PYTHON), str(LOCK)).returncode:
        raise Stop(f"The packages of {LOCK.name} could not be installed. Is the package index reachable?")
