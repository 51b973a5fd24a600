"""Lines of the home page about findings: how many are mine, and which deployed uses run with a practice not met."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import Role
from accounts.permissions import standing
from governance.compliance import reads
from governance.models import Finding
from governance.permissions.findings import mine
from governance.reads import not_met
from governance.reads.figures import Department

ANSWER = (Role.CAIO, Role.DEPUTY_CAIO, Role.COMPONENT_LEAD)


def on_home(user: Any, known: Department | None = None) -> dict[str, Any]:
    """My open findings with how many are overdue; for those who end it, the uses that run with a practice not met.

    `known`: the figures of the same page, which have counted them already.
    """
    rows = reads.findings(user).filter(mine(user), state=Finding.State.OPEN).order_by()
    late = Q(due_on__lt=timezone.localdate())
    counts = rows.aggregate(number=Count("pk"), late=Count("pk", filter=late))
    ends_it = standing(user).has(*ANSWER)
    if not ends_it:
        return {"my_findings": counts, "uses_not_met": 0}
    return {"my_findings": counts, "uses_not_met": known.now.not_met if known else not_met.counted(user)}
