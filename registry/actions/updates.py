"""Asking owners to bring cases up to date, and how such a request ends."""

import uuid
from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.log import Entry, Subject, record, record_many
from audit.workflow import Refused, Stale
from registry.actions.bulk_outcome import Outcome
from registry.models import UpdateRequest, UseCase
from registry.permissions.listing import can_answer_update, update_refusals

How = UpdateRequest.Outcome


@transaction.atomic
def ask_for_update(
    cases: Sequence[UseCase], *, due_on: date, note: str = "", actor: User, act: uuid.UUID | None = None
) -> Outcome:
    """Ask the owners to look at these cases by a day. Each owner gets one mail of all of theirs."""
    outcome = Outcome(act or uuid.uuid4())
    if due_on < timezone.localdate():
        raise Refused("The day it is wanted by lies in the past.")
    waiting = {one.use_case_id: one for one in _open(cases)}
    for case in cases:
        if not outcome.refuse(case, update_refusals(actor, case) or _asked(waiting.get(case.pk))):
            outcome.done.append(case)
    if not outcome.done:
        raise Refused(*outcome.reasons)
    UpdateRequest.objects.bulk_create(
        UpdateRequest(act=outcome.act, use_case=case, note=note.strip(), due_on=due_on, asked_by=actor)
        for case in outcome.done
    )
    data = {"due_on": due_on}
    entries = [Entry("use_case.update_asked", case.event_subject(), note, data) for case in outcome.done]
    number = len(outcome.done)
    told = Subject("updates", str(outcome.act), f"{number} use case{'' if number == 1 else 's'}")
    record_many([*entries, Entry("updates.asked", told, note, data)], actor=actor, act=outcome.act)
    return outcome


def _open(cases: Sequence[UseCase]) -> list[UpdateRequest]:
    rows = UpdateRequest.objects.filter(use_case__in=cases, closed_at=None)
    return list(rows.select_for_update(of=("self",)).select_related("asked_by"))


def _asked(one: UpdateRequest | None) -> list[str]:
    return [f"{one.asked_by} asked already, for {one.due_on.day} {one.due_on:%B}."] if one else []


@transaction.atomic
def say_unchanged(request: UpdateRequest, *, actor: User) -> None:
    """The owner looked, and the answers still hold."""
    if not can_answer_update(actor, request):
        raise Refused(f"Only the owner of {request.use_case} and the backup owner can say that nothing has changed.")
    if not _close(request.use_case, How.UNCHANGED, actor):
        raise Stale("Nobody waits for this update any more.")


@transaction.atomic
def take_update_back(request: UpdateRequest, *, actor: User) -> None:
    """Whoever asked no longer wants it."""
    if request.asked_by_id != actor.pk:
        raise Refused(f"Only {request.asked_by} can take this back.")
    if not _close(request.use_case, How.TAKEN_BACK, actor):
        raise Stale("Nobody waits for this update any more.")


def filed(use_case: UseCase, *, actor: User) -> None:
    """New answers were filed: an update that was asked for is given."""
    _close(use_case, How.FILED, actor)


def _close(use_case: UseCase, how: str, actor: User) -> bool:
    rows = UpdateRequest.objects.filter(use_case=use_case, closed_at=None)
    if not rows.update(outcome=how, closed_at=timezone.now(), closed_by=actor):
        return False
    record("use_case.update_given", use_case, actor=actor, data={"outcome": how})
    return True
