"""Telling people of what happened: into their inbox, and by mail as each of them chose.

A row per event and person, made from the events and sent by a worker. Work is a row: a mail that cannot go out now
waits longer each time, is given up after some days, and stands on the administrator's page until it went.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from smtplib import SMTPException
from time import monotonic
from typing import Any

import structlog
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.models import Event
from governance import letters, recipients
from governance.actions import digests, jobs
from governance.models import Digest, How, NoticeChoice, NoticeDispatch
from governance.models.jobs import Job
from governance.notice_groups import ALWAYS, group_of
from governance.reads import inbox

log = structlog.get_logger("portal.notices")
LOOK_BACK = timedelta(days=7)
AT_ONCE = 500  # events a batch: what a dispatch holds in memory does not grow with what waits
MAILS_A_ROUND = 200
# The wait after the first, second, ... attempt; together about four days.
WAITS = [timedelta(minutes=minutes) for minutes in (3, 10, 30, 60, 180, 360, 720, 1440, 1440, 1440)]
MOST = len(WAITS) + 1
# Letters that belong to a mail only: they hold a link that signs in.
BY_MAIL_ONLY = ("user.invited",)
SPENT = "The letter could not be written"


@transaction.atomic
def prepare() -> int:
    """Make a row for each person an event is to be told to; returns how many."""
    missing = Event.objects.filter(
        kind__in=recipients.KINDS, recorded_at__gte=timezone.now() - LOOK_BACK, notices=None
    ).order_by("id")
    rows: list[NoticeDispatch] = []
    for event in missing[:AT_ONCE]:
        found = [NoticeDispatch(event=event, recipient=person) for person in recipients.recipients(event)]
        found += [NoticeDispatch(event=event, address=address) for address in recipients.mailboxes(event)]
        rows += found or [NoticeDispatch(event=event)]
    _as_chosen(rows)
    NoticeDispatch.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _as_chosen(rows: Iterable[NoticeDispatch]) -> None:
    """Give each row its group, and what its person chose for that."""
    people = {row.recipient_id for row in rows if row.recipient_id}
    chosen = {
        (user, group): how
        for user, group, how in NoticeChoice.objects.filter(user__in=people).values_list("user", "group", "how")
    }
    for row in rows:
        row.group = group_of(row.event.kind)
        if row.group != ALWAYS:
            row.how = chosen.get((row.recipient_id or 0, row.group), How.AT_ONCE)


def work_off(for_seconds: float = 25) -> int:
    """Deliver round after round until nothing waits, or the time is up; returns how many notices.

    The next call goes on where this one stopped.
    """
    until, count = monotonic() + for_seconds, 0
    while (handled := dispatch()) and monotonic() < until:
        count += handled
    return count + handled


def dispatch() -> int:
    """Prepare and deliver a round of what waits; returns how many notices were handled, mailed or not."""
    prepare()
    with _mailer() as send:
        found = list(jobs.waiting(NoticeDispatch).order_by("pk").values_list("pk", flat=True)[:MAILS_A_ROUND])
        for pk in found:
            _deliver(pk, send)
        daily = list(jobs.waiting(Digest).order_by("pk").values_list("pk", flat=True)[:MAILS_A_ROUND])
        for pk in daily:
            _deliver_digest(pk, send)
    return len(found) + len(daily)


Send = Callable[[EmailMultiAlternatives], None]


@contextmanager
def _mailer() -> Iterator[Send]:
    """Send over one connection, made anew after an error."""
    connection = get_connection()

    def send(message: EmailMultiAlternatives) -> None:
        connection.open()  # nothing when it is open
        message.connection = connection
        try:
            message.send()
        except (SMTPException, OSError):
            connection.close()
            raise

    try:
        yield send
    finally:
        connection.close()


def _deliver(pk: int, send: Send) -> None:
    notice = jobs.claim(NoticeDispatch, pk, most=MOST)
    if notice is None:
        return
    person = notice.recipient
    if person is None and notice.address:
        person = User(name=f"For the team at {notice.address}", email=notice.address)  # nobody's account: never saved
    if person is None or not inbox.current(NoticeDispatch.objects.filter(pk=pk)).exists():
        jobs.finish(notice)  # nobody to tell, or overtaken before anybody was told
        return
    try:
        letter = letters.compose(notice.event, person)
    except Exception as error:  # one letter that cannot be written must not hold up the others
        log.exception("letter_not_written", notice=notice.pk)
        jobs.fail(notice, f"{SPENT}: {type(error).__name__}: {error}")
        return
    _show(notice, letter)
    if notice.how != How.AT_ONCE:
        jobs.finish(notice)
        return
    _mail(notice, letters.message(letter, person.email, chooses=_chooses(notice)), send)


def _chooses(notice: NoticeDispatch) -> bool:
    return notice.recipient_id is not None and notice.group != ALWAYS


def _show(notice: NoticeDispatch, letter: letters.Letter) -> None:
    """Put it into the inbox, before the mail is tried: a mail server that is away hides nothing."""
    if notice.event.kind in BY_MAIL_ONLY:
        NoticeDispatch.objects.filter(pk=notice.pk).update(subject=letter.subject[:300])
        return
    NoticeDispatch.objects.filter(pk=notice.pk, shown_at=None).update(
        subject=letter.subject[:300], path=letter.path[:300], shown_at=timezone.now()
    )


def _deliver_digest(pk: int, send: Send) -> None:
    digest = jobs.claim(Digest, pk, most=MOST)
    if digest is None:
        return
    letter = digests.compose(digest)
    if letter is None:
        jobs.finish(digest)  # all of it was read or overtaken
        return
    _mail(digest, letters.message(letter, digest.recipient.email, chooses=True), send)


def _mail(job: Any, message: EmailMultiAlternatives, send: Send) -> None:
    try:
        send(message)
    except (SMTPException, OSError) as error:
        log.warning("mail_not_sent", job=f"{type(job).__name__} {job.pk}", attempt=job.attempts, error=str(error))
        said = f"{type(error).__name__}: {error}"
        jobs.postpone(job, said, WAITS[min(job.attempts, len(WAITS)) - 1])
        return
    jobs.finish(job, sent_at=timezone.now())


def try_again(rows: Iterable[Job]) -> int:
    """Queue mails that did not go out; returns how many."""
    count = 0
    for row in rows:
        jobs.again(row)
        count += 1
    return count
