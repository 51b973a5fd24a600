"""By 3 April 2026 every deployed high-impact use met the practices, was waived or stopped (M-25-21)."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from governance.compliance.contract import ERROR, Problem, Snapshot
from governance.compliance.params import a_day, optional, takes
from governance.compliance.practices import DEADLINE, LOWERED, positions


@takes(deadline=optional(a_day))
def practices_overdue(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """One problem a case: running past the due day with practices not met; the ways out are waive or discontinue."""
    deadline = date.fromisoformat(str(params.get("deadline", DEADLINE)))
    found = snapshot.once(positions) if deadline == DEADLINE else positions(snapshot, deadline)
    open_ones = [p for p in found if p.is_not_met and snapshot.as_of > p.due_on]
    if open_ones:
        named = ", ".join(LOWERED[p.practice] for p in open_ones)
        text = f"It runs past the deadline with {len(open_ones)} of 7 practices not met: {named}."
        yield Problem(text, ERROR, due_on=open_ones[0].due_on, data={"practices": [p.practice for p in open_ones]})
