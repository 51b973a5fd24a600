"""Once a year the owner of an approved case confirms the filed revision, and the component lead certifies it."""

import uuid
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from accounts.actions import system_account
from accounts.models import User
from audit.log import Entry, record, record_many
from audit.workflow import Refused, Stale
from governance import lifecycle_guards as guards
from governance.actions import material
from governance.actions.steps import hold_place, locked
from governance.models import Recertification
from governance.permissions import recertification as permissions
from governance.reads import recertification as reads
from governance.reads.gates import APPROVED
from registry import editions, tasklist
from registry.actions.use_cases import file_revision
from registry.models import Certification, Revision, StillTrue, UseCase
from registry.reads import day_in_words

State = Recertification.State


@transaction.atomic
def confirm_true(use_case: UseCase, *, actor: User, opened_on: int, note: str = "") -> Recertification:
    """Say that the answers are still true; changed ones are filed with it and looked at for material changes.

    `opened_on` is the revision number the person saw. The list of days is data (docs/decisions/0029).
    """
    use_case = locked(use_case)
    if reasons := permissions.confirm_refusals(actor, use_case):
        raise Refused(*reasons)
    due = reads.due_of(use_case)
    if due is None:
        raise Stale(f"The case is “{use_case.get_status_display()}” by now; only an approved case is confirmed.")
    if use_case.revision_number != opened_on:
        raise Stale("The answers were changed after you looked. Look at them once more; nothing was confirmed.")
    if not due.is_open:
        raise Refused(
            f"It is due on {day_in_words(due.due_on)} and can be confirmed from {day_in_words(due.opens_on)}."
        )
    if due.waiting and not use_case.has_unfiled_changes:
        raise Stale(f"{due.waiting.confirmed_by} has confirmed it already. It waits for the component lead.")
    if reasons := guards.complete(tasklist.missing(editions.of(use_case), use_case.document)):
        raise Refused(*reasons)
    act, is_corrected = uuid.uuid4(), use_case.has_unfiled_changes
    if is_corrected:
        file_revision(use_case, actor=actor, why="corrected at the yearly confirmation", act=act)
        material.look(use_case.pk)
    _replace([use_case.pk])
    revision = Revision.objects.get(use_case=use_case, number=use_case.filed_number or 0)
    row = Recertification.objects.create(
        use_case=use_case, revision=revision, due_on=due.due_on, note=note.strip(), confirmed_by=actor
    )
    data = {"revision": revision.number, "due_on": due.due_on, "corrected": is_corrected}
    record("use_case.confirmed_for_year", use_case, actor=actor, act=act, reason=row.note, data=data)
    return row


@transaction.atomic
def certify_true(use_case: UseCase, *, actor: User, seen: int) -> Recertification:
    """Certify for the component what its owner confirmed; `seen` is the filed revision number on the page."""
    use_case = locked(use_case)
    if reasons := permissions.certify_refusals(actor, use_case):
        raise Refused(*reasons)
    row = reads.waiting(use_case)
    if row is None or use_case.status not in APPROVED:
        raise Stale("Nothing waits to be certified. The answers may have been filed anew; their owner confirms them.")
    if use_case.filed_number != seen:
        raise Stale("Other answers count since you looked. Look at them; nothing was certified.")
    if reasons := permissions.certify_refusals(actor, use_case, row):
        raise Refused(*reasons)
    delegation = permissions.certifies_for(actor, use_case)
    hold_place(delegation)
    row.state, row.certified_by, row.certified_at = State.CERTIFIED, actor, timezone.now()
    row.certified_for = delegation.whom if delegation else ""
    row.save(update_fields=["state", "certified_by", "certified_at", "certified_for"])
    data = {"revision": row.revision.number, "due_on": row.due_on, "how": row.how}
    record("use_case.certified_for_year", use_case, actor=actor, data=data, acting_for=row.certified_for)
    return row


def _replace(pks: Iterable[int]) -> None:
    rows = Recertification.objects.filter(use_case__in=list(pks), state=State.CONFIRMED)
    rows.update(state=State.REPLACED)


# -- the yearly data call counts as well -------------------------------------------------------------


def count_calls() -> int:
    """Count what was confirmed and certified in a data call; returns how many cases. Twice changes nothing.

    Each certification is a transaction of its own, so that a run that was killed goes on where it stopped.
    """
    rows = Certification.objects.filter(status=Certification.Status.CERTIFIED).order_by("pk")
    return sum(_count_call(pk) for pk in list(rows.values_list("pk", flat=True)))


@transaction.atomic
def _count_call(pk: int) -> int:
    signed = Certification.objects.select_for_update(of=("self",)).select_related("call__cycle").get(pk=pk)
    if signed.status != Certification.Status.CERTIFIED:
        return 0
    at = signed.countersigned_at or signed.signed_at
    known = Recertification.objects.filter(certification=signed).values("use_case")
    found = reads.cases().filter(use_case_id__in=list(signed.revisions), since__lt=at).exclude(pk__in=known)
    cases = {case.pk: case for case in found.defer("document", "filed_document", "search_vector")}
    said = StillTrue.objects.filter(cycle=signed.call.cycle, is_current=True, use_case__in=list(cases))
    made = []
    for one in said.order_by("pk"):
        case = cases[one.use_case_id]
        # Certified is exactly the revision that was confirmed; what was filed in between nobody has confirmed.
        if signed.revisions.get(case.use_case_id) == one.revision_number and at >= one.confirmed_at:
            made.append(_of_call(case, one, signed))
    _replace([row.use_case_id for row in made])
    Recertification.objects.bulk_create(made, batch_size=1000)
    entries = (_entry(cases[row.use_case_id], row, signed) for row in made)
    record_many(entries, actor=system_account())
    return len(made)


def _of_call(case: UseCase, said: StillTrue, signed: Certification) -> Recertification:
    since = case.since  # type: ignore[attr-defined]  # annotated by `reads.cases`
    return Recertification(
        use_case=case, revision=Revision.objects.get(use_case=case, number=said.revision_number),
        due_on=reads.due_since(since).due_on, state=State.CERTIFIED, how=Recertification.How.CALL,
        certification=signed, confirmed_by=said.on_behalf_of or said.confirmed_by, confirmed_at=said.confirmed_at,
        certified_by=signed.signed_by, certified_for=signed.signed_for,
        certified_at=signed.countersigned_at or signed.signed_at,
    )  # fmt: skip


def _entry(case: UseCase, row: Recertification, signed: Certification) -> Entry:
    data = {"due_on": row.due_on, "how": row.how, "cycle": signed.call.cycle.year}
    return Entry("use_case.certified_for_year", case.event_subject(), data=data)
