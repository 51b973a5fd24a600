"""./run demo: everything a person needs to try the portal, on this machine only."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from launcher.assets import wanted_stamp
from launcher.base import (
    BUILD,
    PYTHON,
    ROOT,
    Stop,
    digest,
    files_under,
    locked,
    read_stamp,
    say,
    tail,
    write_file,
)
from launcher.environment import portal_environment
from launcher.homes import Home
from launcher.processes import die_with_parent, end
from launcher.python_setup import SETUP_LOCK
from launcher.services import nobody_uses, services

ANSWERS_WITHIN = 90.0
# The sources of the styles, and the browsable API nobody is offered: compressing them would take seconds.
NOT_SERVED = ("--ignore", "assets", "--ignore", "rest_framework")
CLEARED = ("pg", "pg.new", "files", "mail", "log", "beat-schedule")


class Asked(Exception):
    """Ctrl-C, or a signal that means the same."""


def refuse_busy_port(port: int) -> None:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port in TIME_WAIT is free
        try:
            trial.bind(("127.0.0.1", port))
        except OSError as error:
            raise Stop(
                f"Port {port} on 127.0.0.1 cannot be used ({error.strerror}). "
                f"Try ./run demo --port {port + 1 if port < 65535 else 8001}"
            ) from None


def collect_static(environ: dict[str, str]) -> None:
    """WhiteNoise serves hashed, compressed copies; made again only when a source of them changed."""
    stamp = BUILD / "collected.stamp"
    target = Path(environ.get("STATIC_ROOT") or BUILD / "collected")
    own = [*files_under(ROOT / "static"), *files_under(*ROOT.glob("*/static"))]
    wanted = digest([*own, ROOT / "requirements.lock", ROOT / "config" / "settings.py"], wanted_stamp(), str(target))
    if read_stamp(stamp) == wanted and target.is_dir():
        return
    with locked(SETUP_LOCK, why="another ./run is setting this copy up"):
        if read_stamp(stamp) == wanted and target.is_dir():
            return
        done = subprocess.run(
            [str(PYTHON), str(ROOT / "manage.py"), "collectstatic", "--noinput", "--verbosity=0", *NOT_SERVED],
            cwd=ROOT,
            env=environ,
            stdout=sys.stderr,
            check=False,
        )
        if done.returncode:
            raise Stop("collectstatic failed; see above")
        write_file(stamp, wanted)


def clear(home: Home, environ: dict[str, str]) -> None:
    """--fresh: only ever the embedded database; a server somebody else runs is not ours to empty."""
    if environ.get("DATABASE_URL"):
        raise Stop(
            "--fresh only empties the embedded database, and DATABASE_URL is set. Empty that one "
            "yourself, or run without DATABASE_URL."
        )
    if not nobody_uses(home):
        raise Stop("--fresh needs that run to end first (or set PORTAL_DATA to another folder).")
    for name in CLEARED:
        path = home.path / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def prepare(environ: dict[str, str]) -> str:
    """Tables, catalogue, demo cases; then whom to sign in as. Each command knows itself what is there already."""
    say("Preparing the database and the demo cases")
    commands = ["migrate --noinput --verbosity 0", "load_catalogue", "load_demo", "demo_people"]
    done = subprocess.run(
        [str(PYTHON), "-m", "launcher.chain", *commands],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Stop("The demo could not be prepared; see above.")
    return done.stdout


class Children:
    """The web server and the worker: started here, ended here, each by its own pid."""

    def __init__(self, home: Home, environ: dict[str, str]) -> None:
        self.home, self.environ = home, environ
        self.started: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, module: str, *words: str) -> None:
        with open(self.log(name), "wb") as log:
            self.started[name] = subprocess.Popen(
                [str(PYTHON), "-m", module, *words],
                cwd=ROOT,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )

    def log(self, name: str) -> Path:
        return self.home.logs / f"{name}.log"

    def refuse_dead(self) -> None:
        for name, process in self.started.items():
            if process.poll() is not None:
                log = self.log(name)
                raise Stop(f"The {name} process ended by itself. The end of {log}:\n{tail(log)}")

    def end(self) -> None:
        for process in self.started.values():
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.started.values():
            end(process)


def serve(home: Home, environ: dict[str, str], *, port: int, is_fresh: bool) -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _ask_to_end)
    try:
        only = f"a demo already runs on {home.path}; set PORTAL_DATA to another folder for a second one"
        with locked(home.path / "demo.lock", wait=0, why=only):
            if is_fresh:
                clear(home, environ)
            with services(home, environ) as urls:
                return _serve(home, portal_environment(home, urls, environ, demo=True, port=port), port)
    except Asked:
        return 0


def _ask_to_end(number: int, frame: object) -> None:
    raise Asked


def _serve(home: Home, environ: dict[str, str], port: int) -> int:
    home.logs.mkdir(exist_ok=True)
    collect_static(environ)
    children = Children(home, environ)
    try:
        _start_web(children, home, port)  # loads while the database is prepared; nobody has its address yet
        people = prepare(environ)
        _start_worker(children, home)
        _wait_for(f"http://127.0.0.1:{port}/healthz", children.refuse_dead)
        print(
            f"\n{people.rstrip()}\n\nThe portal is at http://127.0.0.1:{port}/\n"
            f"Logs: {home.logs}    E-mails: {home.path / 'mail'}\nCtrl-C ends it.",
            flush=True,
        )
        while True:
            children.refuse_dead()
            time.sleep(0.5)
    finally:
        _ignore_signals()  # a second Ctrl-C must not leave a child behind
        say("Ending the demo")
        children.end()


def _start_web(children: Children, home: Home, port: int) -> None:
    # gunicorn's control socket would lie in the home folder, the same one for every copy.
    children.start(
        "web",
        "gunicorn",
        "config.wsgi:application",
        "--bind",
        f"127.0.0.1:{port}",
        "--worker-class",
        "gthread",
        "--workers",
        "2",
        "--threads",
        "4",
        "--preload",
        "--no-control-socket",
        "--worker-tmp-dir",
        str(home.path / "files"),
        "--graceful-timeout",
        "5",
    )


def _start_worker(children: Children, home: Home) -> None:
    if os.geteuid() == 0:
        children.environ.setdefault("C_FORCE_ROOT", "1")
    children.start(
        "worker",
        "celery",
        "-A",
        "config.celery:app",
        "worker",
        "-B",
        "--schedule",
        str(home.path / "beat-schedule"),
        "--pool",
        "prefork",
        "--concurrency",
        "2",
        "--max-tasks-per-child",
        "20",
        "--loglevel",
        "INFO",
        "--without-mingle",
    )


def _ignore_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _wait_for(address: str, while_waiting: Callable[[], None]) -> None:
    ends_at = time.monotonic() + ANSWERS_WITHIN
    while time.monotonic() < ends_at:
        while_waiting()
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 (our own loopback address)
                return
        except urllib.error.HTTPError as error:
            raise Stop(f"{address} answers {error.code}; see the logs") from None
        except OSError:
            time.sleep(0.1)
    raise Stop(f"{address} did not answer within {ANSWERS_WITHIN:.0f} s; see the logs")
