"""Dated records behind a practice: evidence, its verification, the acceptance that it does not apply."""

from datetime import date

from django.db import transaction

from accounts.models import User
from audit.workflow import Refused
from governance import record_kinds
from governance.actions.records import check_dates, check_evidence, refuse, same_as, stand
from governance.compliance import permissions
from governance.compliance.practices import FIELDS, LOWERED, reported_level
from governance.compliance.snapshot.records import evidence_in_effect
from governance.models import DatedRecord
from registry.models import Evidence, UseCase


@transaction.atomic
def record_evidence(
    use_case: UseCase,
    practice: str,
    *,
    title: str,
    effective_on: date,
    actor: User,
    expires_on: date | None = None,
    reference: str = "",
    note: str = "",
    evidence: Evidence | None = None,
) -> DatedRecord:
    """Put a dated record behind a practice; it may name a file or link of the case, and runs out with it at the latest.

    Refused to people who do not answer for the case, and for evidence of another case or that no longer stands.
    """
    refuse(permissions.evidence_refusals(actor, use_case))
    check_dates(effective_on, expires_on)
    if evidence:
        check_evidence(use_case, evidence, actor)
        expires_on = min(filter(None, (expires_on, evidence.expires_on)), default=None)
        check_dates(effective_on, expires_on)
    made = DatedRecord(
        use_case=use_case, practice=practice, kind=record_kinds.EVIDENCE, title=title, effective_on=effective_on,
        expires_on=expires_on, reference=reference, note=note, evidence=evidence,
    )  # fmt: skip
    return _once(made, "practice.evidenced", actor)


@transaction.atomic
def verify_evidence(
    use_case: UseCase, practice: str, *, title: str, effective_on: date, actor: User, note: str = ""
) -> DatedRecord:
    """Say that the evidence was looked at and holds.

    Refused to authors, submitters and those who brought it, and while there is no current evidence to look at.
    """
    refuse(permissions.verification_refusals(actor, use_case, practice))
    check_dates(effective_on, None)
    if not evidence_in_effect(use_case, practice, effective_on):
        raise Refused("There is no evidence in effect on that day. Ask the component to record it first.")
    made = DatedRecord(
        use_case=use_case,
        practice=practice,
        kind=record_kinds.VERIFICATION,
        title=title,
        effective_on=effective_on,
        note=note,
    )
    return _once(made, "practice.verified", actor)


@transaction.atomic
def accept_not_applicable(
    use_case: UseCase, practice: str, *, title: str, reference: str, effective_on: date, actor: User, note: str = ""
) -> DatedRecord:
    """Accept that a practice does not apply, or is precluded, as the component says.

    Refused unless the actor is the Chief AI Officer, and unless the filed answer says so.
    """
    refuse(permissions.acceptance_refusals(actor, use_case, practice))
    check_dates(effective_on, None)
    answer = ((use_case.filed_document or {}).get("answers") or {}).get(FIELDS[practice])
    if reported_level(answer) not in {"not_applicable", "precluded"}:
        raise Refused(f"The filed answer does not say that {LOWERED[practice]} does not apply.")
    made = DatedRecord(
        use_case=use_case, practice=practice, kind=record_kinds.ACCEPTANCE, title=title, reference=reference,
        effective_on=effective_on, note=note,
    )  # fmt: skip
    return _once(made, "practice.accepted", actor)


def _once(made: DatedRecord, event: str, actor: User) -> DatedRecord:
    """The record; a form that was sent twice makes one."""
    UseCase.objects.select_for_update(of=("self",)).only("pk").get(pk=made.use_case_id)
    return same_as(made, actor) or stand(made, event, actor)
