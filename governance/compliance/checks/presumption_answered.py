"""A use in a presumed category is high-impact or cleared in writing (M-25-21, appendix section 6)."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance.contract import ERROR, Problem, Snapshot
from governance.compliance.params import one_of, required, takes


@takes(category=required(one_of("abcdefghijklmno")))
def presumption_answered(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """A presumed use is reported as plainly not high-impact, which leaves the presumption unanswered.

    `params.category` is the letter.
    """
    if snapshot.impact == "not_high_impact":
        text = f"It falls in presumed category {params['category']} and is reported as plainly not high-impact."
        yield Problem(text, ERROR, field="is_high_impact")
