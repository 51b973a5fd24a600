"""Looking at what approved cases became: a material change asks for another review.

The status stays: a reported fact is never refused because it is inconvenient (design section 3). What changed is told
to who answers for the case, stands on its page with a day, and ends with the next round.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from accounts.actions import system_account
from audit.log import record
from governance import material, routing
from governance.models import Decision, MaterialChange
from registry import editions
from registry.models import Revision, UseCase
from registry.models.use_case import Status

APPROVED = (Status.APPROVED, Status.APPROVED_WITH_CONDITIONS)
Closed = MaterialChange.Closed


def look_at_all() -> int:
    """Compare every approved case whose filing is not the decided one, and close what is over; returns how many."""
    newest = Decision.objects.filter(use_case=OuterRef("pk")).order_by("-decided_at", "-id")
    rows = UseCase.objects.annotate(decided_number=Subquery(newest.values("revision__number")[:1]))
    moved = Q(status__in=APPROVED, decided_number__isnull=False) & ~Q(filed_number=F("decided_number"))
    known = Q(pk__in=MaterialChange.objects.filter(closed_at=None).values("use_case"))
    pks = list(rows.filter(moved | known).order_by("pk").values_list("pk", flat=True))
    return sum(look(pk) for pk in pks)


@transaction.atomic
def look(pk: int) -> bool:
    """Compare one case with its decision; True when something was noted or closed. Looking twice changes nothing."""
    case = UseCase.objects.select_for_update(of=("self",)).select_related("component").get(pk=pk)
    row = MaterialChange.objects.filter(use_case=case, closed_at=None).first()
    if case.status not in APPROVED:
        sent = case.status in (Status.SUBMITTED, Status.ENDORSED, Status.IN_REVIEW, Status.READY, Status.AT_BOARD)
        return _close(row, Closed.SENT if sent else Closed.OVER)
    decision = Decision.objects.filter(use_case=case).select_related("revision").order_by("-decided_at", "-id").first()
    filed = Revision.objects.filter(use_case=case, number=case.filed_number or 0).first()
    if decision is None or filed is None:
        return False
    if row and row.decision_id != decision.pk:
        _close(row, Closed.SENT)
        row = None
    if row and row.revision_id == filed.pk:
        return False
    return _note(case, decision, filed, row)


def _note(case: UseCase, decision: Decision, filed: Revision, row: MaterialChange | None) -> bool:
    today = timezone.localdate()
    edition = material.in_force(today)
    before, after = editions.counting(decision.revision), editions.counting(filed)
    found = [
        *material.changes(edition, before, after),
        *material.new_offices(routing.in_force(today), before, after, case.component.code),
    ]
    if not found:
        return _close(row, Closed.UNDONE)
    given: dict[str, Any] = {
        "decision": decision, "revision": filed, "edition": edition.key,
        "changes": [{"rule": one.rule, "because": one.because, "fields": list(one.fields)} for one in found],
    }  # fmt: skip
    if row is None:
        due_on = today + timedelta(days=edition.review_within_days)
        row = MaterialChange(use_case=case, due_on=due_on, **given)
        is_more = True
    else:
        is_more = {one["rule"] for one in given["changes"]} > {one["rule"] for one in row.changes}
        for name, value in given.items():
            setattr(row, name, value)
    row.save()
    if is_more:
        data = {"rules": [one.rule for one in found], "revision": filed.number, "due_on": row.due_on}
        # No words in the event: they may say what a restricted answer says.
        record("use_case.changed_materially", case, actor=system_account(), data=data)
    return True


def _close(row: MaterialChange | None, how: str) -> bool:
    if row is None:
        return False
    row.closed_at, row.closed_how = timezone.now(), how
    row.save(update_fields=["closed_at", "closed_how"])
    return True
