"""One of the six prohibited uses of Directive 139-08 is attested not to take place."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance.contract import ERROR, WARNING, HoldFact, Problem, Snapshot
from governance.compliance.params import a_field, required, takes
from governance.compliance.wording import said


@takes(field=required(a_field))
def prohibition_attested(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """The attestation says yes, or leaves it open by unknown or nothing, or the offices have not settled it.

    One problem, whichever of these it is. What the offices settled of the answer that counts is settled.
    `params.field` is the attestation.
    """
    name = params["field"]
    answer = snapshot.answers.get(name)
    hold = next((one for one in snapshot.holds if one.prohibition == name), None) if snapshot.holds else None
    if hold is not None and (hold.state != "lifted" or _is_about(hold, answer)):
        yield from _unsettled(hold, str(answer or ""), name)
    elif answer == "yes":
        yield Problem("The screening says this prohibited use takes place.", ERROR, field=name)
    elif answer != "no":
        yield Problem("Nobody has attested that this prohibited use does not take place.", WARNING, field=name)


def _is_about(hold: HoldFact, answer: Any) -> bool:
    """Whether what was settled was the answer that counts; one that cannot be read stands as none."""
    return hold.answer == answer or (not answer and hold.answer not in {"yes", "no", "unknown"})


def _unsettled(hold: HoldFact, answer: str, name: str) -> Iterator[Problem]:
    """What a hold makes of the answer; nothing where it was lifted."""
    if hold.state == "applies":
        yield Problem("The offices determined that this prohibited use takes place.", ERROR, field=name)
    elif hold.state == "open":
        says = {"yes": "says this prohibited use takes place", "no": "no longer says so"}.get(answer, "leaves it open")
        text = f"The screening {says}, and the offices have not settled it; they are to speak by {said(hold.due_on)}."
        yield Problem(text, ERROR if answer == "yes" else WARNING, field=name, due_on=hold.due_on)
