"""The version in use was tested, and not too long ago (Directive 139-08, testing and evaluation)."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance.contract import WARNING, Problem, Snapshot
from governance.compliance.exceptions import cover
from governance.compliance.params import a_count, required, takes
from governance.compliance.wording import said
from governance.record_kinds import months_later


@takes(months=required(a_count))
def tests_current(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """No test is on record, the newest is older than a material change of the use, or too long ago.

    `params.months` is how long a test holds.
    """
    if cover(snapshot, "testing"):
        return
    common: Mapping[str, Any] = {"field": "hi_testing_conducted", "practice": "testing"}
    days = [one.effective_on for one in snapshot.records if one.practice == "testing" and one.lifts and not one.ended]
    if not days:
        yield Problem("No test of the version in use is on record.", WARNING, "test", **common)
        return
    newest, changed = max(days), snapshot.changed_on
    due = months_later(newest, params["months"])
    if changed and newest < changed:
        text = f"It changed materially on {said(changed)}; its newest test is of {said(newest)}."
        yield Problem(text, WARNING, "test", **common)
    elif snapshot.as_of > due:
        text = f"Its newest test is of {said(newest)}, more than {params['months']} months ago."
        yield Problem(text, WARNING, "test", due_on=due, **common)
