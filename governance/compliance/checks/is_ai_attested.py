"""Is it AI? Attested with a reason before anything else (Pub. L. 117-263 section 7225; GAO-24-106246)."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance.contract import ERROR, WARNING, Problem, Snapshot
from governance.compliance.params import optional, some_fields, takes


@takes(fields=optional(some_fields))
def is_ai_attested(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """Nobody said whether it is AI, or somebody said it is not and it is still in the inventory."""
    answer = snapshot.answers.get("is_ai")
    if answer == "no":
        yield Problem("It is reported as not being AI, and still stands in the inventory.", ERROR, field="is_ai")
    elif not answer:
        yield Problem("Nobody has said whether this is AI, and why.", WARNING, field="is_ai")
    elif not snapshot.answers.get("is_ai_reason"):
        yield Problem("It is said to be AI without a reason.", WARNING, field="is_ai_reason")
