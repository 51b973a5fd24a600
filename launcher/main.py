"""What ./run understands."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from launcher import demo
from launcher.assets import ensure_assets
from launcher.base import PYTHON, ROOT, VENV, Stop, data_dir, say
from launcher.demo import collect_static
from launcher.environment import portal_environment
from launcher.homes import Home, throwaway_home
from launcher.processes import die_with_parent
from launcher.python_setup import ensure_python
from launcher.services import services
from launcher.supervisor import supervise
from launcher.system_setup import ensure_browser, ensure_libraries

USAGE = """\
./run demo [--port N] [--fresh]      start everything, serve the demo on 127.0.0.1:8000; Ctrl-C ends it
./run test [--scale] [--no-lint] ... lint, types, import contracts, migrations check, then pytest with ...
./run manage ...                     manage.py ... against the same services
./run bench NAME ...                 a benchmark from bench/ on services of its own
./run assets                         build the styles only (the container image does)
PORTAL_DATA=DIR        where embedded services and files live (default .local)
PORTAL_REAL_DATA=DIR   where tests find the real inventories (default ../shared/data)
DATABASE_URL, REDIS_URL  use these servers instead of embedded ones"""


@dataclass(frozen=True)
class Order:
    """What the caller asked for."""

    command: str
    rest: list[str] = field(default_factory=list)
    port: int = 8000
    is_fresh: bool = False
    with_scale: bool = False
    with_lint: bool = True


def port_number(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port; use a number from 1 to 65535")
    return int(text)


def parse(words: list[str]) -> Order:
    command, rest = (words[0], words[1:]) if words else ("help", [])
    if command == "demo":
        parser = argparse.ArgumentParser(prog="./run demo", allow_abbrev=False)
        parser.add_argument("--port", type=port_number, default=8000)
        parser.add_argument("--fresh", action="store_true", help="begin with an empty database and no files")
        found = parser.parse_args(rest)
        return Order(command, port=found.port, is_fresh=found.fresh)
    if command == "test":
        ours = {"--scale", "--no-lint"}
        return Order(
            command,
            [word for word in rest if word not in ours],
            with_scale="--scale" in rest,
            with_lint="--no-lint" not in rest,
        )
    if command == "bench" and (not rest or not rest[0].replace("_", "").isalnum()):
        names = sorted(path.stem for path in (ROOT / "bench").glob("[a-z]*.py"))
        raise Stop(f"./run bench NAME; there is: {', '.join(names) or 'none yet'}", code=2)
    if command in {"manage", "bench", "assets", "_supervise"}:
        return Order(command, rest)
    raise Stop(USAGE, code=0 if command in {"help", "-h", "--help"} else 2)


def run_child(command: list[str], environ: dict[str, str], *, in_root: bool = True) -> int:
    """In the foreground, so it may read the terminal; Ctrl-C reaches it directly, SIGTERM is passed on."""
    child = subprocess.Popen(
        command, env=environ, cwd=ROOT if in_root else None, preexec_fn=die_with_parent(signal.SIGTERM)
    )
    kept = {
        number: signal.signal(number, lambda number, frame: child.send_signal(number))
        for number in (signal.SIGTERM, signal.SIGHUP)
    }
    kept[signal.SIGINT] = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        code = child.wait()
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
    return code if code >= 0 else 128 - code


def set_up(*, for_tests: bool = False) -> None:
    ensure_python()
    ensure_libraries(all_of_them=for_tests)
    ensure_assets()


def run_manage(order: Order, environ: dict[str, str]) -> int:
    set_up()
    home = Home(data_dir(environ))
    with services(home, environ) as urls:
        # In the caller's folder: file names among the arguments are the caller's.
        return run_child(
            [str(PYTHON), str(ROOT / "manage.py"), *order.rest],
            portal_environment(home, urls, environ),
            in_root=False,
        )


@contextmanager
def throwaway(environ: dict[str, str]) -> Iterator[dict[str, str]]:
    with throwaway_home(data_dir(environ)) as home, services(home, environ) as urls:
        yield portal_environment(home, urls, environ)


def run_bench(order: Order, environ: dict[str, str]) -> int:
    """On an empty, migrated database of its own: a benchmark never touches a person's data."""
    set_up()
    name, *rest = order.rest
    with throwaway(environ) as ours:
        failed = run_child([str(PYTHON), "-m", "launcher.chain", "migrate --verbosity 0"], ours)
        return failed or run_child([str(PYTHON), "-m", f"bench.{name}", *rest], ours)


def lint_steps() -> list[tuple[str, list[str]]]:
    python, manage = str(PYTHON), [str(PYTHON), str(ROOT / "manage.py")]
    return [
        ("lint", [python, "-m", "ruff", "check", "--quiet", "."]),
        ("types", [python, "-m", "mypy", "--no-error-summary"]),
        ("import contracts", [str(VENV / "bin" / "lint-imports"), "--no-cache", "--no-logo"]),
        ("migrations", [*manage, "makemigrations", "--check", "--dry-run"]),
        ("checks", [*manage, "check"]),
    ]


def pytest_command(order: Order, *, has_browser: bool) -> list[str]:
    """Our choice of marks only where the caller made none; later arguments of the caller win."""
    left_out = ([] if order.with_scale else ["not scale"]) + ([] if has_browser else ["not browser"])
    marks = ["-m", " and ".join(left_out)] if left_out and "-m" not in order.rest else []
    return [str(PYTHON), "-m", "pytest", "-n", "2", *marks, *order.rest]


def run_test(order: Order, environ: dict[str, str]) -> int:
    set_up(for_tests=True)
    found = ensure_browser(environ)
    with throwaway(environ) as ours:
        collect_static(ours)
        if order.with_lint:
            for name, command in lint_steps():
                say(f"== {name}")
                failed = run_child(command, ours)
                if failed:
                    say(f"./run test stopped: {name} failed")
                    return failed
        say("== tests")
        return run_child(pytest_command(order, has_browser=bool(found)), {**ours, "PORTAL_CHROMIUM": found or ""})


def run_assets(order: Order, environ: dict[str, str]) -> int:
    ensure_assets()
    return 0


def run_demo(order: Order, environ: dict[str, str]) -> int:
    demo.refuse_busy_port(order.port)
    set_up()
    return demo.serve(Home(data_dir(environ)), environ, port=order.port, is_fresh=order.is_fresh)


def main(words: list[str]) -> int:
    environ = dict(os.environ)
    runs = {
        "assets": run_assets,
        "demo": run_demo,
        "test": run_test,
        "manage": run_manage,
        "bench": run_bench,
    }
    try:
        order = parse(words)
        if order.command == "_supervise":
            return supervise(order.rest[0], throwaway=order.rest[1] == "throwaway")
        return runs[order.command](order, environ)
    except Stop as stop:
        say(str(stop))
        return stop.code
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
