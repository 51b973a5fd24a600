"""Extensions: more time granted by OMB under an instrument that knows them, put on record here."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.log import record
from audit.workflow import Refused, Stale
from governance import exceptions as rules
from governance import lifecycle_guards as guards
from governance.actions.compliance import check_soon
from governance.actions.steps import locked
from governance.compliance.practices import FIELDS
from governance.models import Extension
from governance.permissions.exceptions import extension_refusals
from registry.models import UseCase


@transaction.atomic
def record_extension(
    use_case: UseCase,
    *,
    instrument: str,
    granted_by: str,
    granted_on: date,
    until: date,
    source: str,
    actor: User,
    practices: Collection[str] = (),
    note: str = "",
) -> Extension:
    """Put an extension on record; it excuses nothing after its last day.

    Refused under an instrument that knows none, for longer than it allows, and a second time where it cannot be
    renewed (M-24-10 section 5(c): up to a year, once; for M-25-21 the setting says what is known).
    """
    case = locked(use_case)
    if reasons := extension_refusals(actor):
        raise Refused(*reasons)
    if reasons := [*_terms(instrument, granted_on, until), *_named(granted_by, source, practices)]:
        raise Refused(*reasons)
    rule = rules.in_force(timezone.localdate()).extension(instrument)
    standing = Extension.objects.filter(use_case=case, instrument=instrument, removed_at=None)
    if rule and not rule.renewable and standing.exists():
        raise Refused(f"An extension under {rule.name} is on record for this case, and it cannot be renewed.")
    made = Extension.objects.create(
        use_case=case, instrument=instrument, granted_by=granted_by.strip(), granted_on=granted_on, until=until,
        practices=[name for name in FIELDS if name in set(practices)], source=source.strip(), note=note.strip(),
        recorded_by=actor,
    )  # fmt: skip
    record("extension.recorded", made, actor=actor, data={"instrument": instrument, "until": until})
    check_soon(case, actor=actor)
    return made


def _terms(instrument: str, granted_on: date, until: date) -> list[str]:
    rule = rules.in_force(timezone.localdate()).extension(instrument)
    if rule is None:
        return ["Choose the instrument it was granted under."]
    if not rule.exist:
        return [f"{rule.name} has no extensions, as far as is known here. {rule.because}"]
    if granted_on > timezone.localdate():
        return ["It is put on record once it is granted: the day lies ahead."]
    if until <= granted_on:
        return ["It would end before it begins."]
    if until > rule.last_day:
        return [f"An extension under {rule.name} ends by {rule.last_day.day} {rule.last_day:%B %Y}."]
    return []


def _named(granted_by: str, source: str, practices: Collection[str]) -> list[str]:
    found = guards.reasons_given(granted_by, "Say who granted it.")
    found += guards.reasons_given(source, "Name the document that shows it, and where it is kept.")
    return [*found, "Choose practices from the list."] if set(practices) - set(FIELDS) else found


@transaction.atomic
def remove_extension(extension: Extension, *, reason: str, actor: User) -> None:
    """Take an extension off that was put on record by mistake; it stays in the history with the reason."""
    case = locked(extension.use_case)
    if reasons := [*extension_refusals(actor), *guards.reasons_given(reason)]:
        raise Refused(*reasons)
    rows = Extension.objects.filter(pk=extension.pk, removed_at=None)
    if rows.update(removed_at=timezone.now(), removed_by=actor, removed_because=reason.strip()) != 1:
        raise Stale("It has been taken off already.")
    record("extension.removed", extension, actor=actor, reason=reason, data={"until": extension.until})
    check_soon(case, actor=actor)
