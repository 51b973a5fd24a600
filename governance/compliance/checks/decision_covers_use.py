"""A use in operation rests on a decision that covers its stage (Directive 139-08, dynamic governance)."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance.contract import ERROR, WARNING, Problem, Snapshot

ORDER = ("pre_deployment", "pilot", "deployed")


def decision_covers_use(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """Used without any decision here, against a rejection, or beyond the stage the decision covers."""
    decision = snapshot.decision
    if decision is None:
        yield Problem(
            f"It is reported as {snapshot.stage} and was never decided here.", WARNING, field="development_stage"
        )
    elif decision.outcome == "rejected":
        yield Problem("It was rejected and is reported as in use.", ERROR, field="development_stage")
    elif decision.covers_stage in ORDER and ORDER.index(decision.covers_stage) < ORDER.index(str(snapshot.stage)):
        covered = decision.covers_stage.replace("_", "-")
        yield Problem(
            f"It is {snapshot.stage} without approval: the decision covers {covered}.", ERROR, field="development_stage"
        )
