"""The newest test is not older than a provision allows (DHS Directive 026-11: before use, then every three years)."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from governance.compliance.contract import ERROR, WARNING, Problem, Snapshot
from governance.compliance.params import a_count, a_field, required, takes
from governance.compliance.practices import recertify_by


@takes(field=required(a_field), years=required(a_count))
def tested_within(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """It was never tested, as far as the case says, or longer ago than the years allowed.

    `params.field` names the day of the test, `params.years` how long it holds.
    """
    name = params["field"]
    if not snapshot.asks(name) or snapshot.withholds(name):
        return
    try:
        tested_on = date.fromisoformat(str(snapshot.answers.get(name)))
    except ValueError:
        yield Problem("It is in use and names no day of a test for bias and accuracy.", WARNING, "never", field=name)
        return
    due = recertify_by(tested_on, params["years"])
    if due < snapshot.as_of:
        text = f"Its newest test is of {tested_on.day} {tested_on:%B %Y}, more than {params['years']} years ago."
        yield Problem(text, ERROR, "old", field=name, due_on=due)
