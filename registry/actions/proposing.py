"""An edit to a case in review: it waits as a proposed correction, as what an inventory file says of it does."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from accounts.models import User
from audit.log import record
from audit.workflow import Refused
from registry import document as documents
from registry.actions.still_true import answers_refused, outcome
from registry.models import ProposedCorrection, UseCase, WorkbookReturn


def propose(
    use_case: UseCase, edits: Mapping[str, Any], source: WorkbookReturn, *, actor: User, act: uuid.UUID
) -> ProposedCorrection:
    """Keep what a workbook says of a case whose answers stand still; the case is locked by the caller.

    The answers are those somebody reviews (DHS Directive 139-08): nothing changes before the review has ended and the
    owner, the lead or the inventory manager accepts it.
    """
    if reasons := answers_refused(use_case, edits):
        raise Refused(*reasons)
    counts = use_case.filed_document or documents.empty()
    document = documents.with_fields(counts, outcome(use_case, edits), set(edits))
    row = ProposedCorrection.objects.create(
        use_case=use_case, workbook=source, document=document, effective_on=timezone.localdate()
    )
    record("correction.proposed", row, actor=actor, act=act, reason=f"From the workbook {source.file_name}",
           acting_for=str(source.on_behalf_of or ""), data={"fields": sorted(edits)})  # fmt: skip
    return row
