"""The impact assessment is made again by its day and after a material change (M-25-21, section 4(b)(ii), element 4)."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance.assessments import assessment
from governance.compliance.contract import ERROR, WARNING, Problem, Snapshot
from governance.compliance.exceptions import cover
from governance.compliance.wording import said


def assessment_current(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """Its day of reassessment or the end of its risk acceptance has passed, or it is older than a material change."""
    found = assessment(snapshot)
    if found is None or cover(snapshot, "impact_assessment"):
        return
    common: Mapping[str, Any] = {"field": "hi_assessment_completed", "practice": "impact_assessment"}
    last, changed = found.expires_on, snapshot.changed_on
    if last and snapshot.as_of > last:
        text = f"The impact assessment of {said(found.effective_on)} counted to {said(last)} and was not made again."
        yield Problem(text, ERROR, "date", due_on=last, **common)
    if changed and found.effective_on < changed:
        text = f"It changed materially on {said(changed)}; the impact assessment is of {said(found.effective_on)}."
        yield Problem(text, WARNING, "change", **common)
