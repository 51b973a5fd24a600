"""The variables the portal's settings read, for a run on this machine. What the caller set stays as it is."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from launcher.base import ROOT, private_dir
from launcher.homes import Home

# The last one: some machines forbid compiled files, and then each process compiles the portal anew for three seconds.
NOT_FOR_CHILDREN = ("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__", "PYTHONDONTWRITEBYTECODE")


def secret_key(home: Home) -> str:
    """Made once for each data folder. O_EXCL: of two first runs one writes, the other reads."""
    path = home.path / "secret_key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip() or secrets.token_urlsafe(50)
    key = secrets.token_urlsafe(50)
    with os.fdopen(handle, "w") as out:
        out.write(key)
    return key


def real_data(environ: dict[str, str]) -> Path:
    chosen = environ.get("PORTAL_REAL_DATA")
    return (Path(chosen).expanduser() if chosen else ROOT.parent / "shared" / "data").absolute()


def portal_environment(
    home: Home, urls: dict[str, str], environ: dict[str, str], *, demo: bool = False, port: int = 8000
) -> dict[str, str]:
    """Loopback only, no TLS, mail into files. PORTAL_DEMO is on in the demo and nowhere else by itself."""
    private_dir(home.path)
    mail = home.path / "mail"
    for folder in (mail, home.path / "files"):
        folder.mkdir(exist_ok=True, mode=0o700)
    ours = {
        "SECRET_KEY": secret_key(home),
        "DEBUG": "0",
        "SECURE_SSL": "0",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "EMAIL_URL": f"filemail://{mail}",
        "PORTAL_DATA_DIR": str(home.path),
        "PORTAL_BASE_URL": f"http://127.0.0.1:{port}",
    }
    chosen = {name: value for name, value in environ.items() if name not in NOT_FOR_CHILDREN}
    fixed = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONUNBUFFERED": "1",
        "PORTAL_REAL_DATA": str(real_data(environ)),
    }
    if demo:
        fixed["PORTAL_DEMO"] = "1"
    return {**ours, **chosen, **fixed, **urls}
