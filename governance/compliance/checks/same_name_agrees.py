"""One capability is reported once, or the records agree (OMB 2025 reporting guidance, what is a use case)."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance.contract import NOTICE, WARNING, Problem, Snapshot

COMPARED = ("is_high_impact", "development_stage", "have_ato", "has_pii", "classification", "contracting_usage")


def same_name_agrees(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """Another case bears the same name; a warning where it answers differently."""
    for other in snapshot.namesakes:
        if not other.has_same_name:
            continue
        differing = [name for name in COMPARED if other.answers.get(name) != snapshot.answers.get(name)]
        said = f"{len(differing)} of {len(COMPARED)} compared answers differ" if differing else "the answers agree"
        text = f"{other.use_case_id} of {other.component} bears the same name; {said}."
        severity = WARNING if differing else NOTICE
        yield Problem(text, severity, other.use_case_id, field="use_case_name")
