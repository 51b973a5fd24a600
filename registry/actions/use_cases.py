"""Registering a use case and keeping its facts."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import Agency, Component, User
from audit.log import Subject, record
from audit.workflow import Refused, Stale
from registry import asking, classified, editions, questionnaire
from registry import document as documents
from registry.actions import updates
from registry.actions.participation import Compared, keep_answer, shut_out
from registry.actions.system_marks import settle
from registry.models import (
    Filing,
    ImportBatch,
    NeedToKnow,
    Revision,
    SeenUseCaseId,
    UseCase,
    UseCaseComponent,
    UseCaseSystem,
)
from registry.models.use_case import Handling, Status
from registry.permissions import can_accept_ownership, can_delete_draft, edit_refusals, people_refusals, standing
from registry.permissions.know import blind_refusals


class StaleSection(Stale):
    """The section was changed since the form was opened; `theirs` is the newest document, nothing was saved."""

    def __init__(self, use_case: UseCase, opened_on: int, actor: User | None = None) -> None:
        self.theirs = use_case.document
        self.by = Revision.objects.filter(use_case=use_case, number=use_case.revision_number).first()
        self.opened_on = opened_on
        opened = Revision.objects.filter(use_case=use_case, number=opened_on).values_list("document", flat=True).first()
        self.shown: dict[str, Any] | None = opened["answers"] if opened else None
        who = str(self.by.written_by) if self.by else "Somebody"
        who = "You, in another window," if actor and self.by and self.by.written_by_id == actor.pk else who
        super().__init__(
            f"{who} changed this case while you were writing. Nothing of yours is lost: compare and save again."
        )


class EditionCame(Stale):
    """The form was opened under another edition than the case answers now; nothing was saved."""

    def __init__(self, now: questionnaire.Questionnaire) -> None:
        super().__init__(
            f"Edition {now.edition} of the questionnaire came while you were writing. Nothing of yours is lost: your "
            "answers stand below under the new edition. Look them over and save again."
        )


def next_use_case_id(component: Component) -> str:
    """Next above the highest number ever seen in any file, never reused (OMB 2025 guidance, use case ID).

    Call it in the transaction that uses it: the agency's row lock makes two people queue for numbers.
    """
    return give_use_case_ids(component.agency, 1)[0]


def give_use_case_ids(agency: Agency, count: int) -> list[str]:
    """The next IDs of an agency, marked as seen."""
    agency = Agency.objects.select_for_update().get(pk=agency.pk)
    highest = SeenUseCaseId.objects.filter(agency=agency).aggregate(top=Max("number"))["top"] or 0
    given = [
        SeenUseCaseId(use_case_id=f"{agency.code}-{number}", agency=agency, number=number)
        for number in range(highest + 1, highest + count + 1)
    ]
    SeenUseCaseId.objects.bulk_create(given, batch_size=2000)
    return [row.use_case_id for row in given]


@transaction.atomic
def register(
    component: Component, answers: Mapping[str, Any], *, actor: User, compared: Compared | None = None
) -> UseCase:
    """Make a draft with its first revision, owned by the actor. Refused outside the actor's components.

    `compared` is what the actor said of like cases that were shown; it is kept with the draft.
    """
    if component.pk not in standing(actor).components:
        raise Refused(f"You can register use cases only in your own component, not in {component}.")
    if refusals := classified.refusals([*answers.values(), compared.why if compared else ""]):
        raise Refused(*refusals)
    use_case = UseCase.objects.create(
        use_case_id=next_use_case_id(component),
        agency=component.agency,
        component=component,
        owner=actor,
        created_by=actor,
    )
    UseCaseComponent.objects.create(use_case=use_case, component=component, is_owner=True)
    write_revision(use_case, documents.with_answers(documents.empty(), answers), actor=actor, section="basics")
    record("use_case.registered", use_case, actor=actor)
    if compared:
        keep_answer(use_case, compared, actor=actor)
    return use_case


@transaction.atomic
def record_from_inventory(
    component: Component, use_case_id: str, answers: Mapping[str, Any], *, effective_on: date, actor: User
) -> UseCase:
    """One case as a published inventory reports it: recorded, never approved, and owned by nobody yet."""
    use_case = UseCase.objects.create(
        use_case_id=use_case_id,
        agency=component.agency,
        component=component,
        status=Status.RECORDED,
        created_by=actor,
    )
    UseCaseComponent.objects.create(use_case=use_case, component=component, is_owner=True)
    document = documents.with_answers(documents.empty(), answers)
    write_revision(use_case, document, actor=actor, edition="dhs-2025")
    file_revision(use_case, actor=actor, why="reported in a published inventory", effective_on=effective_on)
    record("use_case.imported", use_case, actor=actor, data={"effective_on": effective_on})
    return use_case


def write_revision(
    use_case: UseCase,
    document: dict[str, Any],
    *,
    actor: User,
    section: str = "",
    edition: str = "",
    why: str = "",
) -> Revision:
    """Write the next revision and copy it to the case. Raises Stale if another one came between (unique number).

    Without an `edition` it answers the one the case does. A file's layout is no edition: it marks the revision, and
    the case only until somebody edits it.
    """
    if use_case.hidden:
        raise RuntimeError("This row was cut for a reader; written back, it would put markers in place of answers.")
    edition = edition or editions.of(use_case).name
    answers = edition if questionnaire.named(edition) or not use_case.edition else use_case.edition
    number = use_case.revision_number + 1
    rows = UseCase.objects.filter(pk=use_case.pk, revision_number=number - 1)
    if rows.update(document=document, revision_number=number, edition=answers) != 1:
        raise Stale("Somebody else saved this case at the same moment. Reload and save again.")
    use_case.document, use_case.revision_number, use_case.edition = document, number, answers
    settle(use_case, actor=actor)
    return Revision.objects.create(
        use_case=use_case,
        number=number,
        document=document,
        sha256=documents.digest(document),
        edition=edition,
        section=section,
        why=why,
        written_by=actor,
        recorded_at=timezone.now(),
    )


@transaction.atomic
def save_section(
    use_case: UseCase,
    section: str,
    answers: Mapping[str, Any],
    *,
    opened_on: int,
    actor: User,
    opened_in: str = "",
    why: str = "",
) -> Revision | None:
    """Save one section's answers as a new revision; None when nothing changed. Answers it hides leave the document.

    `opened_on` is the revision number the form was opened on: if the case has moved on since and these answers
    differ from what stands there now, raises StaleSection with both versions, and saves nothing. `opened_in` is the
    edition the form was opened under: EditionCame when the case answers another one now.
    """
    use_case = UseCase.objects.select_for_update().get(pk=use_case.pk)
    refusals = edit_refusals(actor, use_case) or blind_refusals(actor, use_case, answers)
    if refusals:
        raise Refused(*refusals)
    form = editions.of(use_case)
    if opened_in and opened_in != form.name:
        raise EditionCame(form)
    _refuse_answers(form, answers)
    if use_case.revision_number != opened_on:
        answers = touched(use_case, opened_on, answers)
    document = asking.settled(form, use_case.document, documents.with_answers(use_case.document, answers))
    if use_case.revision_number != opened_on and _touched(form, use_case, opened_on, answers):
        raise StaleSection(use_case, opened_on, actor)
    if document == use_case.document:
        return None
    hidden = [question.field for question in asking.effects(form, use_case.document, document).hidden]
    revision = write_revision(use_case, document, actor=actor, section=section, edition=form.name, why=why)
    data = {"section": section, "revision": revision.number} | ({"no_longer_count": hidden} if hidden else {})
    record("use_case.saved", use_case, actor=actor, data=data)
    return revision


def _refuse_answers(form: questionnaire.Questionnaire, answers: Mapping[str, Any]) -> None:
    """What can never be an answer, whatever page or program it comes from."""
    given = [(form.by_field[field], value) for field, value in answers.items() if field in form.by_field]
    if marked := classified.refusals(answers.values()):
        raise Refused(*marked)
    reasons = [reason for question, value in given for reason in questionnaire.refusals(question, value)]
    if reasons:
        raise Refused(*reasons)


def touched(use_case: UseCase, opened_on: int, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Those of a form's answers that differ from what it was opened with: the rest is not what the person said."""
    opened = Revision.objects.filter(use_case=use_case, number=opened_on).values_list("document", flat=True).first()
    shown = opened["answers"] if opened else {}
    return {field: value for field, value in answers.items() if (shown.get(field) or None) != (value or None)}


def _touched(form: questionnaire.Questionnaire, use_case: UseCase, opened_on: int, answers: Mapping[str, Any]) -> bool:
    """Whether somebody else changed one of these answers since the form was opened, or made it not asked any more."""
    opened = Revision.objects.filter(use_case=use_case, number=opened_on).values_list("document", flat=True).first()
    if opened is None:
        return True
    theirs = use_case.document["answers"]
    changed = {field for field in answers if opened["answers"].get(field) != theirs.get(field)}
    if any((theirs.get(field) or None) != (answers[field] or None) for field in changed):
        return True
    gone = asking.asked(form, opened) - asking.asked(form, use_case.document)
    return any(answers[field] for field in gone & set(answers))


@transaction.atomic
def adopt_edition(use_case: UseCase, *, actor: User, why: str = "") -> Revision:
    """Move a case on to the questionnaire edition in force, by one explicit act (docs/decisions/0011).

    What the new edition replaces or retires is carried as its file says; what it does not ask of this case any more
    leaves the document and stays in the older revisions.
    """
    use_case = UseCase.objects.select_for_update().get(pk=use_case.pk)
    if refusals := edit_refusals(actor, use_case):
        raise Refused(*refusals)
    if not editions.is_behind(use_case):
        raise Refused("The case answers the questionnaire in force already.")
    now, following = editions.of(use_case), editions.today()
    document, hidden = asking.moved_on(now, following, use_case.document)
    reason = why.strip() or f"Moved on from edition {now.edition} to edition {following.edition}."
    revision = write_revision(use_case, document, actor=actor, edition=following.name, why=reason[:500])
    data = {"from": now.name, "to": following.name, "revision": revision.number, "no_longer_count": hidden}
    record("use_case.edition_adopted", use_case, actor=actor, reason=reason, data=data)
    return revision


def name_edition(use_case: UseCase, *, actor: User) -> None:
    """Say which questionnaire a case answers that only a file wrote so far: the one in force, by a revision.

    Without it a later edition would change what an old review was about.
    """
    if questionnaire.named(use_case.edition) is None:
        now = editions.today()
        why = f"Checked and sent under edition {now.edition} of the questionnaire."
        write_revision(use_case, use_case.document, actor=actor, edition=now.name, why=why)


@transaction.atomic
def file_revision(
    use_case: UseCase,
    *,
    actor: User,
    why: str,
    effective_on: date | None = None,
    batch: ImportBatch | None = None,
    act: uuid.UUID | None = None,
) -> Filing:
    """Make the newest revision count from a day on.

    A filing that is effective before the newest one is kept for that past and does not change what counts now.
    """
    revision = Revision.objects.get(use_case=use_case, number=use_case.revision_number)
    effective = effective_on or timezone.localdate()
    filing = Filing.objects.create(
        use_case=use_case, revision=revision, effective_on=effective, recorded_at=timezone.now(),
        filed_by=actor, why=why, batch=batch,
    )  # fmt: skip
    if use_case.filed_effective_on is None or effective >= use_case.filed_effective_on:
        columns = {
            "filed_document": revision.document,
            "filed_number": revision.number,
            "filed_effective_on": effective,
        }
        UseCase.objects.filter(pk=use_case.pk).update(**columns)
        for name, value in columns.items():
            setattr(use_case, name, value)
    record("use_case.filed", use_case, actor=actor, reason=why, act=act,
           data={"revision": revision.number, "effective_on": effective, "sha256": revision.sha256})  # fmt: skip
    updates.filed(use_case, actor=actor)
    return filing


@transaction.atomic
def delete_draft(use_case: UseCase, *, actor: User) -> None:
    """Delete a draft that was never filed; its ID stays used up and the log keeps that it was there."""
    if not can_delete_draft(actor, use_case):
        raise Refused("Only a draft that was never submitted can be deleted, by its owner or the component lead.")
    record("use_case.deleted", use_case, actor=actor, data={"name": use_case.title})
    use_case.delete()


@transaction.atomic
def accept_ownership(use_case: UseCase, *, actor: User) -> None:
    """Become the owner of a case nobody owns (an imported one) in one's own component."""
    if not can_accept_ownership(actor, use_case):
        raise Refused("Only people of the case's component can accept it, and only while it has no owner.")
    if UseCase.objects.filter(pk=use_case.pk, owner=None).update(owner=actor) != 1:
        raise Stale("Somebody else has just accepted this case.")
    use_case.owner = actor
    record("use_case.assigned", use_case, actor=actor, data={"owner": str(actor)})


@transaction.atomic
def set_handling(use_case: UseCase, handling: str, *, actor: User) -> None:
    """Change who may know of the case; its owner and the component lead may."""
    if refusals := people_refusals(actor, use_case):
        raise Refused(*refusals)
    hidden = UseCaseSystem.objects.filter(use_case=use_case, ended_at=None, system__handling=Handling.RESTRICTED)
    if handling != Handling.RESTRICTED and hidden.exists():
        raise Refused("It uses a restricted system, which its answers name. It stays restricted while it does.")
    is_new = handling == Handling.RESTRICTED and use_case.handling != Handling.RESTRICTED
    UseCase.objects.filter(pk=use_case.pk).update(handling=Handling(handling))
    use_case.handling = handling
    words = str(Handling(handling).label).lower()
    subject = Subject("use_case", use_case.use_case_id, words, timeline=use_case.use_case_id)
    record("use_case.handling_changed", subject, actor=actor, data={"handling": handling})
    if is_new:
        shut_out(use_case, actor=actor)


def let_know(use_case: UseCase, *, because: str, **whom: Any) -> None:
    """Give a person, an office or the Board need to know of a case (`user=`, `office=` or `is_board=`)."""
    NeedToKnow.objects.get_or_create(use_case=use_case, **whom, defaults={"because": because})


def is_never_filed(use_case: UseCase) -> bool:
    """A draft that has not counted yet."""
    return use_case.status == Status.DRAFT and use_case.filed_number is None
