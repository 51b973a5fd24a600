"""Answering what an inventory file proposes for a case that is in review or decided."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from audit.log import record
from audit.workflow import Refused, Stale
from registry import document as documents
from registry.actions.inventory import write
from registry.actions.inventory.plan import Outcome, documents_on
from registry.inventory.records import Row
from registry.models import Filing, ProposedCorrection, Revision, UseCase
from registry.models.use_case import Status
from registry.permissions import can_answer_correction

State = ProposedCorrection.State
# The answers are fixed while offices look at them (registry.permissions.EDITABLE leaves these out, too).
UNDER_REVIEW = frozenset({Status.SUBMITTED, Status.ENDORSED, Status.IN_REVIEW, Status.READY, Status.AT_BOARD})


def answer_refusals(user: Any, use_case: UseCase) -> list[str]:
    """Why a person cannot answer a correction of this case, in sentences; empty when they can."""
    if can_answer_correction(user, use_case):
        return []
    return [f"Only the owner, the {use_case.component} lead or the inventory manager can answer this."]


def accept_refusals(use_case: UseCase) -> list[str]:
    """Why a correction cannot be accepted now: the answers stand still while the case is in review."""
    if use_case.status not in UNDER_REVIEW:
        return []
    return [
        f"The case is “{use_case.get_status_display()}”: its answers are fixed until the review ends. "
        "Accept the correction then, or have the case sent back first."
    ]


@transaction.atomic
def accept_correction(correction: ProposedCorrection, *, actor: User) -> ProposedCorrection:
    """Make the file's changes count. What changed here since they were proposed stays, field by field."""
    correction, case = _open(correction, actor)
    if refusals := accept_refusals(case):
        raise Refused(*refusals)
    outcome = _outcome(correction, case)
    act = _act(correction, actor)
    if outcome.changed:
        write.update([outcome], act, kind="use_case.corrected")
    _answer(correction, State.ACCEPTED, actor, act, {"fields": sorted(outcome.changed)})
    return correction


@transaction.atomic
def refuse_correction(correction: ProposedCorrection, *, actor: User) -> ProposedCorrection:
    """Leave the case as it is; the same file does not propose it again."""
    correction, _ = _open(correction, actor)
    act = _act(correction, actor)
    _answer(correction, State.REFUSED, actor, act, {})
    return correction


def _act(correction: ProposedCorrection, actor: User) -> write.Act:
    batch = correction.batch
    why = f"Correction accepted from {batch.file_name}"
    return write.Act(batch, actor, correction.effective_on, why, batch.layout)


def _open(correction: ProposedCorrection, actor: User) -> tuple[ProposedCorrection, UseCase]:
    """The locked correction and case. Refused to others, Stale once it was answered."""
    case = UseCase.objects.select_for_update(of=("self",)).select_related("component").get(pk=correction.use_case_id)
    if refusals := answer_refusals(actor, case):
        raise Refused(*refusals)
    rows = ProposedCorrection.objects.select_for_update(of=("self",)).select_related("batch")
    correction = rows.get(pk=correction.pk)
    if correction.state != State.OPEN:
        raise Stale(f"{correction.answered_by} has answered this already: {correction.get_state_display().lower()}.")
    correction.use_case = case
    return correction, case


def _outcome(correction: ProposedCorrection, case: UseCase) -> Outcome:
    """The fields the file would have changed then, on what counts now."""
    wanted = documents.changed_fields(base_then(correction), correction.document)
    is_past = bool(case.filed_effective_on and correction.effective_on < case.filed_effective_on)
    base = _base_now(correction, case, is_past=is_past)
    counted = documents.with_fields(base, correction.document, wanted)
    changed = frozenset(documents.changed_fields(base, counted))
    row = Row(0, case.use_case_id, None, None, counted, 0, 0, 0, ())
    return Outcome(row, "updated", case=case, counted=counted, changed=changed, is_past=is_past)


def base_then(correction: ProposedCorrection) -> dict[str, Any]:
    """What the file was compared with when it proposed the correction."""
    then = Filing.objects.filter(
        use_case=correction.use_case_id, effective_on__lte=correction.effective_on,
        recorded_at__lte=correction.proposed_at,
    )  # fmt: skip
    filing = then.select_related("revision").order_by("-effective_on", "-id").first()
    if filing:
        return filing.revision.document
    return documents.empty() if correction.use_case.filed_number else _draft_then(correction)


def _draft_then(correction: ProposedCorrection) -> dict[str, Any]:
    rows: QuerySet[Revision] = Revision.objects.filter(
        use_case=correction.use_case_id, recorded_at__lte=correction.proposed_at
    )
    newest = rows.order_by("-number").first()
    return newest.document if newest else documents.empty()


def _base_now(correction: ProposedCorrection, case: UseCase, *, is_past: bool) -> dict[str, Any]:
    if is_past:
        return documents_on([case.pk], correction.effective_on).get(case.pk, documents.empty())
    return case.document if case.filed_document is None else case.filed_document


def _answer(correction: ProposedCorrection, state: str, actor: User, act: write.Act, data: dict[str, Any]) -> None:
    correction.state, correction.answered_by, correction.answered_at = state, actor, timezone.now()
    correction.save(update_fields=["state", "answered_by", "answered_at"])
    record(f"correction.{state}", correction, actor=actor, act=act.uuid, data=data)
