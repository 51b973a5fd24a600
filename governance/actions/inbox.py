"""What a person does with their notices."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from accounts.models import Role, User
from accounts.permissions import has_role
from audit.log import record
from audit.workflow import Refused
from governance.actions.notices import try_again
from governance.models import How, NoticeChoice, NoticeDispatch
from governance.notice_groups import CHOOSABLE
from governance.reads import inbox


def read(notice: NoticeDispatch) -> None:
    """Mark one as read."""
    NoticeDispatch.objects.filter(pk=notice.pk, read_at=None).update(read_at=timezone.now())


def unread(notice: NoticeDispatch) -> None:
    """Keep one as new, to come back to it."""
    NoticeDispatch.objects.filter(pk=notice.pk).update(read_at=None)


def read_all(*, actor: User, up_to: int) -> int:
    """Mark as read all that stood on the page, not what came since; returns how many."""
    return NoticeDispatch.objects.filter(recipient=actor, pk__lte=up_to, read_at=None, shown_at__isnull=False).update(
        read_at=timezone.now()
    )


@transaction.atomic
def choose(chosen: Mapping[str, str], *, actor: User) -> int:
    """Keep how a person wants to hear of each group; returns how many changed. Of what is sent already nothing changes.

    Raises Refused for a group or a way that is not offered.
    """
    offered = {group.code for group in CHOOSABLE}
    if set(chosen) - offered or set(chosen.values()) - set(How.values):
        raise Refused("Choose one of the ways offered for each group.")
    changed = {
        group.code: chosen[group.code] for group, how in inbox.choices(actor) if chosen.get(group.code, how) != how
    }
    for group, how in changed.items():
        NoticeChoice.objects.update_or_create(user=actor, group=group, defaults={"how": how})
    if changed:
        record("notices.chosen", actor, actor=actor, data=changed)
    return len(changed)


@transaction.atomic
def send_again(*, actor: User) -> int:
    """Queue every mail that did not go out; returns how many."""
    if not has_role(actor, Role.ADMINISTRATOR):
        raise Refused("An administrator sends mails again.")
    count = try_again([*inbox.undelivered(), *inbox.undelivered_digests()])
    if count:
        record("notices.sent_again", actor, actor=actor, data={"count": count})
    return count
