"""Evidence over the web: sending it, the limit while it streams, downloads, links that expire, the API."""

from __future__ import annotations

import re
import tracemalloc
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as live
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from knox.models import AuthToken

from audit.models import Event
from registry.models import Evidence
from registry.views.evidence import signed_address
from tests import make, talking

pytestmark = pytest.mark.django_db
WORDS = {"kind": "test_report", "title": "Report of the invented trial", "dated_on": "2026-06-01"}


@pytest.fixture
def case(cast: Any) -> Any:
    return make.use_case(owner=cast.officer, filed_on=date(2026, 1, 28), status="recorded")


def send(client: Client, case: Any, **given: Any) -> Any:
    return client.post(f"/use-cases/{case.use_case_id}/evidence/add/", {**WORDS, **given})


# -- sending ---------------------------------------------------------------------------------------


def test_a_file_is_sent_and_listed(cast, case, sign_in):
    client = sign_in(cast.officer)
    answer = send(client, case, file=talking.upload(), supports="field:vendor_name")
    made = Evidence.objects.get()
    assert answer.status_code == 302 and answer["Location"].endswith(f"/evidence/#e-{made.uuid}")
    page = client.get(f"/use-cases/{case.use_case_id}/evidence/").content.decode()
    assert "Report of the invented trial" in page and made.sha256 in page and "Not scanned" in page


def test_a_link_is_kept_as_it_is_and_only_to_the_web(cast, case, sign_in):
    client = sign_in(cast.officer)
    send(client, case, link="https://documents.example.invalid/letter?page=2")
    assert Evidence.objects.get().link == "https://documents.example.invalid/letter?page=2"
    for wrong in ("javascript:alert(1)", "ftp://example.invalid/", "file:///etc/passwd"):
        assert send(client, case, link=wrong).status_code == 400


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "Choose a file, or give a link"),
        ({"file": talking.upload(), "link": "https://example.invalid/"}, "a file and a link"),
        ({"file": talking.upload("empty.pdf", b"")}, "The file is empty"),
        ({"file": talking.upload("report.pdf", talking.png())}, "its content is a PNG picture"),
        ({"file": talking.upload("mail.eml", b"From: a")}, "Mails are not taken"),
        ({"file": talking.upload("a.pdf", talking.pdf() + talking.zipped({"x": b"x"}))}, "two things at once"),
        ({"file": talking.upload(), "dated_on": "2099-01-01"}, "lies in the future"),
        ({"file": talking.upload(), "expires_on": "2026-05-01"}, "expire before its own date"),
        ({"file": talking.upload(), "supports": "field:nothing"}, "not one of the available choices"),
        ({"file": talking.upload(), "kind": "nonsense"}, "not one of the available choices"),
    ],
)
def test_the_form_says_what_to_change(given, says, cast, case, sign_in):
    answer = send(sign_in(cast.officer), case, **given)
    assert answer.status_code == 400 and says in answer.content.decode()
    assert not Evidence.objects.exists()


def test_a_refused_file_stands_in_the_log(cast, case, sign_in):
    send(sign_in(cast.officer), case, file=talking.upload("report.pdf", b"MZ\x90\x00" + b"\0" * 300))
    event = Event.objects.get(kind="act.refused")
    assert event.data["verb"] == "add_evidence" and "Windows" in event.data["reasons"][0]


def test_a_path_in_a_file_name_is_no_path(cast, case, sign_in):
    answer = send(sign_in(cast.officer), case, file=talking.upload("..\\..\\secret/../../x.pdf"))
    assert answer.status_code == 302 and Evidence.objects.get().file_name == "x.pdf"


def test_who_may_not_add_is_told_whom_to_ask(cast, case, sign_in):
    answer = sign_in(cast.priv).get(f"/use-cases/{case.use_case_id}/evidence/add/")
    assert answer.status_code == 403 and cast.officer.name in answer.content.decode()


def test_added_for_a_practice_one_comes_back_to_it(cast, case, sign_in):
    back = f"/use-cases/{case.use_case_id}/practices/testing/evidence/"
    client = sign_in(cast.officer)
    address = f"/use-cases/{case.use_case_id}/evidence/add/?practice=testing&next={back}"
    answer = client.post(address, {**WORDS, "file": talking.upload(), "supports": "practice:testing"})
    made = Evidence.objects.get()
    assert made.practice == "testing" and answer["Location"] == f"{back}?evidence={made.uuid}"
    page = client.get(answer["Location"]).content.decode()
    assert f'<option value="{made.pk}" selected>' in page and 'value="2026-06-01"' in page
    stranger = client.post(address.replace(back, "https://elsewhere.invalid/"), {**WORDS, "file": talking.upload()})
    assert stranger["Location"].startswith("/use-cases/")


class Endless:
    """A request's body that is made while it is read: a form with one file of so many megabytes."""

    def __init__(self, megabytes: int, fields: dict[str, str]) -> None:
        parts = [f'--edge\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
        file = '--edge\r\nContent-Disposition: form-data; name="file"; filename="big.txt"\r\n\r\n'
        self.head = ("".join(parts[:-1]) + file).encode()
        self.tail = b"\r\n" + parts[-1].encode() + b"--edge--\r\n"
        self.left = megabytes << 20
        self.length = len(self.head) + self.left + len(self.tail)
        self.most_on_disk = 0

    def readline(self, size: int = -1) -> bytes:
        """The parser of forms never asks for lines."""
        raise NotImplementedError

    def read(self, size: int = -1) -> bytes:
        """Some more of it; looks at the disk on the way."""
        size = size if size >= 0 else 1 << 16
        if self.head:
            part, self.head = self.head[:size], self.head[size:]
        elif self.left:
            part = b"x" * min(size, self.left)
            self.left -= len(part)
        else:
            part, self.tail = self.tail[:size], self.tail[size:]
        files = Path(live.INCOMING_DIR).glob("*") if self.left % (1 << 20) == 0 else []
        self.most_on_disk = max([self.most_on_disk, *(path.stat().st_size for path in files)])
        return part


@pytest.mark.parametrize("megabytes", [40, pytest.param(2048, marks=pytest.mark.scale)])
def test_a_huge_file_is_stopped_while_it_streams(megabytes, cast, case, settings, sign_in):
    settings.EVIDENCE_MAX_MB = 2
    client = sign_in(cast.officer)
    body = Endless(megabytes, {**WORDS, "link": ""})
    tracemalloc.start()
    answer = client.request(
        **{
            "REQUEST_METHOD": "POST",
            "PATH_INFO": f"/use-cases/{case.use_case_id}/evidence/add/",
            "CONTENT_TYPE": "multipart/form-data; boundary=edge",
            "CONTENT_LENGTH": str(body.length),
            "wsgi.input": body,
        }
    )
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    page = answer.content.decode()
    assert answer.status_code == 400 and "The file is larger than 2 MB" in page
    assert 'value="Report of the invented trial"' in page, "what else was filled in is not lost"
    assert most < 15 << 20 and body.most_on_disk <= 2 << 20
    assert not list(Path(live.INCOMING_DIR).glob("*.upload")) and not Evidence.objects.exists()


def test_many_files_in_one_request_have_one_limit(cast, case, settings, sign_in):
    settings.EVIDENCE_MAX_MB = 1
    half = b"x" * (700 << 10)
    given = {**WORDS, "other": talking.upload("a.txt", half), "file": talking.upload("b.txt", half)}
    answer = send(sign_in(cast.officer), case, **given)
    assert answer.status_code == 400 and "larger than 1 MB" in answer.content.decode()


# -- downloads -------------------------------------------------------------------------------------


def test_a_download_is_never_a_page(cast, case, sign_in):
    made = talking.some_file(case, cast.officer, file=talking.upload("Prüfung “3”.pdf"))
    answer = sign_in(cast.leader).get(f"/evidence/{made.uuid}/file/")
    assert b"".join(answer) == talking.pdf()
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''Pr%C3%BCfung%20%E2%80%9C3%E2%80%9D.pdf"
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer["Cache-Control"] == "private, no-store"


def test_the_store_has_no_public_address(cast, case, client):
    made = talking.some_file(case, cast.officer)
    for path in (f"/static/{made.file}", f"/{made.file}", f"/evidence/{made.file}", f"/files/evidence/{made.file}"):
        assert client.get(path).status_code in (302, 404)


@pytest.mark.parametrize(
    ("name", "status"), [("officer", 200), ("lead", 200), ("auditor", 200), ("leader", 404), ("other_officer", 404)]
)
def test_restricted_evidence_is_for_those_who_need_to_know_and_each_download_is_an_event(name, status, cast, sign_in):
    case = make.use_case(owner=cast.officer, filed_on=date(2026, 1, 28), status="recorded", handling="restricted")
    made = talking.some_file(case, cast.officer)
    person = getattr(cast, name)
    answer = sign_in(person).get(f"/evidence/{made.uuid}/file/")
    assert answer.status_code == status
    if answer.streaming:
        list(answer)
    found = Event.objects.filter(kind="evidence.downloaded", subject_id=str(made.uuid), actor=person)
    assert found.count() == (1 if status == 200 else 0)


def test_a_file_the_store_has_lost_is_not_found(cast, case, sign_in):
    from registry import evidence_store

    made = talking.some_file(case, cast.officer)
    evidence_store.delete(made.file)
    assert sign_in(cast.officer).get(f"/evidence/{made.uuid}/file/").status_code == 404


# -- links that can be passed on -------------------------------------------------------------------


def test_a_link_opens_without_signing_in_and_is_on_the_record(cast, case, sign_in):
    made = talking.some_file(case, cast.officer)
    page = sign_in(cast.leader).post(f"/evidence/{made.uuid}/link/").content.decode()
    address = re.search(r'value="http://testserver([^"]+)"', page).group(1)
    answer = Client().get(address)
    assert b"".join(answer) == talking.pdf()
    assert Event.objects.get(kind="evidence.linked").actor == cast.leader
    used = Event.objects.get(kind="evidence.downloaded")
    assert used.actor is None and cast.leader.name in used.acting_for


def test_an_expired_link_says_so_and_leads_to_the_page(cast, case, monkeypatch):
    made = talking.some_file(case, cast.officer)
    address = signed_address(made, cast.officer)
    now = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + 14 * 60)
    assert b"".join(Client().get(address)) == talking.pdf()
    monkeypatch.setattr(signing.time, "time", lambda: now + 16 * 60)
    answer = Client().get(address)
    assert answer.status_code == 410
    assert (
        "This link has expired" in answer.content.decode()
        and f'href="/evidence/{made.uuid}/"' in answer.content.decode()
    )
    assert Client().get(f"/evidence/{made.uuid}/")["Location"].startswith("/accounts/login/?next=")


def test_a_link_that_was_changed_leads_nowhere(cast, case):
    address = signed_address(talking.some_file(case, cast.officer), cast.officer)
    assert Client().get(address[:-3] + "x/").status_code == 404
    other = signing.dumps({"evidence": "x", "user": 1}, salt="another purpose")
    assert Client().get(reverse("evidence-signed", args=[other])).status_code == 404


def test_a_link_ends_with_the_rights_of_who_made_it(cast, case):
    made = talking.some_file(case, cast.officer)
    address = signed_address(made, cast.leader)
    cast.leader.memberships.update(ends_on=timezone.localdate() - timedelta(days=1))
    assert Client().get(address).status_code == 410


def test_there_is_no_link_to_restricted_material(cast, case, sign_in):
    made = talking.some_file(case, cast.officer)
    address = signed_address(made, cast.officer)
    type(case).objects.filter(pk=case.pk).update(handling="restricted")
    answer = sign_in(cast.officer).post(f"/evidence/{made.uuid}/link/", follow=True)
    assert "Restricted material is not passed on by a link" in answer.content.decode()
    assert Client().get(address).status_code == 410, "also one that was made before"


# -- API -------------------------------------------------------------------------------------------


@pytest.fixture
def caller(cast: Any) -> Any:
    """Calls the API with a token of somebody."""

    def call(person: Any) -> Client:
        _, token = AuthToken.objects.create(user=person)
        return Client(headers={"Authorization": f"Token {token}"})

    return call


def test_the_api_lists_adds_and_gives_a_link(cast, case, caller):
    client, address = caller(cast.officer), f"/api/use-cases/{case.use_case_id}/evidence/"
    made = client.post(address, {**WORDS, "file": talking.upload(), "practice": "testing"})
    assert made.status_code == 201 and made.json()["state"] == "current", made.content
    listed = caller(cast.leader).get(address).json()["results"]
    assert [row["sha256"] for row in listed] == [made.json()["sha256"]]
    link = caller(cast.leader).post(f"{address}{made.json()['uuid']}/link/").json()
    assert b"".join(Client().get(link["url"])) == talking.pdf() and link["seconds"] == 900


@pytest.mark.parametrize(
    ("person", "given", "status", "says"),
    [
        ("officer", {"file": talking.upload("a.pdf", talking.png())}, 400, "PNG picture"),
        ("officer", {}, 400, "Choose a file"),
        (
            "officer",
            {"file": talking.upload(), "field": "vendor_name", "practice": "nonsense"},
            400,
            "available choices",
        ),
        ("priv", {"file": talking.upload()}, 403, "Only the owner"),
        ("other_officer", {"file": talking.upload()}, 404, "No UseCase|not found|Not found"),
    ],
)
def test_the_api_refuses_as_the_page_does(person, given, status, says, cast, case, caller):
    answer = caller(getattr(cast, person)).post(f"/api/use-cases/{case.use_case_id}/evidence/", {**WORDS, **given})
    assert answer.status_code == status
    assert status == 404 or re.search(says, answer.content.decode())
