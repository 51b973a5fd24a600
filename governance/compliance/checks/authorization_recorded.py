"""The authorization a case reports is on record and has not ended (Directive 139-08, safe, secure and responsible)."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from governance.compliance.contract import ERROR, NOTICE, WARNING, Problem, Snapshot
from governance.compliance.params import a_count, required, takes
from governance.compliance.wording import said


@takes(soon_days=required(a_count))
def authorization_recorded(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """The answer yes rests on no record, or the newest authorization has ended or ends soon.

    `params.soon_days`: from how many days before.
    """
    found = snapshot.records_of("ato") if snapshot.records else ()
    if not found:
        text = "It reports an authorization to operate, and none is on record here."
        yield Problem(text, NOTICE, "none", field="have_ato")
        return
    if any(one.expires_on is None for one in found):
        return
    last = max(one.expires_on for one in found if one.expires_on)
    if snapshot.as_of > last:
        yield Problem(f"The authorization to operate ended on {said(last)}.", ERROR, "end", due_on=last)
    elif last - snapshot.as_of <= timedelta(days=params["soon_days"]):
        yield Problem(f"The authorization to operate ends on {said(last)}.", WARNING, "end", due_on=last)
