"""Somebody not involved in development reviewed it (M-25-21, appendix section 4(b)(ii), element 6)."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance.contract import ERROR, Problem, Snapshot
from governance.compliance.exceptions import cover
from governance.compliance.practices import due_on

FIELD = "hi_independent_review"


def independent_review_done(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """The independent review is missing, in progress or said to be waived, and nothing excuses its practice here."""
    if snapshot.withholds(FIELD):
        return
    if cover(snapshot, "impact_assessment"):
        return
    answer = snapshot.answers.get(FIELD)
    words = {None: "not answered", "in_progress": "in progress", "waived": "reported as waived without a waiver here"}
    if said := words.get(answer):
        text = f"The independent review of the impact assessment is {said}."
        yield Problem(text, ERROR, field=FIELD, due_on=due_on(snapshot), practice="impact_assessment")
