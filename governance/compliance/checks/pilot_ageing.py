"""A pilot is limited in duration; after a while somebody says what follows (the portal's own, after M-25-21)."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance.contract import NOTICE, Problem, Snapshot
from governance.compliance.params import a_count, required, takes
from governance.compliance.wording import said
from governance.record_kinds import months_later
from registry.conditions import to_date


@takes(months=required(a_count))
def pilot_ageing(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """It has been a pilot for too long; one that is certified has an end of its own.

    `params.months` is how long that is.
    """
    began = to_date(snapshot.answers.get("operational_date"))
    if began is None or snapshot.pilots:
        return
    due = months_later(began, params["months"])
    if snapshot.as_of > due:
        text = f"It has been a pilot since {said(began)}, longer than {params['months']} months."
        yield Problem(text, NOTICE, field="development_stage", due_on=due)
