"""The house: health, errors in the portal's style, content security, sign-in by default, unsafe settings."""

import json
import os
import subprocess
import sys
from datetime import date

import pytest
from django.core import mail
from django.test import Client

from config import checks
from tests import make
from tests.conftest import PROJECT

# Another process, whose database or broker does not answer: a closed port on loopback.
ASK = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client
from django.test.utils import setup_test_environment
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
setup_test_environment()
client = Client(raise_request_exception=False)
answers = {path: client.get(path) for path in ("/healthz", "/readyz", "/use-cases/", "/accounts/login/")}
print(json.dumps({path: [a.status_code, a.content.decode()] for path, a in answers.items()}))
"""


def ask_elsewhere(**environment):
    """Status and body of some pages in a process with another environment."""
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "DEBUG": "0", **environment}
    done = subprocess.run(
        [sys.executable, "-c", ASK], env=env, cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_without_postgresql_a_page_says_so_and_the_process_lives():
    answers = ask_elsewhere(DATABASE_URL="postgres://nobody@127.0.0.1:1/nothing")
    assert answers["/healthz"][0] == 200
    assert answers["/readyz"][0] == 503
    assert json.loads(answers["/readyz"][1])["database"] == "away"
    assert answers["/use-cases/"][0] == 302, "nobody is signed in, so the database is not even asked"
    assert all(status != 500 for status, _ in answers.values())


def test_a_query_without_postgresql_is_a_503_page():
    script = ASK.replace('"/use-cases/", "/accounts/login/"', '"/demo/"')
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "DEBUG": "0", "PORTAL_DEMO": "1",
           "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing"}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", script], env=env, cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False
    )
    status, page = json.loads(done.stdout.splitlines()[-1])["/demo/"]
    assert status == 503
    assert "The database is not answering" in page
    assert "Nothing you had saved is lost" in page


def test_pages_work_without_the_broker(cast, sign_in, settings):
    settings.CELERY_BROKER_URL = settings.REDIS_URL = "redis://127.0.0.1:1/0"
    client = sign_in(cast.officer)
    assert client.get("/use-cases/").status_code == 200
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json() == {"database": "ok", "broker": "away"}


def test_every_answer_carries_the_strict_policy(client, db):
    policy = client.get("/accounts/login/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_an_unknown_address_looks_like_the_portal(cast, sign_in):
    answer = sign_in(cast.officer).get("/use-cases/DHS-0/tasks/")
    assert answer.status_code == 404
    assert b"There is nothing at this address that you may see" in answer.content


def test_a_refusal_says_who_can(cast, sign_in):
    answer = sign_in(cast.officer).get("/people/")
    assert answer.status_code == 403
    assert b"Only an administrator of the portal can manage people" in answer.content


def test_an_old_form_says_what_to_do(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.officer)
    answer = client.post("/use-cases/register/", {"use_case_name": "x"})
    assert answer.status_code == 403
    assert b"This form has expired" in answer.content


def test_unsafe_settings_are_refused_beyond_loopback(settings):
    settings.ALLOWED_HOSTS = ["portal.example.invalid"]
    settings.SECRET_KEY, settings.DEBUG, settings.PORTAL_DEMO = "short", True, True
    found = {message.id for message in checks.unsafe_settings(None)}
    assert {"portal.E001", "portal.E002", "portal.E003", "portal.W001", "portal.W002"} <= found


def test_loopback_may_be_unsafe(settings):
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    assert checks.unsafe_settings(None) == []


def test_the_demo_sign_in_exists_only_in_the_demo(client, db, settings):
    settings.PORTAL_DEMO = False
    assert client.get("/demo/").status_code == 404


def test_the_demo_sign_in_exists_only_on_loopback(client, db, settings):
    settings.PORTAL_DEMO = True
    assert client.get("/demo/", REMOTE_ADDR="192.0.2.7").status_code == 404


def test_a_restricted_case_is_opened_on_the_record(cast, sign_in):
    from audit.models import Event

    case = make.use_case(owner=cast.officer, filed_on=date(2026, 1, 28), status="recorded", handling="restricted")
    sign_in(cast.officer).get(f"/use-cases/{case.use_case_id}/tasks/")
    seen = Event.objects.get(kind="use_case.viewed")
    assert seen.subject_id == case.use_case_id and seen.actor == cast.officer


@pytest.mark.parametrize("path", ["/accounts/signup/"])
def test_nobody_signs_up(client, db, path):
    answer = client.get(path)
    assert b"Nobody signs up here" in answer.content
    assert mail.outbox == []
