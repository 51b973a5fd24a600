"""The detached process that owns the embedded services for as long as any ./run call uses them.

Every call holds the users lock shared. When the supervisor gets it exclusively nobody is left, however
the calls ended, and it stops the services. So of two overlapping calls the first to end takes nothing
from the other.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import time
from pathlib import Path

from launcher.base import VENV, Stop, locked, say, try_lock, write_file
from launcher.homes import Home, forget_socket_dir, make_socket_dir, service_urls
from launcher.processes import choose_identity, end
from launcher.servers import Postgres, Server, Valkey

LOOK_EVERY = 0.3
RESTARTS = 20
BIG_LOG = 5_000_000


class Asked(Exception):
    """Somebody asked the supervisor itself to end."""


def supervise(path: str, *, throwaway: bool) -> int:
    home = Home(Path(path), throwaway)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _ask_to_end)
    with locked(home.supervisor_lock, wait=10, why="another supervisor holds this data folder"):
        return _serve(home)


def _ask_to_end(number: int, frame: object) -> None:
    raise Asked


def _serve(home: Home) -> int:
    servers: list[Server] = []
    sockets: Path | None = None
    home.ready_file.unlink(missing_ok=True)
    try:
        _trim_logs(home)
        identity = choose_identity([home.path, VENV])
        sockets = make_socket_dir(home, identity)
        for kind in (Valkey, Postgres):
            servers.append(kind(home, identity, sockets))
            servers[-1].start()
        write_file(home.ready_file, json.dumps({"pid": os.getpid(), "urls": service_urls(sockets)}), 0o600)
        _watch(home, servers)
    except Asked:
        pass
    except Stop as stop:
        say(str(stop))
        return 1
    finally:
        _end_all(home, servers, sockets)
    return 0


def _watch(home: Home, servers: list[Server]) -> None:
    """Until the last user is gone; a server that dies meanwhile is started again."""
    restarts = 0
    with open(home.users_lock, "w") as users:
        while not try_lock(users, fcntl.LOCK_EX):
            time.sleep(LOOK_EVERY)
            for server in servers:
                if server.is_gone():
                    restarts += 1
                    if restarts > RESTARTS:
                        raise Stop(f"{server.name} died {RESTARTS} times; giving up")
                    say(f"{server.name} is gone; starting it again")
                    server.start()
        # The lock is kept until everything is down: a new call waits for it and then starts afresh.
        home.ready_file.unlink(missing_ok=True)
        for server in servers:
            if server.process:
                end(server.process, server.ends_by)


def _end_all(home: Home, servers: list[Server], sockets: Path | None) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    home.ready_file.unlink(missing_ok=True)
    for server in servers:
        if server.process:
            end(server.process, server.ends_by)
    if sockets:
        forget_socket_dir(home, sockets)
    if home.throwaway:
        shutil.rmtree(home.path, ignore_errors=True)


def _trim_logs(home: Home) -> None:
    home.logs.mkdir(exist_ok=True)
    for log in home.logs.glob("*.log"):
        if log.stat().st_size > BIG_LOG:
            log.write_bytes(log.read_bytes()[-BIG_LOG // 10 :])
