"""Answering what an inventory file proposes for a case that is in review or decided."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.log import record
from audit.workflow import Refused, Stale
from registry import document as documents
from registry.actions.inventory import write
from registry.actions.inventory.plan import Outcome
from registry.inventory.records import Row
from registry.models import ProposedCorrection, UseCase
from registry.permissions import accept_refusals, answer_refusals
from registry.reads import proposals

State = ProposedCorrection.State


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
    (proposal,) = proposals([correction])
    changed = frozenset(documents.changed_fields(proposal.before, proposal.after))
    row = Row(0, case.use_case_id, None, None, proposal.after, 0, 0, 0, ())
    return Outcome(row, "updated", case=case, counted=proposal.after, changed=changed, is_past=proposal.is_past)


def _answer(correction: ProposedCorrection, state: str, actor: User, act: write.Act, data: dict[str, Any]) -> None:
    correction.state, correction.answered_by, correction.answered_at = state, actor, timezone.now()
    correction.save(update_fields=["state", "answered_by", "answered_at"])
    record(f"correction.{state}", correction, actor=actor, act=act.uuid, data=data)
