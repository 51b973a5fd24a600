"""What every part of the launcher shares: where things are, how to say something, how to wait for a lock."""

from __future__ import annotations

import fcntl
import hashlib
import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"


class Stop(Exception):
    """The launcher cannot go on; the text says why and what to do."""

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.code = code


def say(text: str) -> None:
    """To stderr: stdout belongs to the command that was asked for."""
    print(text, file=sys.stderr, flush=True)


def data_dir(environ: dict[str, str]) -> Path:
    """Where the embedded services and files of this copy live."""
    chosen = environ.get("PORTAL_DATA")
    return (Path(chosen).expanduser() if chosen else ROOT / ".local").absolute()


def private_dir(path: Path) -> Path:
    """A folder only we may list. As root others may pass through it, because the servers run as nobody."""
    if not path.is_dir():
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return path


def digest(paths: Iterable[Path], *words: str) -> str:
    """One hash over words and the names and contents of files: a stamp that changes when one of them does."""
    total = hashlib.sha256()
    for word in words:
        total.update(word.encode() + b"\0")
    for path in sorted(paths):
        total.update(os.path.relpath(path, ROOT).encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def files_under(*folders: Path) -> list[Path]:
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


def read_stamp(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def write_file(path: Path, text: str, mode: int = 0o644) -> None:
    """Whole or not at all, so a killed run never leaves half a stamp."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "w") as out:
        out.write(text)
    draft.replace(path)


def try_lock(file: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def locked(path: Path, kind: int = fcntl.LOCK_EX, *, wait: float | None = None, why: str = "") -> Iterator[None]:
    """Hold a lock file. The kernel lets go of it when this process dies, however it dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w") as file:
        started = time.monotonic()
        has_said = not why or wait == 0
        while not try_lock(file, kind):
            waited = time.monotonic() - started
            if wait is not None and waited >= wait:
                raise Stop(why or f"{path} is held by another run")
            if waited > 2 and not has_said:  # a shorter wait is not worth a word
                say(f"Waiting: {why}")
                has_said = True
            time.sleep(0.05)
        yield


def tail(path: Path, lines: int = 25) -> str:
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
