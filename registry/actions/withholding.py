"""Reviewing what is withheld: a verdict on the words as they stand, with an end; who has to act is told of the end."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.log import Entry, Subject, record, record_many
from audit.models import Event
from audit.workflow import Refused, Stale
from registry import columns, questionnaire, withholding
from registry.models import UseCase, WithholdingReview
from registry.permissions.withholding import review_refusals
from registry.reads.withholding import current, newest
from registry.withholding import EXPIRED, Withheld

LONGEST = 2000
Verdict = WithholdingReview.Verdict


@transaction.atomic
def decide_withholding(
    use_case: UseCase, field: str, verdict: str, *, why: str, seen: str, actor: User, expires_on: date | None = None
) -> WithholdingReview:
    """Uphold or refuse one withholding; `seen` is the fingerprint of the words the reviewer read.

    OMB 2025 reporting guidance, withholding: for a legal reason only. Nothing is published by this: a refused one
    stays out of the public file until the owner takes it back.
    """
    row = UseCase.objects.select_for_update(of=("self",)).select_related("component", "owner").get(pk=use_case.pk)
    if refusals := review_refusals(actor, row, field):
        raise Refused(*refusals)
    found = next((one for one in withholding.withheld(columns.read_from(row)) if one.field == field), None)
    if found is None:
        raise Stale("This is not withheld any more. Nothing was saved.")
    if found.fingerprint != seen:
        raise Stale("The ground or the reason was changed while you were reading. Nothing was saved; read it again.")
    if wrong := _mistakes(verdict, why, expires_on):
        raise Refused(*wrong)
    is_upheld = verdict == Verdict.UPHELD
    made = WithholdingReview.objects.create(
        use_case=row, field=field, category=found.category, ground=found.ground, reason=found.reason,
        revision_number=row.filed_number or row.revision_number, reviewer=actor, verdict=verdict, why=why.strip(),
        expires_on=expires_on if is_upheld else None, reviewed_at=timezone.now(),
    )  # fmt: skip
    data = {"field": field, "ground": found.ground, "until": made.expires_on, "review": str(made.uuid)}
    record(f"withholding.{verdict}", subject(row, field), actor=actor, data=data)
    return made


def _mistakes(verdict: str, why: str, expires_on: date | None) -> list[str]:
    found, today = [], timezone.localdate()
    if verdict not in Verdict.values:
        found.append("Uphold it or refuse it.")
    if not why.strip():
        found.append("Say why: the owner and the next reviewer read it.")
    if len(why) > LONGEST:
        found.append(f"The words have {len(why):,} characters; {LONGEST:,} at most.")
    if verdict == Verdict.UPHELD:
        last = today + timedelta(days=withholding.LONGEST_DAYS)
        if expires_on is None or expires_on <= today:
            found.append("Say until when it holds: a day still to come.")
        elif expires_on > last:
            found.append("Two years at most: then somebody looks at it again.")
    return found


def subject(use_case: UseCase, field: str) -> Subject:
    """How the audit log names a withholding: by its question, never by its reason."""
    return Subject("use_case", use_case.use_case_id, words(field), timeline=use_case.use_case_id)


def words(field: str) -> str:
    """The withheld answer by its question's short name."""
    question = questionnaire.every().get(field)
    return "the whole case" if not field else question.short.rstrip(".") if question else field


@transaction.atomic
def watch_withholding(as_of: date | None = None, *, actor: User | None = None) -> int:
    """Daily: note 30 and 7 days before the end of an upheld withholding, and once when it has ended.

    The events are mailed to the owner and the reviewer. Done again on the same day it changes nothing.
    """
    today = as_of or timezone.localdate()
    cases = {case.pk: case for case in current(UseCase.objects.all())}
    reviews = newest(cases)
    told: list[Entry] = []
    for case in cases.values():
        told += _near(case, withholding.withheld(columns.read_from(case)), reviews, today)
    record_many(told, actor=actor)
    return len(told)


def _near(
    case: UseCase, found: Iterable[Withheld], reviews: dict[tuple[int, str], WithholdingReview], today: date
) -> Iterable[Entry]:
    for one in found:
        review = reviews.get((case.pk, one.field))
        state = withholding.state(one, review, today)
        near = 0 if state == EXPIRED else withholding.step(review.expires_on, today) if review else None
        if review is None or near is None or state not in (EXPIRED, withholding.ENDING):
            continue
        kind = "withholding.expired" if near == 0 else "withholding.ending"
        data = {"review": str(review.uuid), "step": near, "field": one.field, "until": str(review.expires_on)}
        earlier = Event.objects.filter(kind=kind, subject_id=case.use_case_id, data__review=data["review"])
        if not earlier.filter(data__step__lte=near).exists():
            yield Entry(kind, subject(case, one.field), data=data)
