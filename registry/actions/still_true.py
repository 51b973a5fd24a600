"""Going through a case's answers for the yearly inventory: each is still true, or is changed, and then it counts."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from accounts.models import User
from audit.log import record
from audit.workflow import Refused, Stale
from registry import asking, classified, editions, questionnaire, reads
from registry import document as documents
from registry.actions.use_cases import file_revision, write_revision
from registry.models import ComponentCall, Cycle, Revision, StillTrue, UseCase
from registry.permissions.cycles import change_refusals, confirm_refusals
from registry.permissions.know import blind_refusals

STILL, CHANGED = "still_true", "changed"
SECTION = "inventory"


@dataclass(frozen=True)
class Said:
    """What somebody says of a case: of these fields, and with these new answers; None empties one.

    `on_behalf_of` said it where the actor only enters it. `why` names the workbook it came in.
    """

    fields: Mapping[str, str]
    changes: Mapping[str, Any] = field(default_factory=dict)
    on_behalf_of: User | None = None
    how: str = StillTrue.How.PAGE
    why: str = ""


def open_call(cycle: Cycle, use_case: UseCase) -> ComponentCall:
    """The call the case is answered in. Refused when it takes no answers any more, with whom to ask."""
    call = ComponentCall.objects.filter(cycle=cycle, component=use_case.component_id).select_related(
        "cycle", "component"
    ).first()  # fmt: skip
    if call is None:
        raise Refused(f"{use_case.component} was not called for {cycle}. Ask the inventory manager.")
    if not call.is_answerable:
        raise Refused(f"The call for {cycle} is closed. Ask the inventory manager to open it again.")
    return call


@transaction.atomic
def confirm(
    cycle: Cycle, use_case: UseCase, said: Said, *, opened_on: int, actor: User, act: uuid.UUID | None = None
) -> StillTrue:
    """Keep what was said of each answer, save the changed ones, and make the result count.

    Stale when one of these answers was changed by somebody else since revision `opened_on`; nothing is saved then.
    Filing makes it count in the inventory (design section 3, a carry-over files).
    """
    use_case = locked(use_case)
    open_call(cycle, use_case)
    _refuse(use_case, said, actor)
    _refuse_stale(use_case, set(said.fields) | set(said.changes), opened_on)
    acting_for = str(said.on_behalf_of or "")
    written = change(use_case, said, actor=actor, act=act) if said.changes else frozenset[str]()
    if use_case.has_unfiled_changes:
        file_revision(use_case, actor=actor, why=f"confirmed for {cycle}", act=act)
    StillTrue.objects.filter(cycle=cycle, use_case=use_case, is_current=True).update(is_current=False)
    kept = dict.fromkeys(said.fields, STILL) | dict.fromkeys(written, CHANGED)
    row = StillTrue.objects.create(
        cycle=cycle, use_case=use_case, revision_number=use_case.revision_number, fields=kept, how=said.how,
        confirmed_by=actor, on_behalf_of=said.on_behalf_of,
    )  # fmt: skip
    data = {"cycle": cycle.year, "revision": row.revision_number, "still_true": len(kept) - len(written),
            "changed": sorted(written), "how": said.how}  # fmt: skip
    record("use_case.confirmed", use_case, actor=actor, act=act, acting_for=acting_for, data=data)
    return row


def locked(use_case: UseCase) -> UseCase:
    """The case as it stands now, held until the act is done."""
    rows = UseCase.objects.select_for_update(of=("self",)).select_related("component", "owner", "agency")
    return rows.get(pk=use_case.pk)


def _refuse(use_case: UseCase, said: Said, actor: User) -> None:
    reasons = confirm_refusals(actor, use_case, said.on_behalf_of)
    reasons = reasons or blind_refusals(actor, use_case, [*said.fields, *said.changes])
    if reasons := reasons or (change_refusals(use_case) if said.changes else []):
        raise Refused(*reasons)


def _refuse_stale(use_case: UseCase, fields: set[str], opened_on: int) -> None:
    newer = changed_since(use_case, opened_on) & fields
    if not newer:
        return
    by = reads.last_revision(use_case)
    names = questionnaire.every()
    listed = ", ".join(sorted(names[one].short.rstrip(".") if one in names else one for one in newer))
    who = by.written_by if by else "Somebody"
    raise Stale(f"{who} changed these while you were looking, so nothing was saved: {listed}. Look at them again.")


def changed_since(use_case: UseCase, opened_on: int) -> set[str]:
    """The fields somebody changed since a revision; every one where that revision is unknown."""
    if use_case.revision_number == opened_on:
        return set()
    opened = Revision.objects.filter(use_case=use_case, number=opened_on).values_list("document", flat=True).first()
    return documents.changed_fields(opened or documents.empty(), use_case.document)


def outcome(use_case: UseCase, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The document with these answers; None empties one, also where a marker or a text nobody understood stood."""
    form = editions.of(use_case)
    cleared = {name for name, value in changes.items() if value in (None, "", [])}
    changed = asking.without(documents.with_answers(use_case.document, changes), cleared)
    return asking.settled(form, use_case.document, changed)


def answers_refused(use_case: UseCase, changes: Mapping[str, Any]) -> list[str]:
    """Why these answers are none: marked as classified, or not as their questions ask."""
    form = editions.of(use_case)
    if marked := classified.refusals(changes.values()):
        return list(marked)
    asked = [(form.by_field[name], value) for name, value in changes.items() if name in form.by_field]
    return [reason for question, value in asked for reason in questionnaire.refusals(question, value)]


def change(use_case: UseCase, said: Said, *, actor: User, act: uuid.UUID | None = None) -> frozenset[str]:
    """Write the changed answers as a revision; which fields they changed. The case is locked by the caller."""
    form = editions.of(use_case)
    if reasons := answers_refused(use_case, said.changes):
        raise Refused(*reasons)
    document = outcome(use_case, said.changes)
    changed = frozenset(documents.changed_fields(use_case.document, document))
    if changed:
        behalf = f", on behalf of {said.on_behalf_of}" if said.on_behalf_of else ""
        why = f"{said.why or 'Changed for the yearly inventory'}{behalf}"[:500]
        revision = write_revision(use_case, document, actor=actor, section=SECTION, edition=form.name, why=why)
        data = {"section": SECTION, "revision": revision.number, "fields": sorted(changed)}
        record("use_case.saved", use_case, actor=actor, act=act, data=data,
               acting_for=str(said.on_behalf_of or ""))  # fmt: skip
    return changed
