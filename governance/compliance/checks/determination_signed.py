"""Clearing a presumption needs a named official and written reasons (M-25-21 sections 4(a), 5 and 6)."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance.contract import ERROR, WARNING, Problem, Snapshot
from governance.compliance.params import a_field, optional, takes


@takes(justification=optional(a_field))
def determination_signed(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """Presumed but reported as not high-impact: justified in writing, and signed here."""
    name = params.get("justification", "hi_justification")
    if not snapshot.answers.get(name) and not snapshot.withholds(name):
        yield Problem("The presumption is cleared without a justification.", ERROR, "justification", field=name)
    if snapshot.determined_impact is None:
        text = "As reported, not determined here: no named official has signed that the presumption is cleared."
        yield Problem(text, WARNING, "unsigned", field="is_high_impact")
