"""Somebody not involved in development reviewed it (M-25-21, appendix section 4(b)(ii), element 6)."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance.contract import ERROR, Problem, Snapshot
from governance.compliance.practices import due_on

FIELD = "hi_independent_review"


def independent_review_done(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """The independent review is missing or in progress, and its practice is not waived."""
    if snapshot.withholds(FIELD):
        return
    if any(w.practice == "impact_assessment" and w.is_active(snapshot.as_of) for w in snapshot.waivers):
        return
    answer = snapshot.answers.get(FIELD)
    if not answer or answer == "in_progress":
        said = "in progress" if answer else "not answered"
        text = f"The independent review of the impact assessment is {said}."
        yield Problem(text, ERROR, field=FIELD, due_on=due_on(snapshot), practice="impact_assessment")
