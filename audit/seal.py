"""Sealing: a chain of SHA-256 over everything that was recorded, a link for each event (design section 3).

The link of an event is SHA-256 over the link before it and the event's canonical bytes; a seal's hash is the link of
its last event, in hexadecimal, and the first link of the next seal continues from it. `audit.verify` walks the chain.
"""

import hashlib
from collections.abc import Iterable

from django.db import connection, transaction
from django.utils import timezone

from audit.models import Event, Seal, SealedEvent

GENESIS = "0" * 64
LOCK = 7_139_081  # advisory lock: one sealer at a time
EVENTS_A_SEAL = 20_000  # what a sealer holds in memory, however much waits


def seal_audit() -> Seal | None:
    """Seal every committed event that has no seal yet; the newest seal made, None when there was nothing to seal.

    Whatever was committed late is taken by the next seal: rows are looked for, not numbers above a last one.
    """
    newest = None
    while made := _seal_some():
        newest = made
        if made.event_count < EVENTS_A_SEAL:
            break
    return newest


@transaction.atomic
def _seal_some() -> Seal | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    now = timezone.now()
    waiting = Event.objects.filter(sealed=None, recorded_at__lte=now).order_by("id")
    events = list(waiting.values_list("id", "canonical")[:EVENTS_A_SEAL])
    if not events:
        return None
    last = newest_seal()
    previous = last.sha256 if last else GENESIS
    links = list(chain(previous, (bytes(stored) for _, stored in events)))
    seal = Seal.objects.create(
        number=last.number + 1 if last else 1,
        previous_sha256=previous,
        sha256=links[-1].hex(),
        event_count=len(events),
        sealed_at=now,
    )
    rows = [
        SealedEvent(event_id=pk, seal=seal, position=position, link=link)
        for position, ((pk, _), link) in enumerate(zip(events, links, strict=True))
    ]
    SealedEvent.objects.bulk_create(rows, batch_size=5000)
    return seal


def newest_seal() -> Seal | None:
    """The newest seal, or None before the first."""
    return Seal.objects.order_by("-number").first()


def chain(previous: str, parts: Iterable[bytes]) -> Iterable[bytes]:
    """The link of each of these events (32 bytes), after a seal's hash."""
    link = bytes.fromhex(previous)
    for part in parts:
        link = hashlib.sha256(link + part).digest()
        yield link
