"""What was ordered to stop is reported stopped, confirmed, and filed so (M-25-21; Directive 139-08)."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance.contract import ERROR, WARNING, Problem, Snapshot, StopFact
from governance.compliance.wording import said


def stop_carried_out(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """An order to stop waits for its report or confirmation, or the case is stopped and still filed as in use."""
    for stop in snapshot.stops:
        if stop.stands(snapshot.as_of):
            yield _waits(snapshot, stop)


def _waits(snapshot: Snapshot, stop: StopFact) -> Problem:
    """One key for all of it: the same order, further on."""
    key, by = f"order:{stop.id or stop.effective_on}", said(stop.report_by)
    if stop.confirmed_on:
        text = f"It was confirmed stopped on {said(stop.confirmed_on)} and is still reported as {snapshot.stage}."
        remedy = "File the case with the stage it has now, or have the order lifted."
        return Problem(text, WARNING, key, field="development_stage", remedy=remedy)
    if stop.reported_on:
        text = (
            f"It was reported stopped on {said(stop.reported_on)}, and nobody has confirmed it: it counts as running."
        )
        return Problem(text, WARNING, key, remedy="Have somebody else look at the evidence and confirm the stop.")
    if snapshot.as_of > stop.report_by:
        text = f"It was ordered to stop, and that was not reported by {by}: it counts as running."
        return Problem(text, ERROR, key, due_on=stop.report_by)
    return Problem(f"It is ordered to stop, to be reported by {by}.", WARNING, key, due_on=stop.report_by)
