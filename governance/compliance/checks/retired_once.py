"""A retired case is reported once more and then closed (OMB 2025 reporting guidance, retired use cases)."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance.contract import NOTICE, Problem, Snapshot


def retired_once(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """The stage says retired and the portal's workflow does not."""
    if snapshot.status not in {"retired", "withdrawn"}:
        text = "It is reported as retired; close it here once it stood in one following inventory."
        yield Problem(text, NOTICE, field="development_stage")
