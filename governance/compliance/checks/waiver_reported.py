"""What a waiver owes besides its year: reports to OMB, a public summary, a second look (M-25-21 section 4(a))."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from governance.compliance.contract import ERROR, NOTICE, WARNING, Problem, Snapshot, WaiverFact
from governance.compliance.practices import LOWERED
from governance.compliance.wording import said


def waiver_reported(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """Its grant or revocation is not reported, it has no public summary, or nobody looked at it after a change.

    A revocation is owed a report also after the waiver has ended.
    """
    for waiver in snapshot.waivers:
        due, revoked = waiver.report_due_on, waiver.revocation_due_on
        if due and waiver.reported_on is None:
            yield _report(snapshot, waiver, "grant", due)
        if revoked and waiver.revocation_reported_on is None:
            yield _report(snapshot, waiver, "revocation", revoked)
        if not waiver.is_active(snapshot.as_of):
            continue
        name = LOWERED[waiver.practice]
        if not waiver.has_summary:
            yield Problem(f"The waiver of {name} has no summary for the public.", WARNING, f"summary:{waiver.practice}")
        if since := waiver.reassess_since:
            text = f"The case changed materially on {said(since)}; nobody has looked at the waiver of {name} since."
            yield Problem(text, WARNING, f"reassess:{waiver.practice}")


def _report(snapshot: Snapshot, waiver: WaiverFact, what: str, due: date) -> Problem:
    """One key for the report that is due and the one that is late: it is the same finding getting worse."""
    is_late = snapshot.as_of > due
    late = (
        f"was due to OMB on {said(due)} and is not reported" if is_late else f"is to be reported to OMB by {said(due)}"
    )
    text = f"The {what} of the waiver of {LOWERED[waiver.practice]} {late}."
    return Problem(text, ERROR if is_late else NOTICE, f"{what}:{waiver.practice}:{waiver.granted_on}", due_on=due)
