"""Naming officials who determine, and ending it: by the Chief AI Officer, in person."""

import uuid
from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.actions.from_to import may_end_now, set_end
from accounts.models import Component, User
from audit.log import record
from audit.workflow import Refused
from governance.models import DeterminingOfficial
from governance.permissions import determine as permissions


@transaction.atomic
def name_official(
    person: User,
    *,
    components: Sequence[Component] = (),
    starts_on: date,
    ends_on: date,
    reason: str,
    actor: User,
) -> list[DeterminingOfficial]:
    """Let somebody determine cases of these components, or of all (none named), from a day to a day.

    M-25-21 section 4(a): an appropriate official. Refused for who oversees or runs the portal, and for who cannot read
    the cases: naming opens none. One row for each component.
    """
    refusals = permissions.name_refusals(actor) or [
        *_day_refusals(starts_on, ends_on),
        *([] if reason.strip() else ["Say why this person: the reason stands on the record."]),
        *permissions.person_refusals(person, actor, list(components)),
    ]
    if refusals:
        raise Refused(*refusals)
    User.objects.select_for_update().get(pk=person.pk)  # two pages naming one person: the second sees the first
    act, rows = uuid.uuid4(), []
    for component in components or (None,):
        _not_twice(person, component, starts_on, ends_on)
        row = DeterminingOfficial.objects.create(
            person=person, component=component, starts_on=starts_on, ends_on=ends_on, reason=reason.strip(),
            named_by=actor,
        )  # fmt: skip
        record("official.named", row, actor=actor, act=act, reason=row.reason, data={"person": person.pk})
        rows.append(row)
    return rows


def _not_twice(person: User, component: Component | None, starts_on: date, ends_on: date) -> None:
    same = DeterminingOfficial.objects.filter(person=person, component=component, ended_at=None)
    if row := same.filter(starts_on__lte=ends_on, ends_on__gte=starts_on).first():
        raise Refused(f"{person} is named for {row.place} on some of these days already. End that first.")


def _day_refusals(starts_on: date, ends_on: date) -> list[str]:
    if ends_on < starts_on:
        return ["The last day lies before the first."]
    return [] if starts_on >= timezone.localdate() else ["It begins today or later."]


@transaction.atomic
def end_official(official: DeterminingOfficial, *, reason: str, actor: User) -> None:
    """End it before its last day; what was determined stands. The official may lay it down too."""
    rows = DeterminingOfficial.objects.select_for_update(of=("self",)).select_related("person", "component")
    row = rows.get(pk=official.pk)
    if actor.pk != row.person_id and (refusals := permissions.name_refusals(actor)):
        raise Refused(*refusals)
    _end(row, may_end_now(row, reason), actor)


def end_naming_of(person: User, *, actor: User) -> int:
    """End what somebody who goes was named for; returns how many."""
    rows = DeterminingOfficial.objects.filter(person=person, ended_at=None, ends_on__gte=timezone.localdate())
    found = list(rows.select_for_update(of=("self",)).select_related("person", "component"))
    for row in found:
        _end(row, f"{person} was deactivated.", actor)
    return len(found)


def _end(row: DeterminingOfficial, reason: str, actor: User) -> None:
    set_end(row, reason, actor)
    record("official.ended", row, actor=actor, reason=reason, data={"person": row.person_id})
