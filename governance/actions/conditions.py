"""Conditions: set with their terms, reported met, accepted or not, moved, and given to who sees to them."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.log import record
from audit.workflow import Refused, Stale
from governance import lifecycle_guards as guards
from governance.actions.steps import hold_place
from governance.condition_terms import Terms, sound
from governance.models import Condition, Review
from governance.permissions import conditions as permissions
from registry.models import Evidence

State = Condition.State
Wanted = Sequence[tuple[Any, ...]]


def set_conditions(conditions: Wanted, *, review: Review, actor: User, act: uuid.UUID, **source: object) -> None:
    """Write the conditions of a sign-off (`lane=`) or of a decision (`decision=`)."""
    for one in conditions:
        terms = Terms(*one)
        if reasons := [*sound(terms), *permissions.owner_refusals(terms.owner_id, review.use_case)]:
            raise Refused(*reasons)
        condition = Condition.objects.create(
            use_case=review.use_case, component=review.use_case.component, text=terms.text.strip(),
            due_on=terms.due_on, set_by=actor, blocks=terms.blocks, practice=terms.practice,
            consequence=terms.consequence.strip(), owner_id=terms.owner_id, set_at_stage=review.stage, **source,
        )  # fmt: skip
        data = {"due_on": terms.due_on, "blocks": terms.blocks, "practice": terms.practice, "owner": terms.owner_id}
        record("condition.set", condition, actor=actor, act=act, data=data)


@transaction.atomic
def report_met(condition: Condition, *, actor: User, proof: Evidence | None, note: str = "") -> None:
    """Report a condition met, with a file or link of the case's evidence that shows it."""
    condition = _locked(condition)
    if reasons := permissions.report_refusals(actor, condition):
        raise Refused(*reasons)
    if condition.state != State.OPEN:
        raise Stale(f"This condition is “{condition.get_state_display()}” already.")
    if proof is None or proof.use_case_id != condition.use_case_id or not proof.is_standing:
        raise Refused("Choose the evidence that shows it: a file or a link that stands on the case.")
    _change(
        condition, state=State.MET, evidence=note.strip(), proof=proof, met_at=timezone.now(), met_by=actor,
        not_accepted="",
    )  # fmt: skip
    record("condition.met", condition, actor=actor, reason=note.strip(), data={"evidence": proof.uuid})


@transaction.atomic
def accept_met(condition: Condition, *, actor: User) -> None:
    """Accept that a reported condition is met, as who set it, the same office or the Chief AI Officer."""
    condition, acting_for = _to_judge(condition, actor)
    _change(
        condition, state=State.ACCEPTED, accepted_at=timezone.now(), accepted_by=actor, accepted_for=acting_for
    )  # fmt: skip
    record("condition.accepted", condition, actor=actor, acting_for=acting_for)


@transaction.atomic
def not_accept(condition: Condition, *, actor: User, reason: str) -> None:
    """Give a reported condition back: what was shown does not meet it. Its day stays."""
    condition, acting_for = _to_judge(condition, actor)
    if reasons := guards.reasons_given(reason, "Say what is still missing, so that it can be met."):
        raise Refused(*reasons)
    shown = {"evidence": condition.proof.uuid if condition.proof else None, "note": condition.evidence}
    _change(
        condition, state=State.OPEN, not_accepted=reason.strip(), met_at=None, met_by=None, proof=None, evidence=""
    )  # fmt: skip
    record("condition.not_accepted", condition, actor=actor, reason=reason.strip(), acting_for=acting_for, data=shown)


def _to_judge(condition: Condition, actor: User) -> tuple[Condition, str]:
    condition = _locked(condition)
    found = permissions.judge(actor, condition)
    if found.reasons:
        raise Refused(*found.reasons)
    if condition.state != State.MET:
        raise Stale(f"This condition is “{condition.get_state_display()}”, so there is nothing to judge.")
    hold_place(found.by)
    return condition, found.acting_for


@transaction.atomic
def move_due(condition: Condition, *, actor: User, due_on: date, reason: str) -> None:
    """Move the day a condition is due, with the reason; who set it does. Overdue anew, it is told of anew."""
    condition = _locked(condition)
    if reasons := permissions.terms_refusals(actor, condition):
        raise Refused(*reasons)
    if condition.state == State.ACCEPTED:
        raise Stale("This condition is accepted; its day stays as it was.")
    if due_on == condition.due_on:
        raise Refused("That is its day already.")
    if due_on < timezone.localdate():
        raise Refused("A condition is due today or later.")
    if reasons := guards.reasons_given(reason, "Say why its day moves: the reason stands on the record."):
        raise Refused(*reasons)
    before = condition.due_on
    _change(condition, due_on=due_on)
    record("condition.moved", condition, actor=actor, reason=reason.strip(), data={"from": before, "to": due_on})


@transaction.atomic
def name_owner(condition: Condition, *, actor: User, owner: User | None) -> None:
    """Say who has to see to a condition; nobody named means the owner of the case."""
    condition = _locked(condition)
    mine = condition.answerable and condition.answerable.pk == actor.pk
    if not mine and (reasons := permissions.terms_refusals(actor, condition)):
        raise Refused(*reasons)
    if condition.state == State.ACCEPTED:
        raise Stale("This condition is accepted; nobody has to see to it any more.")
    if reasons := permissions.owner_refusals(owner.pk if owner else None, condition.use_case):
        raise Refused(*reasons)
    _change(condition, owner=owner)
    record("condition.given", condition, actor=actor, data={"owner": owner.pk if owner else None, "name": str(owner)})


def _locked(condition: Condition) -> Condition:
    rows = Condition.objects.select_for_update(of=("self",))
    joins = ("use_case__component", "use_case__owner", "lane__office", "lane__review", "decision", "owner", "set_by")
    return rows.select_related(*joins, "proof").get(pk=condition.pk)


def _change(condition: Condition, **columns: Any) -> None:
    for name, value in columns.items():
        setattr(condition, name, value)
    condition.save(update_fields=list(columns))
