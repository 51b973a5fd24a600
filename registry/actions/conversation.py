"""Saying something about a case, answering, resolving, and taking back."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.log import record
from audit.workflow import Refused, Stale
from registry import classified
from registry.models import Audience, Comment, UseCase
from registry.permissions import visible_to
from registry.permissions.know import blind_refusals
from registry.permissions.talk import (
    audiences,
    comment_refusals,
    comments_visible_to,
    may_be_mentioned,
    resolve_refusals,
    retract_refusals,
)
from registry.reads.talk import questions

LONGEST = 5_000


@transaction.atomic
def comment(
    use_case: UseCase,
    *,
    text: str,
    audience: str,
    actor: User,
    field: str = "",
    mentions: Collection[User] = (),
) -> Comment:
    """Begin a thread about the case or one of its answers.

    Refused for an audience the writer does not belong to, and when somebody is mentioned who may not read it.
    """
    _may_write(use_case, actor)
    if audience not in audiences(actor, use_case):
        raise Refused(f"Internal comments are for people of {use_case.component}.")
    if field and field not in questions(use_case):
        raise Refused("The questionnaire has no such question.")
    if refusals := blind_refusals(actor, use_case, [field]):
        raise Refused(*refusals)
    made = Comment(use_case=use_case, field=field, audience=Audience(audience), text=_text(text), recorded_by=actor)
    return _record(made, mentions, None)


@transaction.atomic
def reply(thread: Comment, *, text: str, actor: User, mentions: Collection[User] = ()) -> Comment:
    """Answer in a thread, to the same audience: it is never widened afterwards. An answer has no answers."""
    _may_write(thread.use_case, actor)
    if thread.in_reply_to_id is not None:
        raise Refused("Answer to the first comment of the thread.")
    if not comments_visible_to(actor).filter(pk=thread.pk).exists():
        raise Refused("Only people who can read a thread can answer in it.")
    made = Comment(
        use_case=thread.use_case, field=thread.field, audience=thread.audience, text=_text(text), in_reply_to=thread,
        recorded_by=actor,
    )  # fmt: skip
    return _record(made, mentions, thread)


def _may_write(use_case: UseCase, actor: User) -> None:
    if not visible_to(actor).filter(pk=use_case.pk).exists():
        raise Refused("You can take part only in cases you may see.")
    if refusals := comment_refusals(actor, use_case):
        raise Refused(*refusals)


def _text(text: str) -> str:
    text = text.strip()
    if not text:
        raise Refused("Write something first.")
    if len(text) > LONGEST:
        raise Refused(f"A comment has at most {LONGEST:,} characters; this one has {len(text):,}.")
    if refusals := classified.refusals([text]):
        raise Refused(*refusals)
    return text


def _record(made: Comment, mentions: Collection[User], thread: Comment | None) -> Comment:
    people = {person.pk: person for person in mentions if person.pk != made.recorded_by_id}
    allowed = may_be_mentioned(made.use_case, made.audience, thread, made.field).filter(pk__in=people)
    outside = [str(person) for pk, person in people.items() if pk not in set(allowed.values_list("pk", flat=True))]
    if outside:
        raise Refused(f"{', '.join(outside)} cannot read this, so they cannot be mentioned. Nobody was told anything.")
    made.save()
    made.mentions.set(people.values())
    data = {
        "field": made.field, "audience": made.audience, "mentions": sorted(people),
        "in_reply_to": str(thread.uuid) if thread else "",
    }  # fmt: skip
    if made.audience == Audience.SHARED and made.field not in made.use_case.restricted:
        data["text"] = made.text
    record("comment.made", made, actor=made.recorded_by, data=data)
    return made


@transaction.atomic
def resolve(thread: Comment, *, actor: User) -> None:
    """Say that a thread is resolved; who and when stands with it."""
    _settle(thread, actor, is_open=True)
    record("comment.resolved", thread, actor=actor)


@transaction.atomic
def reopen(thread: Comment, *, actor: User) -> None:
    """Open a resolved thread again."""
    _settle(thread, actor, is_open=False)
    record("comment.reopened", thread, actor=actor)


def _settle(thread: Comment, actor: User, *, is_open: bool) -> None:
    if refusals := resolve_refusals(actor, thread):
        raise Refused(*refusals)
    rows = Comment.objects.filter(pk=thread.pk, in_reply_to=None, resolved_at__isnull=is_open)
    columns = {"resolved_at": timezone.now(), "resolved_by": actor} if is_open else {}
    if rows.update(**(columns or {"resolved_at": None, "resolved_by": None})) != 1:
        raise Stale("Somebody else has resolved or opened this in the meantime.")


@transaction.atomic
def retract(comment: Comment, *, actor: User) -> None:
    """Take a comment back: that it was there stays for its readers, what it said for auditors."""
    if refusals := retract_refusals(actor, comment):
        raise Refused(*refusals)
    rows = Comment.objects.filter(pk=comment.pk, retracted_at=None)
    if rows.update(retracted_at=timezone.now(), retracted_by=actor) != 1:
        raise Stale("This comment was taken back already.")
    record("comment.retracted", comment, actor=actor)
