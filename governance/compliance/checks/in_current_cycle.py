"""Every case in use stands in the yearly inventory (Pub. L. 117-263 section 7225)."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance.contract import WARNING, Problem, Snapshot


def in_current_cycle(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """It was in an earlier inventory file, and the newest one leaves it out without a retired row."""
    newest, last = snapshot.latest_cycle, snapshot.cycle
    if newest and last and last < newest and snapshot.stage != "retired":
        text = f"It stood in the {last} inventory and is missing from that of {newest}, without being retired."
        yield Problem(text, WARNING)
