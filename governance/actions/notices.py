"""Notices: found from events by the rows that are missing, so commit order cannot skip one. No action sends mail."""

from datetime import timedelta
from smtplib import SMTPException
from typing import Any

import structlog
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.models import Event
from audit.reads import sentence
from governance import recipients
from governance.actions import jobs
from governance.models import NoticeDispatch
from governance.recipients import lanes as told_lanes
from governance.recipients import talk as recipients_talk
from registry.marking import NEED_TO_KNOW
from registry.models import JoinRequest, UseCase
from registry.models.use_case import Handling

log = structlog.get_logger("portal.notices")
LOOK_BACK = timedelta(days=7)


@transaction.atomic
def prepare() -> int:
    """Make a dispatch row for each person an event is to be told to; returns how many."""
    missing = Event.objects.filter(
        kind__in=recipients.KINDS, recorded_at__gte=timezone.now() - LOOK_BACK, notices=None
    ).order_by("id")
    rows = []
    for event in missing[:500]:
        found = [NoticeDispatch(event=event, recipient=person) for person in recipients.recipients(event)]
        found += [NoticeDispatch(event=event, address=address) for address in recipients.mailboxes(event)]
        rows += found or [NoticeDispatch(event=event)]
    NoticeDispatch.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def dispatch() -> int:
    """Prepare and send what waits; a mail that cannot be sent now is tried again when its lease ends."""
    prepare()
    sent = 0
    for pk in list(jobs.waiting(NoticeDispatch).values_list("pk", flat=True)[:200]):
        notice = jobs.claim(NoticeDispatch, pk)
        if notice and _send(notice):
            sent += 1
    return sent


def _send(notice: NoticeDispatch) -> bool:
    person = notice.recipient
    if person is None and notice.address:
        person = User(name=f"For the team at {notice.address}", email=notice.address)  # nobody's account: never saved
    if person is None:
        jobs.finish(notice)
        return False
    try:
        _mail(notice.event, person).send()
    except (SMTPException, OSError) as error:
        log.warning("mail_not_sent", notice=notice.pk, error=str(error))
        return False
    jobs.finish(notice, sent_at=timezone.now())
    return True


def _mail(event: Event, person: User) -> EmailMessage:
    template = "use_case" if event.kind in recipients.ABOUT_CASES else event.kind.replace(".", "_")
    template = "join" if event.kind in recipients.JOINS else template
    template = "lane" if event.kind in told_lanes.KINDS else template
    if event.kind in recipients_talk.KINDS:
        template = recipients_talk.mail(event)[0]
    context = {
        "event": event,
        "person": person,
        "sentence": sentence(event),
        "letter": _letter(event, person),
        "base": settings.PORTAL_BASE_URL,
        "link": settings.PORTAL_BASE_URL + _path(event),
        "marking": _marking(event),
    }
    text = render_to_string(f"mail/{template}.txt", context)
    subject, body = text.split("\n", 1)
    return EmailMessage(subject=subject.strip(), body=body.lstrip(), to=[person.email])


def _letter(event: Event, person: User) -> dict[str, Any]:
    """What a mail says besides its event, for this person."""
    if event.kind == recipients.CLOSED:
        return {"of": JoinRequest.objects.get(uuid=event.subject_id).use_case.component.code}
    for others in recipients.OWN:
        if event.kind in others.KINDS:
            return others.letter(event, person)
    return {}


def _marking(event: Event) -> str:
    """The portal's marking, and that of the restricted case a mail names by its ID."""
    if event.kind in (recipients.CLOSED, recipients.SHUT_OUT):
        return settings.PORTAL_MARKING  # they name no case, so they do not say either that it is restricted
    names = [event.timeline] if event.timeline else list(event.data.get("use_cases") or ())
    hidden = UseCase.objects.filter(use_case_id__in=names, handling=Handling.RESTRICTED).exists()
    return f"{settings.PORTAL_MARKING}. {NEED_TO_KNOW}" if hidden else settings.PORTAL_MARKING


def _path(event: Event) -> str:
    if event.kind in recipients.PAGES:
        return reverse(recipients.PAGES[event.kind])
    if event.kind == "user.invited":
        person = User.objects.get(pk=event.subject_id)
        key = default_token_generator.make_token(person)
        return reverse("account_reset_password_from_key", args=[user_pk_to_url_str(person), key])
    if event.kind in recipients_talk.KINDS:
        return recipients_talk.mail(event)[1]
    if event.kind.startswith("report."):
        return f"/reports/{event.subject_id}/"
    for others in recipients.OWN:
        if event.kind in others.KINDS:
            return others.path(event)
    return f"/use-cases/{event.subject_id}/"
