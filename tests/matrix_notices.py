"""Rows of the URL x role matrix: notices."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.log import record
from governance.models import NoticeDispatch
from governance.models.jobs import Job
from tests.matrix_row import EVERYBODY, Row


def told(person: Any, *, of: Any, subject: str = "Invented notice", **columns: Any) -> NoticeDispatch:
    """A notice in somebody's inbox."""
    with transaction.atomic():
        event = record("user.invited", of, actor=None)
    given = {"subject": subject, "path": "/", "shown_at": timezone.now(), "state": Job.State.DONE, **columns}
    return NoticeDispatch.objects.create(event=event, recipient=person, **given)


def some_notices(cast: Any) -> dict[str, Any]:
    """Each has a few, one read."""
    for person in (cast.auditor, cast.officer):
        told(person, of=cast.officer)
        told(person, of=cast.lead, read_at=timezone.now())
    return {}


def one_of_the_officer(cast: Any) -> dict[str, Any]:
    """The officer's own."""
    return {"pk": told(cast.officer, of=cast.officer).pk}


def not_delivered(cast: Any) -> dict[str, Any]:
    """One mail given up, one still tried."""
    for state in (Job.State.FAILED, Job.State.RUNNING):
        told(
            cast.officer, of=cast.officer, state=state, attempts=3, error="SMTPServerDisconnected: invented",
            lease_until=timezone.now() if state == Job.State.RUNNING else None,
        )  # fmt: skip
    return {}


ROWS: dict[str, Row] = {
    "notices-inbox": Row(EVERYBODY, some_notices, body={"show": "all"}),
    "notices-open": Row(("officer",), one_of_the_officer, is_page=False),
    "notices-keep_new": Row(("officer",), one_of_the_officer, method="POST"),
    "notices-read_all": Row(EVERYBODY, some_notices, method="POST", body={"newest": "1"}),
    "notices-choices": Row(EVERYBODY),
    "notices-undelivered": Row(("administrator",), not_delivered),
    "notices-send_again": Row(("administrator",), not_delivered, method="POST"),
}
