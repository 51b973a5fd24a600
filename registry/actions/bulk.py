"""One act on several cases of the list: what can be done is done in one transaction, the rest is left with reasons."""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction

from accounts.models import User
from audit.log import Subject, record
from registry.actions import handovers, tagging, updates
from registry.actions.bulk_outcome import Outcome
from registry.models import UseCase


def _assign(cases: Sequence[UseCase], *, actor: User, act: uuid.UUID, **words: Any) -> Outcome:
    """Offer them: the person named answers, so this is a hand-over like any other, with its own act."""
    offered = handovers.offer(cases, words["person"], kind=words["kind"], note=words["note"], actor=actor)
    return Outcome(offered.act, [one.use_case for one in offered.done], offered.left)


ACTS: dict[str, tuple[Callable[..., Outcome], str]] = {
    "assign": (_assign, "asked somebody to take over"),
    "update": (updates.ask_for_update, "asked for an update of"),
    "tag": (tagging.tag, "tagged"),
    "untag": (tagging.untag, "took tags off"),
}


@transaction.atomic
def act_on(name: str, cases: Sequence[UseCase], *, query: str, actor: User, **words: Any) -> uuid.UUID:
    """Do `name` to these cases and record once what became of each. Raises Refused when nothing can be done.

    The rows are locked in one order, so that two bulks wait for each other.
    """
    rows = UseCase.objects.select_for_update(of=("self",)).select_related("component", "owner", "backup_owner")
    locked = list(rows.filter(pk__in=[case.pk for case in cases]).order_by("pk"))
    action, said = ACTS[name]
    outcome = action(locked, actor=actor, act=uuid.uuid4(), **words)
    number = len(outcome.done)
    label = f"{said} {number} use case{'' if number == 1 else 's'}"
    data = {
        "act": name,
        "query": query,
        "done": [case.use_case_id for case in outcome.done],
        "left": [[case.use_case_id, reason] for case, reason in outcome.left],
    }
    record("list.acted", Subject("list", "use_cases", label), actor=actor, act=outcome.act, data=data)
    return outcome.act
