"""Bringing an older state of a case back: as a new revision, never by undoing history."""

from django.db import transaction

from accounts.models import User
from audit.log import record
from audit.workflow import Refused
from registry.actions.use_cases import StaleSection, write_revision
from registry.document import changed_fields
from registry.models import Revision, UseCase
from registry.permissions import edit_refusals
from registry.permissions.know import blind_refusals


@transaction.atomic
def restore_revision(use_case: UseCase, number: int, *, why: str, opened_on: int, actor: User) -> Revision:
    """Write revision `number`'s document once more as the newest revision.

    It answers the questionnaire edition the old one answered. Nothing counts by it: filing is a step of its own.
    Raises Refused for those who cannot edit, for an unknown revision, for one that is equal to the newest, and
    without a reason; StaleSection when somebody saved since the page was opened.
    """
    use_case = UseCase.objects.select_for_update().get(pk=use_case.pk)
    if refusals := edit_refusals(actor, use_case):
        raise Refused(*refusals)
    if not why.strip():
        raise Refused("Say why the older answers come back: it stands in the history.")
    if use_case.revision_number != opened_on:
        raise StaleSection(use_case, opened_on)
    old = Revision.objects.filter(use_case=use_case, number=number).first()
    if old is None:
        raise Refused(f"{use_case.use_case_id} has no revision {number}.")
    if refusals := blind_refusals(actor, use_case, changed_fields(old.document, use_case.document)):
        raise Refused(*refusals)
    if old.document == use_case.document:
        raise Refused(f"The newest answers are those of revision {number} already. Nothing was changed.")
    made = write_revision(use_case, old.document, actor=actor, edition=old.edition, why=why.strip())
    data = {"restored": number, "revision": made.number, "sha256": made.sha256}
    record("use_case.restored", use_case, actor=actor, reason=why.strip(), data=data)
    return made
