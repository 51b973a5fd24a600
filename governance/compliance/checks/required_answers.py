"""What OMB requires at this stage and impact is answered (OMB 2025 reporting guidance, section 5)."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from governance.compliance.contract import WARNING, Problem, Snapshot
from governance.compliance.params import one_of, required, takes
from registry import asking, questionnaire
from registry import document as documents
from registry.conditions import Condition
from registry.questions import Question, Questionnaire

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
    left = snapshot.once(_left).get(params["gate"])
    if left:
        named = ", ".join(question.label for question in left[:3]) + (
            f" and {len(left) - 3} more" if len(left) > 3 else ""
        )
        text = f"{len(left)} {'answer is' if len(left) == 1 else 'answers are'} missing: {named}."
        yield Problem(text, WARNING, field=left[0].field)


def _left(snapshot: Snapshot) -> dict[str, list[Question]]:
    """Gate -> the questions OMB asks of the case that have no answer. One pass over the form for all gates."""
    answers, withheld = snapshot.answers, documents.withheld(snapshot.document)  # what is hidden is not asked
    known = {**answers, "development_stage": asking.stage_of(snapshot.document)}
    holds: dict[int, bool] = {}  # questions share their conditions
    found: dict[str, list[Question]] = {}
    for field, label, question, conditions in _gated(snapshot.form.name) or _asked(snapshot.form):
        if field in answers or field in withheld:
            continue
        for number, condition in conditions:
            if number not in holds:
                holds[number] = condition.holds(known)
            if not holds[number]:
                break
        else:
            found.setdefault(label, []).append(question)
    return found


Gated = tuple[tuple[str, str, Question, tuple[tuple[int, Condition], ...]], ...]


@cache
def _gated(name: str) -> Gated | None:
    """The gated questions of an edition in force by its name; None for a form that is none."""
    form = questionnaire.named(name)
    return None if form is None else _asked(form)


def _asked(form: Questionnaire) -> Gated:
    """Gate, question and the numbered conditions under which it is required; the same condition has one number."""
    numbers: dict[str, int] = {}

    def numbered(condition: Condition) -> tuple[int, Condition]:
        return numbers.setdefault(repr(condition.tree), len(numbers)), condition

    return tuple(
        (question.field, label, question, (numbered(question.show_if), numbered(question.required_when)))
        for question in form
        if (label := gate(question.field))
    )


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
