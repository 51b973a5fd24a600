"""Status changes: one conditional UPDATE that must change exactly one row, plus its event."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from django.db import models, transaction

from audit.log import record
from audit.models import Event


class Edge(Protocol):
    """One row of a transition table, as `lifecycle.py` modules hold it."""

    @property
    def verb(self) -> str: ...
    @property
    def sources(self) -> tuple[str, ...]: ...
    @property
    def target(self) -> str: ...
    @property
    def event_kind(self) -> str: ...


class Refused(Exception):
    """An act that may not happen now. `reasons` are sentences for the person who tried."""

    def __init__(self, *reasons: str) -> None:
        self.reasons = list(reasons)
        super().__init__(" ".join(reasons))


class Stale(Refused):
    """Somebody else was first: the record is no longer as the person saw it."""


@transaction.atomic
def move(
    instance: models.Model,
    edge: Edge,
    *,
    actor: Any,
    blocked: Iterable[str] = (),
    reason: str = "",
    data: Mapping[str, Any] | None = None,
    act: uuid.UUID | None = None,
    acting_for: str = "",
    **columns: Any,
) -> Event:
    """Move `instance.status` along `edge` and record it; the only place that assigns a status.

    `blocked` is what the edge's guard returned; `columns` change in the same UPDATE. Raises Refused with the
    guard's reasons, Stale when the status in the database is not one of the edge's sources any more.
    """
    reasons = list(blocked)
    if reasons:
        raise Refused(*reasons)
    # A model that has a transition table has a status; Model itself does not say so.
    before = instance.status  # type: ignore[attr-defined]  # any model with a status
    rows = type(instance)._default_manager.filter(pk=instance.pk, status__in=edge.sources)
    if rows.update(status=edge.target, **columns) != 1:
        raise Stale("Somebody else has acted on this in the meantime. Reload the page to see where it stands.")
    for name, value in {"status": edge.target, **columns}.items():
        setattr(instance, name, value)
    return record(
        edge.event_kind,
        instance,
        actor=actor,
        reason=reason,
        act=act,
        acting_for=acting_for,
        data={"from": before, "to": edge.target, **(data or {})},
    )
