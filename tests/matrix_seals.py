"""The URL x role matrix of the seals of the audit log."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from audit.log import record
from audit.seal import seal_audit
from governance.actions import seals
from tests.audit.test_seals import as_owner
from tests.matrix_row import DEPARTMENT, Row


def verified(cast: Any) -> dict[str, Any]:
    """Two seals, of which the second holds something rewritten, verified; another verification waits."""
    with transaction.atomic():
        for _ in range(2):
            record("user.invited", cast.officer, actor=cast.administrator)
            seal_audit()
        as_owner("UPDATE audit_event SET reason = 'x' WHERE id = (SELECT max(event_id) FROM audit_sealedevent)")
    seals.nightly()
    seals.request_verification(actor=cast.auditor)
    return {}


ROWS: dict[str, Row] = {
    "seals-overview": Row((*DEPARTMENT, "administrator"), verified),
    "seals-verify": Row(("auditor", "caio", "administrator"), method="POST"),
}
