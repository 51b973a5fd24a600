"""Waivers of a minimum practice: the Chief AI Officer's own act (M-25-21 section 4(a)).

Granted and revoked here and nowhere else, whichever page asks for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.log import record
from audit.workflow import Refused, Stale
from governance import exceptions as rules
from governance import lifecycle_guards as guards
from governance.actions.compliance import check_soon
from governance.actions.steps import locked
from governance.compliance.permissions import waiver_refusals
from governance.compliance.practices import LOWERED, recertify_by
from governance.models import MaterialChange, Waiver, WaiverCertification, WaiverLook, WaiverReport, WaiverRequest
from governance.permissions.exceptions import report_refusals
from governance.reads.waivers import pending_changes
from registry.models import UseCase

Officials = Sequence[dict[str, str]]


@transaction.atomic
def grant_waiver(
    use_case: UseCase,
    practice: str,
    *,
    ground: str,
    risk_assessment: str,
    consulted: Officials,
    public_summary: str,
    expires_on: date,
    actor: User,
    mitigations: str = "",
    asked: WaiverRequest | None = None,
) -> Waiver:
    """Waive one practice of one high-impact case from today (M-25-21 section 4(a)).

    Refused to the deputy, on a case that is not reported as high-impact, for longer than a year (it is certified
    anew each year), without officials consulted or a public summary, and while one is in force. Settles the request.
    """
    case = locked(use_case)
    if reasons := waiver_refusals(actor, case, practice):
        raise Refused(*reasons)
    today = timezone.localdate()
    if reasons := [
        *_scope(case),
        *term_refusals(expires_on, today),
        *_written(risk_assessment, consulted, public_summary),
    ]:
        raise Refused(*reasons)
    request = WaiverRequest.objects.select_for_update().filter(use_case=case, practice=practice, state="open").first()
    if asked is not None and (request is None or request.pk != asked.pk):
        raise Stale("This request has been answered or taken back in the meantime. Reload the page.")
    _make_room(case, practice, today)
    made = Waiver.objects.create(
        use_case=case, practice=practice, ground=ground, risk_assessment=risk_assessment, consulted=list(consulted),
        mitigations=mitigations, public_summary=public_summary, granted_on=today, expires_on=expires_on,
        granted_by=actor, request=request,
    )  # fmt: skip
    if request:
        rows = WaiverRequest.objects.filter(pk=request.pk)
        rows.update(state="granted", answered_by=actor, answered_at=timezone.now())
    for change in MaterialChange.objects.filter(use_case=case, closed_at=None):
        _look(made, change, WaiverLook.Said.GRANTED, actor)
    data = {"practice": practice, "ground": ground, "until": expires_on, "report_by": made.report_due("grant")}
    record("waiver.granted", made, actor=actor, data=data)
    check_soon(case, actor=actor)
    return made


def _scope(use_case: UseCase) -> list[str]:
    if use_case.impact == "high_impact":
        return []
    return ["Only a high-impact use owes the practices, so only it can have one waived."]


def term_refusals(expires_on: date, today: date) -> list[str]:
    """At most a year, then it is certified anew (M-25-21 section 4(a))."""
    if today < expires_on <= recertify_by(today):
        return []
    return ["A waiver ends after today and within a year: then it is certified anew."]


def _written(risk_assessment: str, consulted: Officials, public_summary: str) -> list[str]:
    """In writing, with other officials, and with a summary for the public (M-25-21 section 4(a), summary)."""
    found = guards.reasons_given(risk_assessment, "Write the risk assessment, specific to this system and its context.")
    if not consulted or not all(one.get("name") and one.get("capacity") for one in consulted):
        found.append("Name at least one official who was consulted, with the capacity.")
    return found + guards.reasons_given(public_summary, "Write the summary for the public before granting it.")


def _make_room(use_case: UseCase, practice: str, today: date) -> None:
    """Refused while one is in force; one that ran out is ended on the day after its last, which changes no past day."""
    earlier = Waiver.objects.select_for_update().filter(use_case=use_case, practice=practice, revoked_on=None).first()
    if earlier and earlier.expires_on >= today:
        raise Refused(f"A waiver of {LOWERED[practice]} is in force. Revoke it before granting another.")
    if earlier:
        Waiver.objects.filter(pk=earlier.pk).update(revoked_on=earlier.expires_on + timedelta(days=1))


@transaction.atomic
def revoke_waiver(waiver: Waiver, *, reason: str, actor: User) -> Waiver:
    """End a waiver today. Refused to anyone but the Chief AI Officer, and once it has ended."""
    waiver = _locked(waiver)
    if reasons := [*waiver_refusals(actor, waiver.use_case, waiver.practice), *guards.reasons_given(reason)]:
        raise Refused(*reasons)
    today, now = timezone.localdate(), timezone.now()
    rows = Waiver.objects.filter(pk=waiver.pk, revoked_on=None, expires_on__gte=today)
    if rows.update(revoked_on=today, revoked_at=now, revoked_by=actor, revoked_because=reason.strip()) != 1:
        raise Refused("This waiver has ended already.")
    waiver.refresh_from_db()
    data = {"practice": waiver.practice, "report_by": waiver.report_due("revocation")}
    record("waiver.revoked", waiver, actor=actor, reason=reason, data=data)
    check_soon(waiver.use_case, actor=actor)
    return waiver


@transaction.atomic
def certify_waiver(waiver: Waiver, *, until: date, reason: str, actor: User) -> WaiverCertification:
    """Certify a waiver for up to another year (M-25-21 section 4(a): each year).

    Refused before its end comes near, once it has ended (then a new one is granted), and while a material change of
    the case has not been looked at.
    """
    waiver = _locked(waiver)
    if reasons := [*waiver_refusals(actor, waiver.use_case, waiver.practice), *certify_stops(waiver)]:
        raise Refused(*reasons)
    today = timezone.localdate()
    if reasons := guards.reasons_given(reason, "Say why the practice still has to be waived."):
        raise Refused(*reasons)
    if not waiver.expires_on < until <= recertify_by(today):
        raise Refused("Its new last day is after the present one and within a year from today.")
    made = WaiverCertification.objects.create(
        waiver=waiver, certified_on=today, before=waiver.expires_on, until=until, reason=reason.strip(),
        certified_by=actor,
    )  # fmt: skip
    if Waiver.objects.filter(pk=waiver.pk, expires_on=made.before, revoked_on=None).update(expires_on=until) != 1:
        raise Stale("Somebody else has acted on this waiver in the meantime. Reload the page.")
    record("waiver.certified", waiver, actor=actor, data={"practice": waiver.practice, "until": until})
    check_soon(waiver.use_case, actor=actor)
    return made


def certify_stops(waiver: Waiver) -> list[str]:
    """Why a waiver cannot be certified anew now, whoever asks."""
    if not waiver.is_active:
        return ["This waiver has ended. Grant a new one if the practice still has to be waived."]
    opens_on = waiver.expires_on - timedelta(days=rules.in_force(timezone.localdate()).certify_opens_days_before)
    if timezone.localdate() < opens_on:
        return [f"It can be certified anew from {opens_on.day} {opens_on:%B %Y}."]
    if pending_changes(waiver):
        return ["The case changed materially: say first whether the waiver still holds."]
    return []


@transaction.atomic
def keep_waiver(waiver: Waiver, *, reason: str, actor: User) -> None:
    """Say that a waiver still holds after a significant change (M-25-21 section 4(a): reassessed on such changes)."""
    waiver = _locked(waiver)
    if reasons := waiver_refusals(actor, waiver.use_case, waiver.practice):
        raise Refused(*reasons)
    changes = pending_changes(waiver)
    if not waiver.is_active or not changes:
        raise Refused("There is no change to look at: it has been said already, or the waiver has ended.")
    if reasons := guards.reasons_given(reason, "Say why it still holds after what changed."):
        raise Refused(*reasons)
    for change in changes:
        _look(waiver, change, WaiverLook.Said.HOLDS, actor, reason.strip())
    record("waiver.kept", waiver, actor=actor, reason=reason, data={"practice": waiver.practice})
    check_soon(waiver.use_case, actor=actor)


def _look(waiver: Waiver, change: MaterialChange, said: str, actor: User, reason: str = "") -> None:
    seen = sorted({one["rule"] for one in change.changes})
    WaiverLook.objects.create(waiver=waiver, change=change, rules=seen, said=said, reason=reason, looked_by=actor)


@transaction.atomic
def report_waiver(waiver: Waiver, *, about: str, reported_on: date, reference: str, actor: User) -> WaiverReport:
    """Put on record that OMB was told of a grant or a revocation (M-25-21 section 4(a): within 30 days of each).

    Late is recorded as it was: nobody is kept from saying what is true.
    """
    waiver = _locked(waiver)
    if reasons := report_refusals(actor):
        raise Refused(*reasons)
    since = waiver.granted_on if about == WaiverReport.About.GRANT else waiver.revoked_on
    if since is None or waiver.report_due(about) is None:
        raise Refused("It was not revoked, so there is no revocation to report.")
    if WaiverReport.objects.filter(waiver=waiver, about=about).exists():
        raise Refused("This report is on record already.")
    if not since <= reported_on <= timezone.localdate():
        raise Refused(f"It was reported on a day from {since.day} {since:%B %Y} to today.")
    if reasons := guards.reasons_given(reference, "Give the reference of the message or submission."):
        raise Refused(*reasons)
    made = WaiverReport.objects.create(
        waiver=waiver, about=about, reported_on=reported_on, reference=reference.strip(), recorded_by=actor
    )
    record("waiver.reported", waiver, actor=actor, data={"about": about, "reported_on": reported_on})
    check_soon(waiver.use_case, actor=actor)
    return made


def _locked(waiver: Waiver) -> Waiver:
    case = locked(waiver.use_case)
    found = Waiver.objects.select_for_update(of=("self",)).get(pk=waiver.pk)
    found.use_case = case
    return found
