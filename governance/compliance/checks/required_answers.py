"""What OMB requires at this stage and impact is answered (OMB 2025 reporting guidance, section 5)."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from governance.compliance.contract import WARNING, Problem, Snapshot
from governance.compliance.params import one_of, required, takes
from registry import questionnaire, tasklist

# OMB's gates by the stages and impact at which a question is first asked.
GATES = {
    "all_stages": ("retired", "not_high_impact"),
    "active": ("pre_deployment", "not_high_impact"),
    "in_use": ("pilot", "not_high_impact"),
    "deployed_high_impact": ("deployed", "high_impact"),
}
ORDER = tuple(GATES)


@takes(gate=required(one_of(GATES)))
def required_answers(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """Questions OMB asks at this stage and impact have no answer; one problem for all of them.

    `params.gate` names the gate.
    """
    asked = [question for question in snapshot.form if gate(question.field) == params["gate"]]
    left = tasklist.unanswered(snapshot.form, asked, snapshot.document)
    if left:
        named = ", ".join(question.label for question in left[:3]) + (
            f" and {len(left) - 3} more" if len(left) > 3 else ""
        )
        text = f"{len(left)} {'answer is' if len(left) == 1 else 'answers are'} missing: {named}."
        yield Problem(text, WARNING, field=left[0].field)


@cache
def gate(name: str) -> str | None:
    """The first gate that asks OMB's question `name`, the same in every edition; None for the portal's own."""
    question = questionnaire.every()[name]
    if not question.omb_column:
        return None
    given = {"contracting_usage": "vendor", "have_ato": "yes"}
    for label, (stage, impact) in GATES.items():
        facts = {"development_stage": stage, "is_high_impact": impact, **given}
        if question.required_when.holds(facts):
            return label
    return None
