"""The launcher's small decisions, as units; test_launcher_services.py runs the real thing."""

import fcntl
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from launcher import demo, homes, main, processes, python_setup, system_setup
from launcher.base import Stop, data_dir, digest, locked, write_file
from launcher.environment import portal_environment, secret_key
from launcher.homes import Home
from launcher.processes import command_line, open_to_others, program_of
from launcher.services import nobody_uses

ROOT = Path(__file__).resolve().parent.parent


# --- what the words mean ---


def test_demo_takes_a_port_and_fresh():
    order = main.parse(["demo", "--port", "8123", "--fresh"])
    assert (order.command, order.port, order.is_fresh) == ("demo", 8123, True)


@pytest.mark.parametrize("words", [["demo", "--port", "0"], ["demo", "--port", "eighty"], ["demo", "--frsh"]])
def test_demo_refuses_what_it_does_not_know(words, capsys):
    with pytest.raises(SystemExit) as refused:
        main.parse(words)
    assert refused.value.code == 2


def test_test_keeps_its_own_words_and_hands_the_rest_to_pytest():
    order = main.parse(["test", "--scale", "tests/test_x.py", "-k", "a b"])
    assert order.with_scale and order.with_lint
    assert order.rest == ["tests/test_x.py", "-k", "a b"]


def test_manage_hands_on_every_word_even_help():
    assert main.parse(["manage", "migrate", "--help"]).rest == ["migrate", "--help"]


@pytest.mark.parametrize(
    ("words", "code"), [([], 0), (["--help"], 0), (["serve"], 2), (["bench"], 2), (["bench", "../x"], 2)]
)
def test_help_is_no_error_and_an_unknown_command_is(words, code):
    with pytest.raises(Stop) as stop:
        main.parse(words)
    assert stop.value.code == code


@pytest.mark.parametrize(
    ("words", "has_browser", "marks"),
    [
        (["test"], True, ["-m", "not scale"]),
        (["test"], False, ["-m", "not scale and not browser"]),
        (["test", "--scale"], True, []),
        (["test", "--scale"], False, ["-m", "not browser"]),
    ],
)
def test_marks_follow_scale_and_browser(words, has_browser, marks):
    command = main.pytest_command(main.parse(words), has_browser=has_browser)
    assert command[1:5] == ["-m", "pytest", "-n", "2"]
    assert command[5:] == marks


def test_marks_the_caller_chose_are_left_alone():
    assert main.pytest_command(main.parse(["test", "-m", "scale"]), has_browser=True)[5:] == ["-m", "scale"]


# --- where things are ---


def test_data_folder_is_local_unless_set(tmp_path):
    assert data_dir({}) == ROOT / ".local"
    assert data_dir({"PORTAL_DATA": str(tmp_path)}) == tmp_path


def test_socket_stays_in_the_data_folder_while_its_path_fits():
    limit = homes.SOCKET_PATH_LIMIT - len(homes.LONGEST_SOCKET_NAME)
    assert homes.fits(Path("/" + "a" * (limit - 1)))
    assert not homes.fits(Path("/" + "a" * limit))


def test_path_length_is_counted_in_bytes_not_letters():
    limit = homes.SOCKET_PATH_LIMIT - len(homes.LONGEST_SOCKET_NAME)
    assert not homes.fits(Path("/" + "é" * (limit // 2 + 1)))


def test_short_socket_folder_differs_by_user_and_data_folder():
    place = [Path("/run")]
    names = {homes.short_socket_dir(Path(home), place, uid) for home in ("/a", "/b") for uid in (1, 2)}
    assert len(names) == 4
    assert homes.short_socket_dir(Path("/a"), place, 1) in names


def test_no_place_short_enough_is_said():
    with pytest.raises(Stop, match="shorter path"):
        homes.short_socket_dir(Path("/a"), [Path("/" + "x" * 100)], 1)


def test_socket_folder_that_is_a_link_is_refused(tmp_path, monkeypatch):
    home = Home(tmp_path / ("deep" * 30))
    identity = homes.Identity(os.geteuid(), os.getegid())
    with tempfile.TemporaryDirectory() as short:  # pytest's own folders are too long for a socket
        monkeypatch.setenv("XDG_RUNTIME_DIR", short)
        homes.short_socket_dir(home.path, [Path(short)], os.geteuid()).symlink_to(tmp_path)
        with pytest.raises(Stop, match="belongs to somebody else"):
            homes.make_socket_dir(home, identity)


def test_addresses_survive_a_space_and_a_percent_sign():
    urls = homes.service_urls(Path("/a b/50%"))
    assert urls["DATABASE_URL"] == "postgres://postgres@/portal?host=%2Fa%20b%2F50%25"
    assert urls["REDIS_URL"] == "unix:///a%20b/50%25/valkey.sock"


def test_closed_folder_on_the_way_is_seen(tmp_path):
    closed = tmp_path / "closed" / "inside"
    closed.mkdir(parents=True)
    closed.parent.chmod(0o700)
    assert not open_to_others(closed)


# --- who is alive ---


def test_user_without_a_name_gets_one_inside_a_namespace_or_is_told(monkeypatch):
    monkeypatch.setattr(processes.os, "geteuid", lambda: 4_000_000)
    monkeypatch.setattr(processes, "may_unshare", lambda: True)
    assert processes.choose_identity([]).prefix == processes.AS_NOBODY_INSIDE
    monkeypatch.setattr(processes, "may_unshare", lambda: False)
    with pytest.raises(Stop, match="DATABASE_URL"):
        processes.choose_identity([])


def test_root_becomes_nobody_only_where_nobody_can_go(tmp_path, monkeypatch):
    monkeypatch.setattr(processes.os, "geteuid", lambda: 0)
    monkeypatch.setattr(processes, "may_unshare", lambda: True)
    assert processes.choose_identity([Path("/")]).user == "nobody"
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    assert processes.choose_identity([closed]).prefix == processes.AS_NOBODY_INSIDE


def test_dead_pid_has_no_command_line_and_a_living_one_has():
    program = "import sys; print('up', flush=True); sys.stdin.read()"
    child = subprocess.Popen([sys.executable, "-c", program, "marker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout and child.stdout.readline() == b"up\n"
    try:
        assert "marker" in command_line(child.pid)
        assert program_of(child.pid).startswith("python")
    finally:
        child.communicate()
    assert command_line(child.pid) == ""


def test_zombie_does_not_count_as_alive():
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    time.sleep(0.5)  # ended, not yet waited for
    try:
        assert command_line(child.pid) == ""
    finally:
        child.wait()


def test_ready_file_of_a_reused_pid_is_not_believed(tmp_path):
    home = Home(tmp_path)
    write_file(home.ready_file, json.dumps({"pid": os.getpid(), "urls": {"REDIS_URL": "x"}}))
    assert home.urls() is None


@pytest.mark.parametrize("text", ["", "{", '{"urls": {}}', '{"pid": "x", "urls": {}}'])
def test_broken_ready_file_means_not_running(tmp_path, text):
    home = Home(tmp_path)
    home.ready_file.write_text(text)
    assert home.urls() is None


def test_folder_in_use_is_not_emptied(tmp_path, capsys):
    home = Home(tmp_path)
    with locked(home.users_lock, fcntl.LOCK_SH):
        assert not nobody_uses(home)
    assert nobody_uses(home)


def test_sweep_removes_what_nobody_holds_and_nothing_else(tmp_path):
    (tmp_path / "left").mkdir()
    (tmp_path / "left" / "users.lock").touch()
    (tmp_path / "used").mkdir()
    with locked(tmp_path / "used" / "users.lock", fcntl.LOCK_SH):
        homes.sweep(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["used"]


# --- stamps, keys, variables ---


def test_digest_changes_with_content_name_and_words(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("a")
    two.write_text("a")
    assert len({digest([one]), digest([two]), digest([one, two]), digest([one], "word")}) == 4
    before = digest([one])
    one.write_text("b")
    assert digest([one]) != before


def test_set_up_that_was_cut_short_is_not_taken_for_done(tmp_path, monkeypatch):
    monkeypatch.setattr(python_setup, "STAMP", tmp_path / "stamp")
    monkeypatch.setattr(python_setup, "VENV", tmp_path)
    monkeypatch.setattr(python_setup, "SETUP_LOCK", tmp_path / "lock")
    monkeypatch.setattr(python_setup, "PYTHON", tmp_path / "python")
    runs = []

    def cut_short() -> None:
        runs.append("cut short")
        raise Stop("no network")

    monkeypatch.setattr(python_setup, "_make_venv", (tmp_path / "python").touch)
    monkeypatch.setattr(python_setup, "_sync", cut_short)
    for _ in range(2):
        with pytest.raises(Stop):
            python_setup.ensure_python()
    monkeypatch.setattr(python_setup, "_sync", lambda: runs.append("whole"))
    for _ in range(3):
        python_setup.ensure_python()
    assert runs == ["cut short", "cut short", "whole"]


def test_secret_key_is_made_once_and_readable_by_its_owner_only(tmp_path):
    home = Home(tmp_path)
    key = secret_key(home)
    assert len(key) >= 50
    assert secret_key(home) == key
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_what_the_caller_set_stays_and_only_the_demo_is_a_demo(tmp_path):
    home = Home(tmp_path)
    ours = portal_environment(home, {"DATABASE_URL": "d"}, {"LOG_LEVEL": "DEBUG", "EMAIL_URL": "consolemail://"})
    assert (ours["LOG_LEVEL"], ours["EMAIL_URL"], ours["DATABASE_URL"]) == ("DEBUG", "consolemail://", "d")
    assert "PORTAL_DEMO" not in ours
    assert portal_environment(home, {}, {}, demo=True, port=8111)["PORTAL_BASE_URL"] == "http://127.0.0.1:8111"


def test_busy_port_is_said_with_a_way_out():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Stop, match="--port"):
            demo.refuse_busy_port(port)
    demo.refuse_busy_port(port)


def test_fresh_never_empties_a_server_somebody_else_runs(tmp_path):
    (tmp_path / "files").mkdir()
    with pytest.raises(Stop, match="DATABASE_URL"):
        demo.clear(Home(tmp_path), {"DATABASE_URL": "postgres://elsewhere/portal"})
    assert (tmp_path / "files").is_dir()


def test_missing_browser_fails_ci_and_is_said_elsewhere(monkeypatch, capsys):
    monkeypatch.setattr(system_setup, "browser", lambda: None)
    monkeypatch.setattr(system_setup, "may_apt", lambda: False)
    with pytest.raises(Stop, match="apt-get install"):
        system_setup.ensure_browser({"CI": "true"})
    assert system_setup.ensure_browser({}) is None
    assert "LEFT OUT" in capsys.readouterr().err


def test_missing_library_stops_with_the_line_to_type(monkeypatch, capsys):
    monkeypatch.setattr(system_setup, "may_apt", lambda: False)
    monkeypatch.setattr(system_setup, "missing_libraries", lambda: ["libharfbuzz-subset0"])
    with pytest.raises(Stop, match="apt-get install -y --no-install-recommends libharfbuzz-subset0"):
        system_setup.ensure_libraries(all_of_them=True)
    system_setup.ensure_libraries(all_of_them=False)
    assert "libharfbuzz-subset0" in capsys.readouterr().err


def test_older_python_is_refused_in_words_it_can_read():
    """Compiled as the oldest grammar there is a flag for: the refusal must not be a syntax error."""
    import ast

    ast.parse((ROOT / "run").read_text(), feature_version=(3, 4))
