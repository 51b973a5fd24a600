"""The only writers of events: `record()` for one subject, `record_many()` for set-based acts."""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from operator import attrgetter
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from audit.kinds import KINDS
from audit.models import Event

SYSTEM = "The portal"


@dataclass(frozen=True)
class Subject:
    """What an event is about: a type word, a public id, a label that survives it, and whose timeline shows it."""

    type: str
    id: str
    label: str = ""
    timeline: str = ""


@dataclass(frozen=True)
class Entry:
    """One event to be recorded by `record_many()`."""

    kind: str
    subject: Subject
    reason: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def subject_of(thing: Any) -> Subject:
    """The subject of a model instance: the models say it themselves by `event_subject()`."""
    return thing if isinstance(thing, Subject) else thing.event_subject()


def record(
    kind: str,
    thing: Any,
    *,
    actor: Any,
    reason: str = "",
    data: Mapping[str, Any] | None = None,
    act: uuid.UUID | None = None,
    acting_for: str = "",
) -> Event:
    """Write one event in the running transaction; `actor` None is the portal itself.

    Raises ValueError for an unregistered kind, RuntimeError outside a transaction: an act and its event stand or
    fall together.
    """
    entry = Entry(kind, subject_of(thing), reason, data or {})
    return record_many([entry], actor=actor, act=act, acting_for=acting_for)[0]


def record_many(
    entries: Iterable[Entry], *, actor: Any, act: uuid.UUID | None = None, acting_for: str = ""
) -> list[Event]:
    """Write one event per entry, all of one act, in the running transaction."""
    if not connection.in_atomic_block:
        raise RuntimeError("An event is written in the transaction of its act.")
    act, now = act or uuid.uuid4(), timezone.now()
    return Event.objects.bulk_create(
        [_event(entry, actor=actor, act=act, acting_for=acting_for, now=now) for entry in entries],
        batch_size=2000,
    )


def record_refusal(thing: Any, *, actor: Any, verb: str, reasons: Iterable[str]) -> Event:
    """Record a refused attempt at a protected act, in its own transaction: the attempt's was rolled back."""
    with transaction.atomic():
        return record("act.refused", thing, actor=actor, data={"verb": verb, "reasons": list(reasons)})


def _event(entry: Entry, *, actor: Any, act: uuid.UUID, acting_for: str, now: Any) -> Event:
    if entry.kind not in KINDS:
        raise ValueError(f"Unknown event kind {entry.kind!r}: add it to audit/kinds.py.")
    event = Event(
        act=act,
        kind=entry.kind,
        subject_type=entry.subject.type,
        subject_id=entry.subject.id,
        subject_label=entry.subject.label[:300],
        timeline=entry.subject.timeline,
        actor=actor,
        actor_label=str(actor) if actor else SYSTEM,
        acting_for=acting_for,
        reason=entry.reason,
        data=json.loads(json.dumps(dict(entry.data), default=str)),
        recorded_at=now,
    )
    event.canonical = canonical(event)
    return event


# The columns a seal covers, in the order `canonical_of` takes them.
CANONICAL = (
    "uuid", "act", "kind", "subject_type", "subject_id", "subject_label", "timeline", "actor_id", "actor_label",
    "acting_for", "reason", "data", "recorded_at",
)  # fmt: skip
_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode
_columns = attrgetter(*CANONICAL)


def canonical(event: Event) -> bytes:
    """The bytes a seal covers: the event's columns as JSON with sorted keys."""
    return canonical_of(_columns(event))


def canonical_of(columns: Sequence[Any]) -> bytes:
    """The same from the values of the columns `CANONICAL`, as they come from the database."""
    uid, act, kind, of_type, of_id, label, timeline, actor, actor_label, acting_for, reason, data, at = columns
    return _encode({
        "uuid": str(uid), "act": str(act), "kind": kind, "subject": [of_type, of_id, label, timeline],
        "actor": [actor, actor_label, acting_for], "reason": reason, "data": data,
        "recorded_at": at.astimezone(UTC).isoformat(),
    }).encode()  # fmt: skip
