"""A person's notices: what is new, what was, and which mails did not go out."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from audit.models import Event
from governance.lifecycles import LANE_MOVES
from governance.models import Digest, How, NoticeChoice, NoticeDispatch
from governance.models.jobs import Job
from governance.notice_groups import CHOOSABLE, Group
from governance.recipients import gates, reminders
from registry.lifecycle import TRANSITIONS
from registry.models import UseCase
from registry.models.use_case import Handling
from registry.permissions import visible_to

OF_CASES = frozenset(edge.event_kind for edge in TRANSITIONS)
TOLD_OF_CASES = OF_CASES | {"use_case.changed_materially"}
OF_LANES = frozenset({*(edge.event_kind for edge in LANE_MOVES), "lane.assigned"})
# What waits in a round; it is over when the case has moved on.
OF_ROUNDS = frozenset({*OF_LANES, "lane.called_in", *reminders.OF_LANES})
# What asks for a case's yearly confirmation; it is over when that is certified.
OF_YEARS = frozenset({gates.CONFIRMED, gates.DUE, gates.OVERDUE})


def current(rows: QuerySet[NoticeDispatch]) -> QuerySet[NoticeDispatch]:
    """Without what was overtaken: the case has moved on since, or the lane has, by a later event."""
    later = Event.objects.filter(id__gt=OuterRef("event_id"), timeline=OuterRef("event__timeline"))
    moved = later.filter(kind__in=OF_CASES)
    spoken = later.filter(subject_type="lane", subject_id=OuterRef("event__subject_id"), kind__in=OF_LANES)
    certified = later.filter(kind="use_case.certified_for_year")
    rows = rows.exclude(Q(Exists(certified), event__kind__in=OF_YEARS))
    rows = rows.exclude(Q(Exists(moved), event__kind__in=TOLD_OF_CASES | OF_ROUNDS))
    return rows.exclude(Q(Exists(spoken), event__kind__in=OF_ROUNDS))


def of_person(person: Any) -> QuerySet[NoticeDispatch]:
    """All that stands in a person's inbox, newest first, without cases they may not know of any more."""
    hidden = UseCase.objects.filter(handling=Handling.RESTRICTED).exclude(pk__in=visible_to(person).values("pk"))
    rows = NoticeDispatch.objects.filter(recipient=person, shown_at__isnull=False)
    return rows.exclude(event__timeline__in=hidden.values("use_case_id")).order_by("-event__recorded_at", "-id")


def new(person: Any) -> QuerySet[NoticeDispatch]:
    """What is not read and still so."""
    return current(of_person(person).filter(read_at=None))


def unread(person: Any) -> int:
    """How many are new; asked on every page, so nothing else is when there is none."""
    if not NoticeDispatch.objects.filter(recipient=person, shown_at__isnull=False, read_at=None).exists():
        return 0
    return new(person).count()


def choices(person: User) -> list[tuple[Group, str]]:
    """Each group with what the person chose for it."""
    chosen = dict(NoticeChoice.objects.filter(user=person).values_list("group", "how"))
    return [(group, chosen.get(group.code, How.AT_ONCE)) for group in CHOOSABLE]


def undelivered() -> QuerySet[NoticeDispatch]:
    """Mails that were tried and did not go out: those given up, and those still tried."""
    rows = NoticeDispatch.objects.exclude(error="").exclude(state=Job.State.DONE)
    return rows.select_related("recipient", "event").order_by("state", "-queued_at")


def undelivered_digests() -> QuerySet[Digest]:
    """The same for the mails of a day."""
    return Digest.objects.exclude(error="").exclude(state=Job.State.DONE).select_related("recipient")
