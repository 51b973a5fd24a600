"""Parts only the operating system has: WeasyPrint's libraries and a browser for the tests."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys

from launcher.base import Stop, locked, say
from launcher.python_setup import SETUP_LOCK

LIBRARIES = {  # what WeasyPrint loads -> the Debian package that has it
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
OPTIONAL = {"libharfbuzz-subset0"}  # reports render without it, but not to the same bytes
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def missing_libraries() -> list[str]:
    return [package for library, package in LIBRARIES.items() if not _loads(library)]


def _loads(library: str) -> bool:
    if sys.platform == "darwin":
        return True  # other names there; WeasyPrint says itself what it misses
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def may_apt() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_line(packages: list[str]) -> str:
    return "apt-get update && apt-get install -y --no-install-recommends " + " ".join(packages)


def apt_install(packages: list[str]) -> bool:
    say(f"Installing with apt-get: {' '.join(packages)}")
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    wait = ["-o", "DPkg::Lock::Timeout=300"]
    with locked(SETUP_LOCK, why="another ./run is setting this copy up"):
        subprocess.run(["apt-get", *wait, "update", "-qq"], env=environ, stdout=sys.stderr, check=False)
        done = subprocess.run(
            ["apt-get", *wait, "install", "-y", "-qq", "--no-install-recommends", *packages],
            env=environ,
            stdout=subprocess.DEVNULL,
            check=False,
        )
    return done.returncode == 0


def ensure_libraries(*, all_of_them: bool) -> None:
    """Tests compare PDF bytes, so they need every library; a demo only what rendering needs."""
    missing = missing_libraries()
    if missing and may_apt() and apt_install(missing):
        missing = missing_libraries()
    if not missing:
        return
    if all_of_them or set(missing) - OPTIONAL:
        raise Stop(f"PDF reports need system libraries that are not here. As root:\n  {apt_line(missing)}")
    say(
        f"Reports will not have the same bytes as elsewhere without {' '.join(missing)}. As root:\n"
        f"  {apt_line(missing)}"
    )


def browser() -> str | None:
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def ensure_browser(environ: dict[str, str]) -> str | None:
    """Chromium for the page tests. Without it CI fails; elsewhere it is said and those tests are left out."""
    if not browser() and may_apt():
        apt_install(["chromium"])
    found = browser()
    if not found:
        words = f"The page tests need Chromium. As root:\n  {apt_line(['chromium'])}"
        if environ.get("CI", "").lower() in {"1", "true", "yes"}:
            raise Stop(words)
        say(f"{'!' * 78}\n{words}\nThe tests marked `browser` are LEFT OUT of this run.\n{'!' * 78}")
    return found
