"""Overdue conditions taken to the component lead, then to the Chief AI Officer: each once, whatever is killed."""

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit.log import record
from governance.models import Condition, ConditionEscalation


def escalate_conditions() -> int:
    """Tell of every condition that has become overdue since; returns how many were told of.

    The days of each level are the setting CONDITION_ESCALATION_DAYS. Each row is a transaction of its own and held
    unique by the database, so a run that was killed goes on where it stopped and two runs tell once.
    """
    today, told = timezone.localdate(), 0
    for level, days in settings.CONDITION_ESCALATION_DAYS.items():
        rows = Condition.objects.filter(state=Condition.State.OPEN, due_on__lte=today - timedelta(days=days))
        for pk, due_on in list(rows.order_by("due_on", "pk").values_list("pk", "due_on")):
            told += _tell(pk, level, due_on)
    return told


@transaction.atomic
def _tell(pk: int, level: str, due_on: date) -> int:
    row = Condition.objects.select_for_update(of=("self",)).select_related("use_case").get(pk=pk)
    if row.state != Condition.State.OPEN or row.due_on != due_on:  # met or moved since the list was read
        return 0
    _, is_new = ConditionEscalation.objects.get_or_create(condition=row, level=level, due_on=due_on)
    if is_new:
        record("condition.escalated", row, actor=None, data={"level": level, "due_on": due_on})
    return int(is_new)
