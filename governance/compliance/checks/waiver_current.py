"""A waiver is on record, recertified every year (M-25-21 section 4(a))."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from governance.compliance.contract import ERROR, WARNING, Problem, Snapshot
from governance.compliance.params import a_count, optional, takes
from governance.compliance.practices import FIELDS, LOWERED, NAMES, recertify_by

SOON = timedelta(days=60)


@takes(report_days=optional(a_count), recertify_years=optional(a_count))
def waiver_current(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """The answer says waived without a waiver here, or a waiver is to be recertified soon or already was."""
    active = {w.practice: w for w in snapshot.waivers if w.is_active(snapshot.as_of)}
    for practice, name in FIELDS.items():
        answer = snapshot.answers.get(name)
        if practice not in active and answer and "waived" in answer:
            text = f"{NAMES[practice]} is reported as waived; no waiver in force is on record here."
            yield Problem(text, ERROR, f"unrecorded:{practice}", field=name)
    for practice, waiver in active.items():
        due = min(waiver.expires_on, recertify_by(waiver.counts_from, params.get("recertify_years", 1)))
        if due - snapshot.as_of <= SOON:
            text = f"The waiver of {LOWERED[practice]} has to be recertified."
            yield Problem(text, WARNING, f"recertify:{practice}", due_on=due)
