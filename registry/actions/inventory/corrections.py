"""Answering what an inventory file proposes for a case that is in review or decided."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.log import Entry, record, record_many
from audit.workflow import Refused, Stale
from registry import document as documents
from registry.actions.inventory import write
from registry.actions.inventory.plan import Outcome
from registry.inventory.records import Row
from registry.models import ImportBatch, ProposedCorrection, UseCase
from registry.models.use_case import Status
from registry.permissions import accept_refusals, answer_refusals, can_answer_file
from registry.reads import proposals

State = ProposedCorrection.State


@transaction.atomic
def accept_correction(
    correction: ProposedCorrection, *, actor: User, fields: Collection[str] | None = None
) -> ProposedCorrection:
    """Make the file's changes count, or those of some fields. What changed here since they were proposed stays."""
    correction, case = _open(correction, actor)
    if refusals := accept_refusals(case):
        raise Refused(*refusals)
    if fields is not None and not fields:
        raise Refused("Choose at least one answer to take over, or leave the case as it is.")
    outcome = _outcome(correction, case, fields)
    if case.status == Status.RETIRED and documents.answers(outcome.counted).get("development_stage") != "retired":
        raise Refused("A retired case stays retired; its ID is never used again. Leave the case as it is.")
    act = _act(correction, case, actor)
    if outcome.changed:
        write.update([outcome], act, kind="use_case.corrected")
    _answer(correction, State.ACCEPTED, actor, act, {"fields": sorted(outcome.changed)})
    return correction


@transaction.atomic
def refuse_correction(correction: ProposedCorrection, *, actor: User) -> ProposedCorrection:
    """Leave the case as it is; the same file does not propose it again."""
    correction, case = _open(correction, actor)
    act = _act(correction, case, actor)
    _answer(correction, State.REFUSED, actor, act, {})
    return correction


@transaction.atomic
def refuse_all(batch: ImportBatch, *, actor: User) -> int:
    """Leave all cases as they are that a file says otherwise: one answer of the inventory manager for the file."""
    if not can_answer_file(actor, batch):
        raise Refused("Only the inventory manager answers for all cases of a file at once.")
    rows = ProposedCorrection.objects.filter(batch=batch, state=State.OPEN).select_for_update(of=("self",))
    found = list(rows.select_related("use_case"))
    if not found:
        raise Stale("All that this file proposed has been answered already.")
    act = write.Act(batch, actor, batch.effective_on, f"Left as they are, against {batch.file_name}", batch.layout)
    ProposedCorrection.objects.filter(pk__in=[one.pk for one in found]).update(
        state=State.REFUSED, answered_by=actor, answered_at=act.now
    )
    entries = [Entry("correction.refused", one.event_subject(), act.why) for one in found]
    record_many(entries, actor=actor, act=act.uuid)
    return len(found)


def _act(correction: ProposedCorrection, case: UseCase, actor: User) -> write.Act:
    """A file's answers are its layout's; a call's workbook answers the questionnaire the case is on."""
    edition = correction.batch.layout if correction.batch else case.edition
    why = f"Correction accepted from {correction.file_name}"
    day = correction.effective_on
    if case.status == Status.RETIRED and case.filed_effective_on:  # or it would be reported as retired once more again
        day = min(day, case.filed_effective_on)
    return write.Act(correction.batch, actor, day, why, edition)


def _open(correction: ProposedCorrection, actor: User) -> tuple[ProposedCorrection, UseCase]:
    """The locked correction and case. Refused to others, Stale once it was answered."""
    case = UseCase.objects.select_for_update(of=("self",)).select_related("component").get(pk=correction.use_case_id)
    if refusals := answer_refusals(actor, case):
        raise Refused(*refusals)
    rows = ProposedCorrection.objects.select_for_update(of=("self",)).select_related("batch", "workbook")
    correction = rows.get(pk=correction.pk)
    if correction.state != State.OPEN:
        raise Stale(f"{correction.answered_by} has answered this already: {correction.get_state_display().lower()}.")
    correction.use_case = case
    return correction, case


def _outcome(correction: ProposedCorrection, case: UseCase, fields: Collection[str] | None) -> Outcome:
    """The fields the file would have changed then, or those of them that were chosen, on what counts now."""
    (proposal,) = proposals([correction])
    after = proposal.after
    if fields is not None:
        wanted = documents.changed_fields(proposal.before, after) & set(fields)
        after = documents.with_fields(proposal.before, after, wanted)
    changed = frozenset(documents.changed_fields(proposal.before, after))
    row = Row(0, case.use_case_id, None, None, after, 0, 0, 0, ())
    return Outcome(row, "updated", case=case, counted=after, changed=changed, is_past=proposal.is_past)


def _answer(correction: ProposedCorrection, state: str, actor: User, act: write.Act, data: dict[str, Any]) -> None:
    correction.state, correction.answered_by, correction.answered_at = state, actor, timezone.now()
    correction.save(update_fields=["state", "answered_by", "answered_at"])
    record(f"correction.{state}", correction, actor=actor, act=act.uuid, data=data)
