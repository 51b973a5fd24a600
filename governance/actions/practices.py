"""Dated records behind a practice: evidence, its verification, the acceptance that it does not apply."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.log import record
from audit.workflow import Refused
from governance.actions.compliance import check_soon
from governance.compliance import permissions
from governance.compliance.practices import FIELDS, LOWERED, reported_level
from governance.models import PracticeRecord
from registry.models import Evidence, UseCase

Kind = PracticeRecord.Kind


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
) -> PracticeRecord:
    """Put a dated record behind a practice; it may name a file or link of the case, and runs out with it at the latest.

    Refused to people who do not answer for the case, and for evidence of another case or that no longer stands.
    """
    _refuse(permissions.evidence_refusals(actor, use_case))
    _dates(effective_on, expires_on)
    if evidence:
        if evidence.use_case_id != use_case.pk or not evidence.is_standing:
            raise Refused("This file or link does not stand on the case any more. Choose another one.")
        expires_on = min(filter(None, (expires_on, evidence.expires_on)), default=None)
    made = PracticeRecord(
        use_case=use_case, practice=practice, kind=Kind.EVIDENCE, title=title, effective_on=effective_on,
        expires_on=expires_on, reference=reference, note=note, evidence=evidence,
    )  # fmt: skip
    return _save(made, "practice.evidenced", actor)


@transaction.atomic
def verify_evidence(
    use_case: UseCase, practice: str, *, title: str, effective_on: date, actor: User, note: str = ""
) -> PracticeRecord:
    """Say that the evidence was looked at and holds.

    Refused to authors, submitters and those who brought it, and while there is no current evidence to look at.
    """
    _refuse(permissions.verification_refusals(actor, use_case, practice))
    _dates(effective_on, None)
    rows = PracticeRecord.objects.filter(use_case=use_case, practice=practice, kind=Kind.EVIDENCE)
    if not rows.filter(effective_on__lte=effective_on).exclude(expires_on__lt=effective_on).exists():
        raise Refused("There is no evidence in effect on that day. Ask the component to record it first.")
    made = PracticeRecord(
        use_case=use_case, practice=practice, kind=Kind.VERIFICATION, title=title, effective_on=effective_on, note=note
    )
    return _save(made, "practice.verified", actor)


@transaction.atomic
def accept_not_applicable(
    use_case: UseCase, practice: str, *, title: str, reference: str, effective_on: date, actor: User, note: str = ""
) -> PracticeRecord:
    """Accept that a practice does not apply, or is precluded, as the component says.

    Refused unless the actor is the Chief AI Officer, and unless the filed answer says so.
    """
    _refuse(permissions.acceptance_refusals(actor, use_case, practice))
    _dates(effective_on, None)
    answer = ((use_case.filed_document or {}).get("answers") or {}).get(FIELDS[practice])
    if reported_level(answer) not in {"not_applicable", "precluded"}:
        raise Refused(f"The filed answer does not say that {LOWERED[practice]} does not apply.")
    made = PracticeRecord(
        use_case=use_case, practice=practice, kind=Kind.ACCEPTANCE, title=title, reference=reference,
        effective_on=effective_on, note=note,
    )  # fmt: skip
    return _save(made, "practice.accepted", actor)


def _refuse(reasons: Iterable[str]) -> None:
    if listed := list(reasons):
        raise Refused(*listed)


def _dates(effective_on: date, expires_on: date | None) -> None:
    if effective_on > timezone.localdate():
        raise Refused("A record is dated today or earlier: it says what was done.")
    if expires_on and expires_on < effective_on:
        raise Refused("It would end before it begins.")


def _save(made: PracticeRecord, kind: str, actor: User) -> PracticeRecord:
    made.recorded_by = actor
    made.save()
    data = {"practice": made.practice, "effective_on": made.effective_on, "title": made.title}
    record(kind, made, actor=actor, data=data)
    check_soon(made.use_case, actor=actor)
    return made
