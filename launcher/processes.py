"""Processes: who a pid is, starting a child that dies with its parent, ending one by its pid."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from launcher.base import Stop

PR_SET_PDEATHSIG = 1
AS_NOBODY_INSIDE = ("unshare", "--user", "--map-user=65534", "--map-group=65534", "--")


def command_line(pid: int) -> str:
    """The arguments of a living process, or nothing. A zombie has none, so it does not count as alive."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        pass
    if Path("/proc/self").exists():
        return ""
    answer = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return answer.stdout.strip()


def program_of(pid: int) -> str:
    """The name of the program a pid runs; a pid file alone proves nothing, pids are used again."""
    try:
        return os.path.basename(os.readlink(f"/proc/{pid}/exe")).removesuffix(" (deleted)")
    except OSError:
        return os.path.basename(command_line(pid).split(" ")[0])


def working_dir_of(pid: int) -> str:
    try:
        return os.readlink(f"/proc/{pid}/cwd")
    except OSError:
        return ""


def die_with_parent(signal_number: int) -> Callable[[], None]:
    """A preexec function: the kernel ends the child when its parent is gone, also after kill -9."""
    parent = os.getpid()
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def set_signal() -> None:
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
        if os.getppid() != parent:  # it died before the line above took effect
            os._exit(1)

    return set_signal


@dataclass(frozen=True)
class Identity:
    """Whom the servers run as: PostgreSQL refuses to run as root."""

    uid: int
    gid: int
    user: str | None = None
    prefix: tuple[str, ...] = ()

    def start(self, command: Sequence[str], *, ends_by: int, log: IO[bytes], cwd: Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*self.prefix, *command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=cwd,
            env=self.environment(),
            preexec_fn=die_with_parent(ends_by),
            process_group=0,
            **self._who(),
        )

    def run(self, command: Sequence[str], cwd: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.prefix, *command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd=cwd,
            env=self.environment(),
            check=False,
            **self._who(),
        )

    def own(self, path: Path, mode: int = 0o700) -> Path:
        path.mkdir(exist_ok=True)
        path.chmod(mode)
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)
        return path

    def environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    def _who(self) -> dict[str, Any]:
        return {"user": self.user, "group": self.gid, "extra_groups": []} if self.user else {}


def open_to_others(path: Path) -> bool:
    """Whether a stranger may reach this path: every folder on the way lets others pass."""
    return all(
        stat.S_IMODE(step.stat().st_mode) & stat.S_IXOTH for step in (path, *path.absolute().parents) if step.is_dir()
    )


def choose_identity(paths: Sequence[Path]) -> Identity:
    """Ourselves; as root `nobody`.

    Where a folder on the way is closed to others, or our own user has no name (initdb insists on one), it is
    nobody inside a user namespace, who outside is still ourselves.
    """
    uid, gid = os.geteuid(), os.getegid()
    if uid and has_name(uid):
        return Identity(uid, gid)
    if not uid and all(open_to_others(path) for path in paths):
        nobody = pwd.getpwnam("nobody")
        return Identity(nobody.pw_uid, nobody.pw_gid, user="nobody")
    if may_unshare():
        return Identity(uid, gid, prefix=AS_NOBODY_INSIDE)
    raise Stop(
        "PostgreSQL does not run as root or as a user without a name, the user nobody cannot reach this "
        "folder, and user namespaces are not allowed here. Start ./run as an ordinary user, or put PORTAL_DATA "
        "and this copy where others may enter (chmod o+x), or set DATABASE_URL and REDIS_URL to running servers."
    )


def has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def may_unshare() -> bool:
    if not shutil.which("unshare"):
        return False
    return subprocess.run([*AS_NOBODY_INSIDE, "true"], capture_output=True, check=False).returncode == 0


def end(process: subprocess.Popen[Any], how: int = signal.SIGTERM, patience: float = 20.0) -> None:
    """Ask, wait, and only then insist. Only ever called for a process this one started."""
    if process.poll() is not None:
        return
    process.send_signal(how)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
