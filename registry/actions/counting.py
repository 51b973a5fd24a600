"""Letting changes to a recorded or retired case count between two calls: a correction, with its reason."""

from django.db import transaction

from accounts.models import User
from audit.workflow import Refused, Stale
from registry.actions.still_true import locked
from registry.actions.use_cases import file_revision
from registry.models import Filing, UseCase
from registry.models.use_case import Status
from registry.permissions.counting import count_refusals

LONGEST = 180  # a filing's reason and the words before it


@transaction.atomic
def let_count(use_case: UseCase, *, reason: str, seen: int, actor: User) -> Filing:
    """File the newest revision, `seen` on the page, with the reason. Stale when somebody saved another one since."""
    use_case = locked(use_case)
    if refusals := count_refusals(actor, use_case):
        raise Refused(*refusals)
    if use_case.revision_number != seen:
        raise Stale("Somebody has changed the case meanwhile. Look at the changes again.")
    if not reason.strip():
        raise Refused("Say why: the reason stands in the case’s history.")
    # A retired case is corrected for the day it was reported: filed for today it would be reported once more again.
    day = use_case.filed_effective_on if use_case.status == Status.RETIRED else None
    return file_revision(use_case, actor=actor, why=f"Corrected: {reason.strip()}"[:200], effective_on=day)
