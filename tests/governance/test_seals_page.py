"""The page of seals: verifications by a worker, a printed seal held against the log, and who is told when it breaks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from audit.models import Event, Seal
from audit.seal import seal_audit
from audit.workflow import Refused
from governance.actions import jobs, notices, resend, seals
from governance.models import Verification
from tests.audit.test_seals import as_owner, at, recorded
from tests.governance.test_reviews_pages import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def sealed(cast: Any) -> Seal:
    recorded(4)
    made = seal_audit()
    assert made is not None
    return made


def test_a_printed_seal_is_held_against_the_log(cast: Any, sign_in: Any, sealed: Seal) -> None:
    client, url = sign_in(cast.leader), reverse("seals-overview")
    broken = f" {sealed.sha256[:40].upper()}\n{sealed.sha256[40:]} "  # as copied from two lines of a page
    page = text(client.get(url, {"number": sealed.number, "sha256": broken}))
    assert f"Seal {sealed.number} is in the log as printed: it took {sealed.event_count} events" in page
    assert "has another hash in the log" in text(client.get(url, {"number": sealed.number, "sha256": "0" * 64}))
    assert "The log has no seal 99" in text(client.get(url, {"number": 99, "sha256": sealed.sha256}))
    wrong = client.get(url, {"number": "x", "sha256": "abc"})
    assert wrong.status_code == 400 and "Give all 64 digits" in text(wrong)
    foot = client.get(url, {"number": sealed.number, "sha256": f"{sealed.sha256[:16]}…"})
    assert "The foot of a page has the first 16 only" in text(foot)
    assert "Verify it now" not in text(client.get(url)), "leadership looks, auditors ask"


def test_who_asks_has_the_chain_walked_by_a_worker(cast: Any, sign_in: Any, sealed: Seal) -> None:
    client = sign_in(cast.auditor)
    for _ in range(2):
        client.post(reverse("seals-verify"))
    row = Verification.objects.get()
    assert (row.state, row.requested_by) == ("queued", cast.auditor), "asked twice, made once"
    assert "waits for a worker" in text(client.get(reverse("seals-overview")))
    assert seals.verify(row.uuid) is not None and seals.verify(row.uuid) is None
    row.refresh_from_db()
    assert row.state == "done" and row.result["ok"] and row.result["sealed"] == sealed.event_count
    page = text(client.get(reverse("seals-overview")))
    assert f"The history is as it was recorded: {sealed.event_count} events in 1 seal," in page
    with pytest.raises(Refused, match="Auditors, the Chief AI Officer and administrators"):
        seals.request_verification(actor=cast.leader)


def test_a_broken_log_is_told_to_those_who_must_know(cast: Any, sign_in: Any, sealed: Seal) -> None:
    event = at(sealed, 2).event
    as_owner("UPDATE audit_event SET reason = 'x' WHERE id = %(pk)s", pk=event.pk)
    people = {cast.auditor.email, cast.administrator.email, cast.caio.email}
    cast.leader  # noqa: B018 (is told nothing)
    seals.nightly()
    told = Event.objects.get(kind="audit.found_broken")
    assert told.data["places"] == 1 and str(event.uuid) in told.data["first"]
    while notices.dispatch():
        pass
    sent = [one for one in mail.outbox if "audit log is not as it was recorded" in one.subject]
    assert {address for one in sent for address in one.to} == people
    page = text(sign_in(cast.auditor).get(reverse("seals-overview")))
    assert "The history is not as it was recorded" in page and "1 place does not fit" in page
    assert f"event {event.uuid} (seal {sealed.number}, position 2)" in page


def test_a_verification_whose_worker_died_is_taken_up_again(cast: Any, sealed: Seal) -> None:
    row = seals.request_verification(actor=cast.auditor, printed={sealed.number: sealed.sha256})
    assert jobs.claim(Verification, row.pk) is not None
    Verification.objects.filter(pk=row.pk).update(
        lease_until=timezone.now() - timedelta(seconds=1), queued_at=timezone.now() - timedelta(minutes=9)
    )
    assert resend.resend_jobs() == 1
    done = seals.verify(row.uuid)
    assert done is not None and done.result["ok"] and done.attempts == 2
