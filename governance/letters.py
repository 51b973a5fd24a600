"""The text of a notice: one template a kind, its first line the subject; as plain text and as HTML.

A mail names a case by its ID and leads to the page where one acts; it says nothing of what the case says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import User
from audit.models import Event
from audit.reads import sentence
from governance import recipients
from governance.recipients import lanes as told_lanes
from governance.recipients import talk as recipients_talk
from registry.marking import NEED_TO_KNOW
from registry.models import JoinRequest, UseCase
from registry.models.use_case import Handling


@dataclass(frozen=True)
class Letter:
    """What one person is told of one event; `path` is the page where one acts."""

    subject: str
    body: str
    path: str


def compose(event: Event, person: User) -> Letter:
    """Write the letter of an event to a person; an unsaved person is a team's mailbox."""
    path = _path(event)
    context = {
        "event": event,
        "person": person,
        "sentence": sentence(event),
        "letter": _letter(event, person),
        "base": settings.PORTAL_BASE_URL,
        "link": settings.PORTAL_BASE_URL + path,
        "marking": marking(event),
    }
    subject, body = render_to_string(f"mail/{_template(event)}.txt", context).split("\n", 1)
    return Letter(subject.strip(), body.strip() + "\n", path)


def message(letter: Letter, to: str, *, chooses: bool) -> EmailMultiAlternatives:
    """The mail: plain text, and the same text as HTML with its link as a button."""
    base = settings.PORTAL_BASE_URL
    body = letter.body
    if chooses:
        body += f"\nChoose what you are mailed: {base}{reverse('notices-choices')}\n"
    link = base + letter.path
    parts = [part.strip() for part in body.split("\n\n") if part.strip()]
    context = {"letter": letter, "parts": [_part(part, link) for part in parts], "base": base}
    made = EmailMultiAlternatives(subject=letter.subject, body=body, to=[to])
    made.attach_alternative(render_to_string("mail/letter.html", context), "text/html")
    return made


def _part(text: str, link: str) -> dict[str, str]:
    """A paragraph; where its last line is the letter's own link, the words before it name the button."""
    lines = text.split("\n")
    if lines[-1].strip() == link:
        return {"text": "\n".join(lines[:-1]).strip().removesuffix(":"), "link": link}
    return {"text": text, "link": ""}


def _template(event: Event) -> str:
    if event.kind in recipients.ABOUT_CASES:
        return "use_case"
    if event.kind in recipients.JOINS:
        return "join"
    if event.kind in told_lanes.KINDS:
        return "lane"
    if event.kind in recipients_talk.KINDS:
        return recipients_talk.mail(event)[0]
    return event.kind.replace(".", "_")


def _letter(event: Event, person: User) -> dict[str, Any]:
    """What a letter says besides its event, for this person."""
    if event.kind == recipients.CLOSED:
        return {"of": JoinRequest.objects.get(uuid=event.subject_id).use_case.component.code}
    for others in recipients.OWN:
        if event.kind in others.KINDS:
            return others.letter(event, person)
    return {}


def marking(event: Event) -> str:
    """The portal's marking, and that of the restricted case a letter names by its ID."""
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
