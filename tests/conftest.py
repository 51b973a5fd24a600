"""The named cast, real services, and a browser that fails a test on any console error."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import Client
from playwright.sync_api import Browser, sync_playwright

from accounts.models import Role, User
from tests import make

# Chromium would look up hosts of its maker at each start; tests speak to loopback only.
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
# Playwright's sync driver runs an event loop in the test's thread; Django's ORM is used there on purpose.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
# Tests read static files through the finders: nobody has to collect them first.
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
# Each test client makes its own middleware: it would read the whole folder of static files each time.
settings.WHITENOISE_AUTOREFRESH = True
# Evidence and uploads of tests lie in a folder that goes with the process.
FILES = TemporaryDirectory(prefix="portal-tests-")
settings.STORAGES["evidence"]["OPTIONS"]["location"] = f"{FILES.name}/evidence"
settings.INCOMING_DIR = Path(FILES.name) / "incoming"
for name in ("django", "django_structlog"):
    logging.getLogger(name).setLevel(logging.ERROR)  # a line a request would bury what a test says
PROJECT = Path(__file__).resolve().parent.parent
REAL_DATA = Path(os.environ.get("PORTAL_REAL_DATA", PROJECT.parent / "shared" / "data"))


class Cast:
    """People by name, made when first asked for; they stay the same within a test."""

    def __init__(self) -> None:
        self._made: dict[str, User] = {}

    def __getattr__(self, name: str) -> User:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._made:
            self._made[name] = _make(name)
        return self._made[name]


ROLES: dict[str, dict[str, Any]] = {
    "officer": {"role": Role.PROGRAM_OFFICER, "component_code": "CBP", "name": "Olive Officer"},
    "colleague": {"role": Role.PROGRAM_OFFICER, "component_code": "CBP", "name": "Colin Colleague"},
    "other_officer": {"role": Role.PROGRAM_OFFICER, "component_code": "FEMA", "name": "Freya Field"},
    "lead": {"role": Role.COMPONENT_LEAD, "component_code": "CBP", "name": "Lena Lead"},
    "other_lead": {"role": Role.COMPONENT_LEAD, "component_code": "FEMA", "name": "Felix Lead"},
    "manager": {"role": Role.INVENTORY_MANAGER, "name": "Ines Inventory"},
    "caio": {"role": Role.CAIO, "name": "Chris Chief"},
    "deputy": {"role": Role.DEPUTY_CAIO, "name": "Dana Deputy"},
    "secretary": {"role": Role.BOARD_SECRETARY, "name": "Sam Secretary"},
    "chair": {"role": Role.BOARD_CHAIR, "name": "Cleo Chair"},
    "member": {"role": Role.BOARD_MEMBER, "name": "Max Member"},
    "member2": {"role": Role.BOARD_MEMBER, "name": "Mia Member"},
    "leader": {"role": Role.LEADERSHIP, "name": "Lou Leader"},
    "auditor": {"role": Role.AUDITOR, "name": "Ada Auditor"},
    "administrator": {"role": Role.ADMINISTRATOR, "name": "Adam Admin"},
    "priv": {"role": Role.OFFICE_REVIEWER, "office_code": "PRIV", "name": "Pia Privacy"},
    "priv2": {"role": Role.OFFICE_REVIEWER, "office_code": "PRIV", "name": "Paul Privacy"},
    "crcl": {"role": Role.OFFICE_REVIEWER, "office_code": "CRCL", "name": "Cara Civil"},
    "ciso": {"role": Role.OFFICE_REVIEWER, "office_code": "CISO", "name": "Cyrus Secure"},
    "ogc": {"role": Role.OFFICE_REVIEWER, "office_code": "OGC", "name": "Olga Counsel"},
    "ocpo": {"role": Role.OFFICE_REVIEWER, "office_code": "OCPO", "name": "Otto Procure"},
    "rug": {"role": Role.OFFICE_REVIEWER, "office_code": "RUG", "name": "Rita Responsible"},
    "st": {"role": Role.OFFICE_REVIEWER, "office_code": "ST", "name": "Stella Science"},
}


def _make(name: str) -> User:
    if name == "nobody":
        return make.person("Nora Nobody")
    row = dict(ROLES[name])
    return make.member(row.pop("role"), row.pop("name"), **row)


@pytest.fixture
def cast(db: None) -> Cast:
    """The named cast."""
    return Cast()


@pytest.fixture
def sign_in(client: Client) -> Any:
    """Give a test client signed in as a person (the same client each time)."""

    def _sign_in(person: User) -> Client:
        client.force_login(person)
        assert client.session[SESSION_KEY]
        return client

    return _sign_in


@pytest.fixture(scope="session", autouse=True)
def _flush_past_append_only() -> Iterator[None]:
    """Let the test database be emptied between browser tests.

    TransactionTestCase empties tables by TRUNCATE, which the audit tables refuse to everybody. Only the test
    role, a superuser, may switch triggers off, and only here.
    """
    plain = DatabaseOperations.execute_sql_flush

    def flush(self: DatabaseOperations, sql_list: list[str]) -> None:
        plain(self, ["SET LOCAL session_replication_role = replica;", *sql_list])

    DatabaseOperations.execute_sql_flush = flush
    yield
    DatabaseOperations.execute_sql_flush = plain


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium, one a worker. `./run test` installs it or says what to install."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.fail("Chromium is missing: install Debian's package chromium, or start the tests with ./run test.")
    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=chromium, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of the real inventories; a test that needs it says so once where it is absent."""
    if not REAL_DATA.is_dir():
        pytest.skip(f"real inventories not found: set PORTAL_REAL_DATA (looked in {REAL_DATA.name})")
    return REAL_DATA
