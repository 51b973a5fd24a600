"""Who stepped aside from a case, and which of its offices cannot sign: for the case's page and its lanes."""

from typing import Any

from governance.models import Recusal
from governance.permissions.authorship import recusal_of
from governance.permissions.standing_in import lift_refusals, recuse_refusals
from governance.reads import unsigned
from registry.models import UseCase
from registry.models.use_case import Status


def on_case(user: Any, use_case: UseCase) -> dict[str, Any]:
    """What the case's page says of people: recusals, whether this person may step aside, offices that cannot sign."""
    return {
        "unsigned": unsigned.of_case(use_case) if use_case.status == Status.IN_REVIEW else [],
        "aside": recusals(user, use_case),
        "my_recusal": recusal_of(user, use_case),
        "can_recuse": not recuse_refusals(user, use_case),
    }


def recusals(user: Any, use_case: UseCase) -> list[tuple[Recusal, bool]]:
    """Who stepped aside, standing ones first, each with whether this person may lift it."""
    rows = list(Recusal.objects.filter(use_case=use_case).select_related("person", "lifted_by"))
    rows.sort(key=lambda row: row.lifted_at is not None)
    return [(row, row.lifted_at is None and not lift_refusals(user, row)) for row in rows]
