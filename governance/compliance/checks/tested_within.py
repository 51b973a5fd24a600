"""The newest test is not older than a provision allows (DHS Directive 026-11: before use, then every three years)."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance.contract import ERROR, WARNING, Problem, Snapshot
from governance.compliance.params import a_count, a_field, optional, required, takes
from governance.compliance.practices import recertify_by
from governance.compliance.wording import said
from governance.record_kinds import a_kind
from registry.conditions import to_date


@takes(field=required(a_field), years=required(a_count), kind=optional(a_kind))
def tested_within(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """It was never tested, as far as the case or a record says, or longer ago than the years allowed.

    `params.field` names the day of the test, `params.years` how long it holds, `params.kind` the kind of records that
    count beside the answer: the newest of both counts.
    """
    name = params["field"]
    if not snapshot.asks(name) or snapshot.withholds(name):
        return
    days = [one.effective_on for one in snapshot.records_of(params["kind"])] if "kind" in params else []
    if answered := to_date(snapshot.answers.get(name)):
        days.append(answered)
    tested_on = max(days, default=None)
    if tested_on is None:
        yield Problem("It is in use and names no day of a test for bias and accuracy.", WARNING, "never", field=name)
        return
    due = recertify_by(tested_on, params["years"])
    if due < snapshot.as_of:
        text = f"Its newest test is of {said(tested_on)}, more than {params['years']} years ago."
        yield Problem(text, ERROR, "old", field=name, due_on=due)
