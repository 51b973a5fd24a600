"""Where one set of embedded services keeps its data, its locks and its sockets."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from launcher.base import Stop, locked, private_dir, try_lock
from launcher.processes import Identity, command_line, open_to_others

SOCKET_PATH_LIMIT = 107  # bytes in sockaddr_un.sun_path on Linux, less the closing NUL
LONGEST_SOCKET_NAME = "/.s.PGSQL.5432"


@dataclass(frozen=True)
class Home:
    """One data folder. A throwaway one (tests, benchmarks) is fast, unsafe, and removed when its run ends."""

    path: Path
    throwaway: bool = False

    @property
    def users_lock(self) -> Path:
        return self.path / "users.lock"

    @property
    def start_lock(self) -> Path:
        return self.path / "start.lock"

    @property
    def supervisor_lock(self) -> Path:
        return self.path / "supervisor.lock"

    @property
    def ready_file(self) -> Path:
        return self.path / "ready"

    @property
    def cluster(self) -> Path:
        return self.path / "pg"

    @property
    def logs(self) -> Path:
        return self.path / "log"

    def urls(self) -> dict[str, str] | None:
        """The addresses of the running services, or nothing when no supervisor of this home is alive.

        The socket is not asked: behind it may be a server of a killed run that is about to end.
        """
        try:
            ready = json.loads(self.ready_file.read_text())
            line = command_line(int(ready["pid"]))
        except (OSError, ValueError, KeyError):
            return None
        return ready["urls"] if "_supervise" in line and str(self.path) in line else None


def service_urls(sockets: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": f"postgres://postgres@/portal?host={quote(str(sockets), safe='')}",
        "REDIS_URL": f"unix://{quote(str(sockets))}/valkey.sock",
    }


def fits(folder: Path) -> bool:
    return len(os.fsencode(str(folder) + LONGEST_SOCKET_NAME)) <= SOCKET_PATH_LIMIT


def short_socket_dir(home: Path, places: list[Path], uid: int) -> Path:
    """A stand-in for a data folder whose path is too long for a socket: one name per user and data folder."""
    name = f"portal-{uid}-{hashlib.sha256(os.fsencode(home)).hexdigest()[:12]}"
    for place in places:
        if fits(place / name):
            return place / name
    raise Stop(
        f"The path of {home} is too long for a socket, and so is every temporary folder. "
        "Set PORTAL_DATA to a folder with a shorter path."
    )


def temporary_places(identity: Identity) -> list[Path]:
    named = [os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/tmp"]  # noqa: S108 (0700 folder inside)
    return [
        Path(place)
        for place in named
        if place and os.path.isdir(place) and (identity.user is None or open_to_others(Path(place)))
    ]


def make_socket_dir(home: Home, identity: Identity) -> Path:
    """A 0700 folder: PostgreSQL lets everyone connect to its socket, so only the folder protects it."""
    folder = home.path / "sock"
    if fits(folder):
        return identity.own(folder)
    folder = short_socket_dir(home.path, temporary_places(identity), os.geteuid())
    if folder.is_symlink() or (folder.exists() and folder.stat().st_uid not in {os.geteuid(), identity.uid}):
        raise Stop(f"{folder} belongs to somebody else. Remove it, or set PORTAL_DATA to a shorter path.")
    return identity.own(folder)


def forget_socket_dir(home: Home, sockets: Path) -> None:
    if sockets.parent != home.path:
        shutil.rmtree(sockets, ignore_errors=True)


@contextmanager
def throwaway_home(data: Path) -> Iterator[Home]:
    """An empty home for one run, so tests never meet a person's data or another run of the tests."""
    runs = private_dir(private_dir(data) / "runs")
    with locked(data / "runs.lock"):
        sweep(runs)
        home = Home(private_dir(runs / secrets.token_hex(4)), throwaway=True)
        users = open(home.users_lock, "w")  # noqa: SIM115 (closed below, past the inner lock)
        fcntl.flock(users, fcntl.LOCK_SH)
    with users:
        yield home


def sweep(runs: Path) -> None:
    """Remove what a run left that was killed together with its supervisor: nobody holds its lock."""
    for left in runs.iterdir():
        try:
            with open(left / "users.lock") as users:
                if try_lock(users, fcntl.LOCK_EX):
                    shutil.rmtree(left, ignore_errors=True)
        except FileNotFoundError:
            shutil.rmtree(left, ignore_errors=True)
