"""Every case in use stands in the yearly inventory (Pub. L. 117-263 section 7225)."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance.contract import WARNING, Problem, Snapshot


def in_current_cycle(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """It was in an earlier inventory file, and the newest one leaves it out without a retired row."""
    newest, last = snapshot.latest_cycle_on, snapshot.cycle_filed_on
    if newest and last and last < newest and snapshot.stage != "retired":
        yield Problem(
            "It stood in an earlier inventory and is missing from the newest, without being retired.", WARNING
        )
