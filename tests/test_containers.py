"""The container files describe the real deployment. No engine runs here: they are read, and run without."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
import yaml

from launcher.system_setup import LIBRARIES

ROOT = Path(__file__).resolve().parent.parent
OURS = ("migrate", "web", "worker", "beat")
NOT_FOR_SETTINGS = {"POSTGRES_PASSWORD", "PORTAL_PORT"}  # read by docker-compose.yml itself


def compose() -> dict:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def documented() -> set[str]:
    """Variables of .env.example; one that is commented out is documented too."""
    return set(re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M))


def read_by_settings() -> set[str]:
    text = "\n".join(path.read_text() for path in (ROOT / "config").rglob("*.py"))
    named = set(re.findall(r"\benv(?:\.\w+)?\(\s*\"([A-Z_]+)\"", text))
    return named | set(re.findall(r"os\.environ(?:\.get\(|\[)\s*\"([A-Z_]+)\"", text))


def interpolated() -> set[str]:
    return set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))


def dockerfile() -> list[tuple[str, str]]:
    """(instruction, rest) in order: comments dropped, continued lines joined."""
    lines = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    found = [line.split(maxsplit=1) for line in joined.splitlines() if line.strip()]
    return [(name.upper(), rest) for name, rest in found]


def last_stage() -> list[tuple[str, str]]:
    steps = dockerfile()
    start = max(number for number, (name, _) in enumerate(steps) if name == "FROM")
    return steps[start:]


def test_every_variable_the_settings_read_is_documented_and_no_other():
    assert documented() == read_by_settings() | NOT_FOR_SETTINGS


def test_compose_sets_only_variables_that_are_read_and_takes_only_documented_ones():
    given = set(compose()["x-portal"]["environment"])
    assert given <= read_by_settings()
    assert interpolated() <= documented()
    # What compose neither passes nor fixes could not be set by anybody who follows .env.example.
    assert documented() - given - interpolated() == {"PORTAL_DEMO", "STATIC_BUILD_DIR", "STATIC_ROOT"}


@pytest.mark.parametrize("name", ["web", "worker", "beat", "postgres", "redis", "mailcatcher"])
def test_each_service_is_checked_for_health_and_does_not_run_as_root(name):
    service = compose()["services"][name]
    assert service["healthcheck"]["test"][0] == "CMD"
    uid, _gid = service["user"].split(":")
    assert int(uid) > 0


def test_our_services_wait_for_the_migration_and_the_migration_for_the_database():
    services = compose()["services"]
    for name in ("web", "worker", "beat"):
        assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert services["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"
    assert services["migrate"]["restart"] == "no"


def test_compose_names_only_volumes_it_declares_and_opens_ports_on_loopback_only():
    file = compose()
    for service in file["services"].values():
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in file["volumes"]
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:")


def test_image_ends_as_an_ordinary_user_with_a_health_check():
    steps = last_stage()
    users = [rest for name, rest in steps if name == "USER"]
    assert users and int(users[-1].split(":")[0]) > 0
    assert any(name == "HEALTHCHECK" for name, _ in steps)
    after_user = [name for name, _ in steps[[name for name, _ in steps].index("USER") :]]
    assert "RUN" not in after_user and "COPY" not in after_user  # what the portal runs is not its own to change


def test_image_installs_the_runtime_lock_with_hashes_and_the_libraries_of_the_launcher():
    runs = " ".join(rest for name, rest in last_stage() if name == "RUN")
    copied = " ".join(rest for name, rest in dockerfile() if name == "COPY")
    assert "--require-hashes -r requirements.lock" in runs
    assert "requirements-dev.lock" not in copied
    assert all(package in runs for package in LIBRARIES.values())


def test_everything_the_image_copies_exists_and_is_let_through_to_the_builder():
    let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for name, rest in dockerfile():
        words = rest.split()
        if name != "COPY" or words[0].startswith("--from"):
            continue
        for source in words[:-1]:
            assert source.split("/")[0] in let_through, source
            assert (ROOT / source).exists(), source


def test_image_holds_every_app_of_the_project():
    copied = {rest.split()[0] for name, rest in last_stage() if name == "COPY"}
    apps = {path.parent.name for path in ROOT.glob("*/apps.py")}
    assert apps <= copied


def test_image_and_compose_start_the_web_server_the_same_way():
    command = next(rest for name, rest in reversed(dockerfile()) if name == "CMD")
    assert yaml.safe_load(command) == compose()["services"]["web"]["command"]


# --- the commands themselves, outside a container ---


def elsewhere(url: str) -> str:
    """The same broker, another database: a worker here must not take messages of another test."""
    if url.startswith("unix://"):
        return f"{url}?virtual_host=5"
    return re.sub(r"/\d*$", "", url) + "/5"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
    return {
        **ours,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{ours.get('PATH', os.defpath)}",
        "SECRET_KEY": "x" * 60,
        "ALLOWED_HOSTS": "127.0.0.1",
        "SECURE_SSL": "0",
        "LOG_LEVEL": "INFO",
        "PORTAL_DATA_DIR": str(tmp_path),
        "C_FORCE_ROOT": "1",
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "default",
        "REDIS_URL": elsewhere(os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")),
    }


def command_of(service: str, **replaced: str) -> list[str]:
    """The service's command with the container's own addresses replaced by this test's."""
    words = compose()["services"][service]["command"]
    return [replaced.get(word, word.replace("/data/", f"{replaced.get('data', '/data')}/")) for word in words]


class Started:
    """A process of this test: its log, and an end by its own pid."""

    def __init__(self, command: list[str], environ: dict[str, str], log: Path) -> None:
        self.log = log
        with open(log, "wb") as out:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environ, stdout=out, stderr=out, stdin=subprocess.DEVNULL
            )

    def __enter__(self) -> "Started":
        return self

    def __exit__(self, *error: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def wait_until(self, is_so, what: str, seconds: float = 60) -> None:
        ends_at = time.monotonic() + seconds
        while time.monotonic() < ends_at:
            if is_so():
                return
            assert self.process.poll() is None, f"ended before {what}:\n{self.log.read_text()}"
            time.sleep(0.2)
        raise AssertionError(f"not {what} after {seconds} s:\n{self.log.read_text()}")


def test_web_command_serves_and_its_health_check_passes(environ, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = command_of("web", **{"0.0.0.0:8000": f"127.0.0.1:{port}"})
    check = [word.replace(":8000", f":{port}") for word in compose()["services"]["web"]["healthcheck"]["test"][1:]]

    def answers() -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    with Started(command, environ, tmp_path / "web.log") as web:
        web.wait_until(answers, "answering")
        assert subprocess.run(check, env=environ, check=False).returncode == 0
    assert subprocess.run(check, env=environ, check=False, capture_output=True).returncode != 0


def test_worker_command_answers_its_own_health_check(environ, tmp_path):
    name = f"worker@test-{os.getpid()}"
    command = command_of("worker", **{"worker@portal": name})
    check = [word.replace("worker@portal", name) for word in compose()["services"]["worker"]["healthcheck"]["test"][1:]]

    def pings() -> bool:
        asked = subprocess.run(check, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
        return asked.returncode == 0 and "pong" in asked.stdout

    with Started(command, environ, tmp_path / "worker.log") as worker:
        worker.wait_until(pings, "answering a ping")


def test_beat_command_writes_the_schedule_its_health_check_looks_at(environ, tmp_path):
    command = command_of("beat", data=str(tmp_path))
    check = [
        word.replace("/data/", f"{tmp_path}/") for word in compose()["services"]["beat"]["healthcheck"]["test"][1:]
    ]
    assert subprocess.run(check, env=environ, check=False, capture_output=True).returncode != 0
    with Started(command, environ, tmp_path / "beat.log") as beat:
        beat.wait_until(lambda: any(tmp_path.glob("beat-schedule*")), "writing its schedule")
        assert subprocess.run(check, env=environ, check=False).returncode == 0


def test_migrate_command_names_management_commands_that_exist():
    shell, flag, line = compose()["services"]["migrate"]["command"]
    assert (shell, flag) == ("sh", "-c")
    names = [shlex.split(part)[2] for part in line.split("&&")]
    from django.core.management import get_commands

    assert set(names) <= set(get_commands())
