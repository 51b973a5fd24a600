"""More time for the practices ends on its day (M-25-21, minimum practices; extensions under M-24-10)."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from governance.compliance.contract import WARNING, Problem, Snapshot
from governance.compliance.exceptions import cover
from governance.compliance.params import a_count, required, takes
from governance.compliance.practices import FIELDS, LOWERED, level
from governance.compliance.wording import listed, said

UNMET = frozenset({"not_answered", "in_progress"})


@takes(soon_days=required(a_count))
def extension_current(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """An extension has ended or ends soon, and practices it covered are still not met.

    `params.soon_days`: from how many days before.
    """
    if not snapshot.extensions or not snapshot.is_deployed_high_impact:
        return
    day = snapshot.as_of
    unmet = [name for name in FIELDS if level(snapshot, name) in UNMET]
    for one in snapshot.extensions:
        left = [name for name in unmet if one.covers(name)]
        if day > one.until:
            left = [name for name in left if cover(snapshot, name) is None]
        if not left or one.until - day > timedelta(days=params["soon_days"]):
            continue
        ends = "has ended on" if day > one.until else "ends on"
        text = f"The extension {ends} {said(one.until)}, and not met is: {listed(LOWERED[name] for name in left)}."
        yield Problem(text, WARNING, f"until:{one.until}", due_on=one.until)
