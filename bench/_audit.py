"""Verifying a million events against a bare script that reads the same columns and hashes the same bytes."""

import hashlib
import json
from datetime import UTC

from django.db import connection, transaction

from audit.log import Entry, Subject, record_many
from audit.models import Event
from audit.seal import seal_audit
from audit.verify import verify_audit
from bench._measure import Copies, pairs, ratios, say, seconds, vacuum

EVENTS = 1_000_000
A_WRITE = 20_000
BAR = 1.5
BARE = """
    SELECT e.uuid, e.act, e.kind, e.subject_type, e.subject_id, e.subject_label, e.timeline, e.actor_id, e.actor_label,
           e.acting_for, e.reason, e.data, e.recorded_at, e.canonical, s.link
    FROM audit_sealedevent s JOIN audit_event e ON e.id = s.event_id ORDER BY s.seal_id, s.position
"""


def verify() -> None:
    """Seconds of each, and their ratio; both must have read every event."""
    copies = Copies()
    try:
        copies.make("events")
        _events()
        found = pairs(lambda: seconds(_bare), lambda: seconds(_verify))
        say("verify.seconds_bare", [bare for bare, _ in found])
        say("verify.seconds", [ours for _, ours in found])
        say("verify.over_bare", ratios(found), bar=BAR)
    finally:
        copies.drop()


def _events() -> None:
    """Invented events of several kinds, over half a year, sealed."""
    for first in range(Event.objects.count(), EVENTS, A_WRITE):
        entries = [
            Entry(
                ("use_case.saved", "lane.signed_off", "use_case.filed")[n % 3],
                Subject("use_case", f"DHS-{n % 5000}", f"Invented case {n % 5000}", timeline=f"DHS-{n % 5000}"),
                reason="An invented reason of about the length people write." if n % 4 == 0 else "",
                data={"round": n % 5, "revision": n % 40, "fields": ["benefits", "problem_solved"]},
            )
            for n in range(first, min(first + A_WRITE, EVENTS))
        ]
        with transaction.atomic():
            record_many(entries, actor=None)
    seal_audit()
    vacuum()


def _verify() -> None:
    found = verify_audit()
    if not found.ok or found.sealed < EVENTS:
        raise RuntimeError(f"Not verified: {found.first_bad}, {found.sealed} sealed")


def _bare() -> None:
    """What nobody can do without: read the columns, build the bytes, hash them, compare."""
    count, link = 0, bytes(32)
    with transaction.atomic(), connection.connection.cursor("bare") as cursor:
        cursor.itersize = A_WRITE
        cursor.execute(BARE)
        for row in cursor:
            (
                uid,
                act,
                kind,
                of_type,
                of_id,
                label,
                timeline,
                actor,
                actor_label,
                acting,
                reason,
                data,
                at,
                kept,
                sealed,
            ) = row
            columns = {
                "uuid": str(uid), "act": str(act), "kind": kind, "subject": [of_type, of_id, label, timeline],
                "actor": [actor, actor_label, acting], "reason": reason, "data": json.loads(data),
                "recorded_at": at.astimezone(UTC).isoformat(),
            }  # fmt: skip
            text = json.dumps(columns, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
            link = hashlib.sha256(link + text).digest()
            if text != bytes(kept) or link != bytes(sealed):
                raise RuntimeError(f"event {uid} differs")
            count += 1
    if count < EVENTS:
        raise RuntimeError(f"read {count} events of {EVENTS}")
