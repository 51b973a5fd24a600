"""A privacy compliance review that a document asks for is done by its day (the Department's privacy process)."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from governance.compliance.contract import ERROR, NOTICE, Problem, Record, Snapshot
from governance.compliance.params import a_count, required, takes
from governance.compliance.wording import said
from governance.record_kinds import kind_of
from registry.conditions import to_date


@takes(soon_days=required(a_count))
def privacy_review_done(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """A review is overdue or due soon; the document that asks for it is named by its kind.

    `params.soon_days`: from how many days before.
    """
    if not snapshot.records:
        return
    done = {one.about for one in snapshot.records_of("pcr")}
    for one in snapshot.records_of("pcr_required"):
        due = to_date(one.details.get("due_on"))
        if due is None or one.key in done:
            continue
        asked_by = _document(snapshot, one)
        if snapshot.as_of > due:
            text = f"The privacy compliance review that {asked_by} asks for was due on {said(due)}."
            yield Problem(text, ERROR, f"review:{one.key}", due_on=due)
        elif due - snapshot.as_of <= timedelta(days=params["soon_days"]):
            text = f"The privacy compliance review that {asked_by} asks for is due on {said(due)}."
            yield Problem(text, NOTICE, f"review:{one.key}", due_on=due)


def _document(snapshot: Snapshot, asked: Record) -> str:
    """Which document asks: its kind and day, never its words."""
    found = next((one for one in snapshot.records if asked.about and one.key == asked.about), None)
    return f"the {kind_of(found.kind).lowered} of {said(found.effective_on)}" if found else "a privacy document"
