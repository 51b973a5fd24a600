"""Whether a rejected case has something new to show before it is sent again."""

from django.utils import timezone

from governance import material, routing
from governance.reads import gates
from registry import document as documents
from registry import editions
from registry.models import Revision, UseCase

ASK = "Change the answers it was rejected for, or ask for reconsideration with what is new."
FINAL = "It was rejected again after reconsideration. It is sent again only when its answers are materially new."


def refusals(use_case: UseCase) -> list[str]:
    """Why a rejected case cannot be sent again: the same answers never, after a second rejection only material ones."""
    decision = gates.standing_decision(use_case)
    if decision is None:
        return []
    if not documents.changed_fields(decision.revision.document, use_case.document):
        return ["Nothing has changed since it was rejected.", FINAL if decision.review.continues_id else ASK]
    if decision.review.continues_id and not _is_material(use_case):
        return [FINAL]
    return []


def _is_material(use_case: UseCase) -> bool:
    """By the dated list of material changes, in either direction: what was bad and is gone is new as well."""
    decision, today = gates.standing_decision(use_case), timezone.localdate()
    newest = Revision.objects.filter(use_case=use_case, number=use_case.revision_number).first()
    if decision is None or newest is None:
        return True
    before, after = editions.counting(decision.revision), editions.counting(newest)
    edition, routes, code = material.in_force(today), routing.in_force(today), use_case.component.code
    return bool(
        material.changes(edition, before, after)
        or material.changes(edition, after, before)
        or material.new_offices(routes, before, after, code)
    )
