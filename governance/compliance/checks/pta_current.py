"""A privacy threshold analysis is on record, adjudicated and in effect (E-Government Act section 208; DHS practice)."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance.contract import WARNING, Problem, Snapshot
from governance.compliance.params import a_count, required, takes
from governance.compliance.practices import recertify_by
from governance.compliance.privacy import threshold
from governance.compliance.wording import said


@takes(years=required(a_count))
def pta_current(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """None is on record, the Privacy Office has not decided on it, or it has run out.

    `params.years` is how long an adjudication holds at most.
    """
    found = threshold(snapshot)
    if found is None:
        yield Problem("It may use personal information, and no privacy threshold analysis is on record.", WARNING)
    elif found.adjudication is None:
        text = (
            f"The Privacy Office has not decided on the privacy threshold analysis of {said(found.pta.effective_on)}."
        )
        yield Problem(text, WARNING)
    else:
        last = recertify_by(found.adjudication.effective_on, params["years"])
        last = min(last, found.pta.expires_on or last)
        if snapshot.as_of > last:
            yield Problem(f"The privacy threshold analysis ran out on {said(last)}.", WARNING, due_on=last)
