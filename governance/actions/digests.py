"""One mail a day, for those who chose it: the notices since the last one, each with its link."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from governance.letters import Letter
from governance.models import Digest, How, NoticeDispatch
from governance.models.jobs import Job
from governance.notice_groups import GROUPS
from governance.reads import inbox

MOST_LINES = 60  # the page has them all


def make_digests(day: date | None = None) -> int:
    """Put what waits for the daily mail under one mail a person; returns how many. Made twice a day it adds nothing."""
    day = day or timezone.localdate()
    waiting = NoticeDispatch.objects.filter(
        how=How.DAILY,
        state=Job.State.DONE,
        shown_at__isnull=False,
        sent_at=None,
        digest=None,
        recipient__is_active=True,
    )
    people = list(waiting.order_by().values_list("recipient", flat=True).distinct())
    return sum(_make(person, day, waiting) for person in people)


@transaction.atomic
def _make(person: int, day: date, waiting: object) -> int:
    digest, is_new = Digest.objects.get_or_create(recipient_id=person, day=day)
    if not is_new:
        return 0  # what came since waits for tomorrow
    NoticeDispatch.objects.filter(pk__in=waiting.filter(recipient=person).values("pk")).update(digest=digest)  # type: ignore[attr-defined]  # grouped rows keep their queryset
    return 1


def compose(digest: Digest) -> Letter | None:
    """The letter of a day; None when nothing of it is new any more."""
    rows = list(inbox.new(digest.recipient).filter(digest=digest).order_by("id")[: MOST_LINES + 1])
    if not rows:
        return None
    count = inbox.new(digest.recipient).filter(digest=digest).count()
    groups = [(group.label, [row for row in rows[:MOST_LINES] if row.group == group.code]) for group in GROUPS]
    path = reverse("notices-inbox")
    context = {
        "person": digest.recipient, "count": count, "groups": [(label, found) for label, found in groups if found],
        "more": max(0, count - MOST_LINES), "base": settings.PORTAL_BASE_URL,
        "link": settings.PORTAL_BASE_URL + path, "marking": settings.PORTAL_MARKING, "day": digest.day,
    }  # fmt: skip
    subject, body = render_to_string("mail/digest.txt", context).split("\n", 1)
    return Letter(subject.strip(), body.strip() + "\n", path)
