"""Sealing and verifying: a chain of SHA-256 over everything that was recorded."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from audit.log import canonical
from audit.models import Event, Seal, SealedEvent

GENESIS = "0" * 64
LOCK = 7_139_081  # advisory lock: one sealer at a time


@dataclass(frozen=True)
class Verified:
    """The outcome of a verification: counts, and the first thing that does not fit."""

    events: int
    sealed: int
    seals: int
    ok: bool
    first_bad: str | None


@transaction.atomic
def seal_audit() -> Seal | None:
    """Seal every committed event that has no seal yet; None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    events = list(Event.objects.filter(sealed=None).order_by("id").only("id", "canonical"))
    if not events:
        return None
    last = Seal.objects.order_by("-number").first()
    previous = last.sha256 if last else GENESIS
    seal = Seal.objects.create(
        number=last.number + 1 if last else 1,
        previous_sha256=previous,
        sha256=_chain(previous, (bytes(event.canonical) for event in events)),
        event_count=len(events),
        sealed_at=timezone.now(),
    )
    SealedEvent.objects.bulk_create(
        [SealedEvent(event=event, seal=seal, position=n) for n, event in enumerate(events)], batch_size=5000
    )
    return seal


def newest_seal() -> Seal | None:
    """The newest seal, or None before the first."""
    return Seal.objects.order_by("-number").first()


def verify_audit() -> Verified:
    """Walk the whole chain seal by seal; no size cap and no switch to turn it off."""
    previous, sealed, seals = GENESIS, 0, 0
    for seal in Seal.objects.order_by("number").iterator():
        bad = _first_bad(seal, previous, seals + 1)
        if bad:
            return Verified(Event.objects.count(), sealed, seals, ok=False, first_bad=bad)
        previous, sealed, seals = seal.sha256, sealed + seal.event_count, seals + 1
    return Verified(Event.objects.count(), sealed, seals, ok=True, first_bad=None)


def _first_bad(seal: Seal, previous: str, number: int) -> str | None:
    if seal.number != number or seal.previous_sha256 != previous:
        return f"seal {seal.number} does not follow the one before it"
    digest, count = hashlib.sha256(previous.encode()), 0
    rows = SealedEvent.objects.filter(seal=seal).order_by("position").select_related("event")
    for row in rows.iterator(chunk_size=2000):
        stored = bytes(row.event.canonical)
        if stored != canonical(row.event):
            return f"event {row.event.uuid} was changed after it was recorded"
        digest.update(stored)
        count += 1
    if count != seal.event_count or digest.hexdigest() != seal.sha256:
        return f"seal {seal.number} does not match its events"
    return None


def _chain(previous: str, parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256(previous.encode())
    for part in parts:
        digest.update(part)
    return digest.hexdigest()
