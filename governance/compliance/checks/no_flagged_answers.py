"""Answers stand in the inventory's own words and columns (OMB 2025 data dictionary)."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance.contract import WARNING, Problem, Snapshot


def no_flagged_answers(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """One problem for each answer of an inventory file that nobody has put right yet."""
    for name, flag in snapshot.document.get("flagged", {}).items():
        yield Problem(f"An answer waits for correction: {flag['message']}", WARNING, name, field=name)
