"""A cleared presumption is justified for this case, not by a text used elsewhere (OMB 2025 guidance)."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance.contract import NOTICE, WARNING, Problem, Snapshot
from governance.compliance.params import a_field, optional, takes

SHORT = 80  # characters; DHS's published justifications have a median of several hundred


@takes(field=optional(a_field))
def justification_specific(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """The justification is very short, or the same as that of another case."""
    name = params.get("field", "hi_justification")
    text = (snapshot.answers.get(name) or "").strip()
    if not text:
        return
    if len(text) < SHORT:
        yield Problem(
            "The justification is too short to show why no output is a principal basis.", NOTICE, "short", field=name
        )
    twins = [other.use_case_id for other in snapshot.namesakes if other.has_same_justification]
    if twins:
        yield Problem(f"The justification is word for word that of {', '.join(twins)}.", WARNING, "reused", field=name)
