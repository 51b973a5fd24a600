"""Waivers of a minimum practice: the Chief AI Officer's own act (M-25-21 section 4(a))."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.log import record
from audit.workflow import Refused
from governance.actions.compliance import check_soon
from governance.compliance.permissions import waiver_refusals
from governance.compliance.practices import LOWERED, recertify_by
from governance.models import Waiver
from registry.models import UseCase


@transaction.atomic
def grant_waiver(
    use_case: UseCase, practice: str, *, ground: str, risk_assessment: str, expires_on: date, actor: User
) -> Waiver:
    """Waive one practice of one high-impact case from today (M-25-21 section 4(a)).

    Refused to the deputy, on a case that is not reported as high-impact, for longer than a year (it is certified
    anew each year), and while one is in force.
    """
    if reasons := waiver_refusals(actor, use_case, practice):
        raise Refused(*reasons)
    today = timezone.localdate()
    if use_case.impact != "high_impact":
        raise Refused("Only a high-impact use owes the practices, so only it can have one waived.")
    if not today < expires_on <= recertify_by(today):
        raise Refused("A waiver ends after today and within a year: then it is certified anew.")
    earlier = Waiver.objects.select_for_update().filter(use_case=use_case, practice=practice, revoked_on=None).first()
    if earlier and earlier.expires_on >= today:
        raise Refused(f"A waiver of {LOWERED[practice]} is in force. Revoke it before granting another.")
    if earlier:  # it ran out; ending it on the day after its last makes room and changes no past day
        Waiver.objects.filter(pk=earlier.pk).update(revoked_on=earlier.expires_on + timedelta(days=1))
    made = Waiver.objects.create(
        use_case=use_case, practice=practice, ground=ground, risk_assessment=risk_assessment,
        granted_on=today, expires_on=expires_on, granted_by=actor,
    )  # fmt: skip
    record("waiver.granted", made, actor=actor, data={"practice": practice, "ground": ground, "until": expires_on})
    check_soon(use_case, actor=actor)
    return made


@transaction.atomic
def revoke_waiver(waiver: Waiver, *, reason: str, actor: User) -> None:
    """End a waiver today. Refused to anyone but the Chief AI Officer, and once it has ended."""
    if reasons := waiver_refusals(actor, waiver.use_case, waiver.practice):
        raise Refused(*reasons)
    today = timezone.localdate()
    rows = Waiver.objects.filter(pk=waiver.pk, revoked_on=None, expires_on__gte=today)
    if rows.update(revoked_on=today) != 1:
        raise Refused("This waiver has ended already.")
    record("waiver.revoked", waiver, actor=actor, reason=reason, data={"practice": waiver.practice})
    check_soon(waiver.use_case, actor=actor)
