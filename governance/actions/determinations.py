"""Determining whether a use is high-impact, or AI at all: an act of its own, and signed with a decision."""

import uuid

from django.db import transaction
from django.utils import timezone

from accounts.models import Role, User
from accounts.permissions import has_role
from audit.log import record
from audit.workflow import Refused, Stale
from governance import determining, risk
from governance.actions.compliance import check_soon
from governance.actions.steps import hold_place, locked
from governance.determining import Determined
from governance.models import AiDetermination, Determination, DeterminingOfficial, Review
from governance.permissions import determine as permissions
from governance.permissions.determine import Hand
from governance.reads import determinations as reads
from registry import classify, editions
from registry.actions.signed import note_signed
from registry.models import Revision, UseCase

__all__ = ["Determined", "acknowledge", "determine", "determine_ai", "sign", "sign_ai_at_triage"]


@transaction.atomic
def determine(
    use_case: UseCase, *, actor: User, opened_on: int | None, seen: str, determined: Determined
) -> Determination:
    """Sign whether the filed revision is high-impact, as an act of its own (M-25-21 section 4(a)).

    `opened_on` is the filed revision and `seen` the newest determination when the page was opened: Stale when either
    is another one by now. By the Chief AI Officer or a named official; deputies and delegates within their reach, so
    neither clears a presumption. When a named official clears one, the Chief AI Officer is asked to acknowledge it.
    """
    use_case = locked(use_case)
    found = _hand(actor, use_case)
    newest = reads.newest(use_case)
    _still(use_case, opened_on, seen, newest)
    revision = Revision.objects.get(use_case=use_case, number=use_case.filed_number or 0)
    reasons = determining.sound(determined)  # first whether this hand reaches so far, then what the answer lacks
    reasons = reasons or permissions.reach(found, use_case.impact or "", determined.impact)
    if reasons := reasons or determining.refusals(determined, reads.known(revision)):
        raise Refused(*reasons)
    row = sign(
        use_case, revision, determined, actor=actor, signed_as=found.signed_as, signed_for=found.acting_for,
        naming=found.naming,
    )  # fmt: skip
    kind = "determination.cleared" if row.is_acknowledgeable else "determination.made"
    _record(kind, row, actor=actor, act=uuid.uuid4(), was=newest)
    check_soon(use_case, actor=actor)
    return row


def _hand(actor: User, use_case: UseCase) -> Hand:
    """As what the person determines, held until it is written: ending it waits, or was first."""
    found = permissions.hand(actor, use_case)
    if reasons := found.reasons or permissions.status_refusals(use_case):
        raise Refused(*reasons)
    hold_place(found.delegation)
    if found.naming:
        row = DeterminingOfficial.objects.select_for_update(of=("self",)).get(pk=found.naming.pk)
        if row.state != "running":
            day = f"{row.last_day.day} {row.last_day:%B %Y}"
            raise Refused(f"You were named to determine until {day}. That has ended; nothing of yours was recorded.")
    return found


def _still(use_case: UseCase, opened_on: int | None, seen: str, newest: Determination | AiDetermination | None) -> None:
    """What the page showed is what counts now."""
    if use_case.filed_number != opened_on:
        raise Stale(
            f"Revision {use_case.filed_number} was filed after you opened the page, so you would determine on answers "
            "you have not seen. Look at what changed; nothing was signed."
        )
    if (str(newest.uuid) if newest else "") != seen:
        who = f"{newest.signer} determined" if newest else "Somebody acted on"
        raise Stale(f"{who} this case after you opened the page. Look at it first; nothing was signed.")


def sign(
    use_case: UseCase,
    revision: Revision,
    given: Determined,
    *,
    actor: User,
    signed_as: str,
    signed_for: str = "",
    naming: DeterminingOfficial | None = None,
) -> Determination:
    """Write the signed answer on the impact, beside what the rules suggested then: rules suggest, people determine.

    The registry reports it from now on; the reported answer stays as it is.
    """
    row = Determination.objects.create(
        use_case=use_case, revision=revision, impact=given.impact, categories=sorted(given.categories),
        principal_basis=given.principal_basis, reasoning=given.reasoning.strip(),
        justification=given.justification.strip(), documentation=given.documentation.strip(),
        public_summary=given.public_summary.strip(), suggested=reads.suggested(revision), signed_by=actor,
        signed_for=signed_for, signed_as=signed_as, naming=naming,
    )  # fmt: skip
    note_signed(use_case, impact=row.impact, justification=row.justification, signed_at=row.signed_at)
    _queue_by(row)
    return row


def _queue_by(row: Determination) -> None:
    """A running round is queued by what was determined, and not any more by what was reported."""
    counting = editions.counting(row.revision)
    suggestion = classify.suggest(counting, classify.in_force(timezone.localdate()))
    urgent = risk.rank(counting, suggestion, determined=row.impact)
    Review.objects.filter(use_case=row.use_case, ended_at=None).update(risk=urgent)


def _record(
    kind: str, row: Determination, *, actor: User, act: uuid.UUID, was: Determination | None = None
) -> None:  # fmt: skip
    data = {
        "impact": row.impact, "categories": row.categories, "revision": row.revision.number, "as": row.signed_as,
        "was": was.impact if was else None, "determination": row.uuid,
    }  # fmt: skip
    record(kind, row.use_case, actor=actor, act=act, reason=row.justification, data=data, acting_for=row.signed_for)


def sign_with(review: Review, given: Determined, *, actor: User, act: uuid.UUID, acting_for: str = "") -> Determination:
    """Sign the determination together with a decision or a referral."""
    label = "" if acting_for else str((Role.CAIO if has_role(actor, Role.CAIO) else Role.DEPUTY_CAIO).label)
    row = sign(review.use_case, review.revision, given, actor=actor, signed_as=label, signed_for=acting_for)
    _record("determination.signed", row, actor=actor, act=act)
    return row


@transaction.atomic
def determine_ai(
    use_case: UseCase, *, actor: User, opened_on: int | None, seen: str, answer: str, because: str
) -> AiDetermination:
    """Sign whether the use is artificial intelligence; "not AI" with its reason (OMB reporting guidance, scope).

    Nothing follows by itself: who may withdraw the case is shown that as the next step.
    """
    use_case = locked(use_case)
    found = _hand(actor, use_case)
    newest = reads.newest_ai(use_case)
    _still(use_case, opened_on, seen, newest)
    reasons = determining.ai_refusals(answer, because)
    if not reasons and answer == "no":  # it takes a case out of what is high-impact, so it reaches as far as that
        reasons = permissions.reach(found, use_case.impact or "", "not_high_impact")
    if reasons:
        raise Refused(*reasons)
    revision = Revision.objects.get(use_case=use_case, number=use_case.filed_number or 0)
    return _sign_ai(use_case, revision, answer, because, found=found, actor=actor, act=uuid.uuid4())


def _sign_ai(
    use_case: UseCase, revision: Revision, answer: str, because: str, *, found: Hand, actor: User, act: uuid.UUID
) -> AiDetermination:
    row = AiDetermination.objects.create(
        use_case=use_case, revision=revision, is_ai=answer == "yes", because=because.strip(),
        suggested=reads.suggested_ai(revision), signed_by=actor, signed_for=found.acting_for,
        signed_as=found.signed_as, naming=found.naming,
    )  # fmt: skip
    kind = "determination.is_ai" if row.is_ai else "determination.not_ai"
    data = {"is_ai": row.is_ai, "revision": revision.number, "as": row.signed_as}
    record(kind, use_case, actor=actor, act=act, reason=row.because, data=data, acting_for=row.signed_for)
    return row


def sign_ai_at_triage(review: Review, *, is_ai: bool, note: str, actor: User, act: uuid.UUID) -> bool:
    """Keep triage's answer as a determination where the person may determine; else it is an answer at triage only."""
    answer = "yes" if is_ai else "no"
    found = permissions.hand(actor, review.use_case)
    if found.reasons or determining.ai_refusals(answer, note):
        return False
    if answer == "no" and permissions.reach(found, review.use_case.impact or "", "not_high_impact"):
        return False
    _sign_ai(review.use_case, review.revision, answer, note, found=_hand(actor, review.use_case), actor=actor, act=act)
    return True


@transaction.atomic
def acknowledge(determination: Determination, *, actor: User, note: str = "") -> Determination:
    """Acknowledge as Chief AI Officer that a named official cleared a presumption (M-25-21 section 4(a)).

    The other way is to determine anew. Stale when it is not the newest one any more.
    """
    use_case = locked(determination.use_case)
    row = Determination.objects.select_for_update(of=("self",)).select_related("signed_by").get(pk=determination.pk)
    if reasons := permissions.acknowledge_refusals(actor, row):
        raise Refused(*reasons)
    newest = reads.newest(use_case)
    if newest is None or newest.pk != row.pk:
        raise Stale("The case was determined anew in the meantime, so there is nothing to acknowledge.")
    if row.acknowledged_at:
        raise Stale("It was acknowledged already.")
    row.acknowledged_by, row.acknowledged_at, row.acknowledged_note = actor, timezone.now(), note.strip()
    row.save(update_fields=["acknowledged_by", "acknowledged_at", "acknowledged_note"])
    data = {"determination": row.uuid, "revision": row.revision.number}
    record("determination.acknowledged", use_case, actor=actor, reason=note.strip(), data=data)
    return row
