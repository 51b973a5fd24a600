"""The impact assessment has its seven elements (M-25-21, appendix section 4(b)(ii))."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance.assessments import assessment
from governance.compliance.contract import ERROR, WARNING, Problem, Record, Snapshot
from governance.compliance.exceptions import cover
from governance.compliance.wording import listed

ELEMENTS = {
    "purpose": "1 (purpose and benefit)",
    "data": "2 (data and model)",
    "impacts": "3 (effects on people)",
    "reassessment": "4 (when it is assessed again)",
    "costs": "5 (costs)",
}
PARTS = {"independent_review": "6 (independent review)", "risk_acceptance": "7 (signed risk acceptance)"}
TIES = {
    "wrote": "wrote or submitted answers of the case",
    "component": "works in the component that owns it",
    "decides": "also decides on it",
}
COMMON: Mapping[str, Any] = {"field": "hi_assessment_completed", "practice": "impact_assessment"}


def assessment_complete(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """Elements of the assessment on record are missing, or its reviewer was not independent of the case.

    Without any record the practice itself says so.
    """
    found = assessment(snapshot)
    if found is None or cover(snapshot, "impact_assessment"):
        return
    missing = [name for field, name in ELEMENTS.items() if not found.details.get(field)]
    missing += [name for part, name in PARTS.items() if part in found.lacks]
    if missing:
        text = f"The impact assessment on record lacks element{'s' if len(missing) > 1 else ''} {listed(missing)}."
        yield Problem(text, WARNING, "elements", **COMMON)
    yield from _reviewer(snapshot, found)


def _reviewer(snapshot: Snapshot, found: Record) -> Iterator[Problem]:
    """One independent review is enough, whoever else looked."""
    reviews = [one for one in snapshot.records_of("independent_review") if one.about == found.key]
    tied = [{TIES[tie] for tie in one.ties if tie in TIES} for one in reviews]
    if not tied or not all(tied):
        return
    why = listed(sorted(set().union(*tied)))
    text = f"The independent review of the impact assessment is by somebody who {why}."
    yield Problem(text, ERROR, "reviewer", **COMMON)
