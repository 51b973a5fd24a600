"""Pilot certificates: the Chief AI Officer certifies a pilot of limited scale and duration, and says what follows."""

from __future__ import annotations

import uuid
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
from governance.models import PilotCertificate
from governance.permissions.exceptions import pilot_refusals
from registry.models import UseCase

Closed = PilotCertificate.Closed
IN_DOUBT = "Somebody else has acted on this pilot in the meantime. Reload the page to see where it stands."


@transaction.atomic
def certify_pilot(
    use_case: UseCase,
    *,
    scale: str,
    starts_on: date,
    ends_on: date,
    choice: str,
    notice: str,
    actor: User,
    applied: Collection[str] = (),
    not_applied: str = "",
    seen: uuid.UUID | None = None,
) -> PilotCertificate:
    """Certify a pilot (M-25-21, summary: limited scale and duration, people told and free to choose where possible,
    practices applied where practicable, tracked centrally).

    Certifying one anew ends the one before it; `seen` is that one as the page showed it, so that nothing is
    certified twice.
    """
    case = locked(use_case)
    if reasons := pilot_refusals(actor, case):
        raise Refused(*reasons)
    if reasons := [*_scope(case), *_term(starts_on, ends_on), *_written(scale, notice, applied, not_applied)]:
        raise Refused(*reasons)
    before = PilotCertificate.objects.select_for_update().filter(use_case=case, closed_on=None).first()
    if (before.uuid if before else None) != seen:
        raise Stale(IN_DOUBT)
    if before:
        _close(before, Closed.RENEWED, "", actor)
    made = PilotCertificate.objects.create(
        use_case=case, scale=scale.strip(), starts_on=starts_on, ends_on=ends_on, choice=choice, notice=notice.strip(),
        applied=[name for name in FIELDS if name in set(applied)], not_applied=not_applied.strip(), certified_by=actor,
    )  # fmt: skip
    record("pilot.certified", made, actor=actor, data={"starts_on": starts_on, "ends_on": ends_on})
    check_soon(case, actor=actor)
    return made


def _scope(use_case: UseCase) -> list[str]:
    if use_case.impact != "high_impact":
        return ["Only a high-impact use owes the practices, so only its pilot is certified."]
    return ["A retired use runs no pilot."] if use_case.stage == "retired" else []


def _term(starts_on: date, ends_on: date) -> list[str]:
    longest = rules.in_force(timezone.localdate()).pilot_longest_days
    if ends_on <= starts_on:
        return ["It would end before it begins."]
    if ends_on < timezone.localdate():
        return ["Its end has passed. A pilot is certified while it runs or before."]
    if (ends_on - starts_on).days > longest:
        return [f"A pilot is limited in time: at most {longest} days from its start."]
    return []


def _written(scale: str, notice: str, applied: Collection[str], not_applied: str) -> list[str]:
    found = guards.reasons_given(scale, "Say how far it reaches: where, how many people, how many decisions.")
    found += guards.reasons_given(notice, "Say how people are told, and why they have no choice where they have none.")
    if set(applied) - set(FIELDS):
        found.append("Choose practices from the list.")
    if set(applied) != set(FIELDS):
        found += guards.reasons_given(not_applied, "Say why the practices that are not applied are not practicable.")
    return found


@transaction.atomic
def close_pilot(certificate: PilotCertificate, *, how: str, reason: str, actor: User) -> None:
    """Say what follows a pilot: it goes on as a deployed use, or it stopped."""
    case = locked(certificate.use_case)
    if reasons := pilot_refusals(actor, case):
        raise Refused(*reasons)
    if how not in (Closed.DEPLOYED, Closed.STOPPED):
        raise Refused("Say what follows the pilot.")
    if reasons := guards.reasons_given(reason, "Say in a sentence what the pilot showed."):
        raise Refused(*reasons)
    _close(certificate, how, reason.strip(), actor)
    record("pilot.closed", certificate, actor=actor, reason=reason, data={"how": how})
    check_soon(case, actor=actor)


def _close(row: PilotCertificate, how: str, reason: str, actor: User) -> None:
    columns = {"closed_on": timezone.localdate(), "closed_at": timezone.now(), "closed_how": how}
    rows = PilotCertificate.objects.filter(pk=row.pk, closed_on=None)
    if rows.update(**columns, closed_because=reason, closed_by=actor) != 1:
        raise Stale(IN_DOUBT)
