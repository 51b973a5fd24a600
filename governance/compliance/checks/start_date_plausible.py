"""The date of first use is given and lies in the past (OMB 2025 reporting guidance, section 5)."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance.contract import WARNING, Problem, Snapshot
from governance.compliance.params import a_field, optional, takes
from registry.conditions import to_date


@takes(field=optional(a_field))
def start_date_plausible(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """The date lies after the day the case was filed for, so it cannot have been in use then."""
    name = params.get("field", "operational_date")
    answer = snapshot.answers.get(name)
    began = to_date(answer)
    if began and began > min(snapshot.as_of, snapshot.effective_on):
        yield Problem("The date of first use lies after the day the case was filed as in use.", WARNING, field=name)
