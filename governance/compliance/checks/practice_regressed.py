"""A practice reported as done is not reported as undone without a reason (M-25-21, appendix section 4(b))."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance.contract import WARNING, Problem, Record, Snapshot
from governance.compliance.exceptions import cover
from governance.compliance.practices import FIELDS, NAMES, level
from governance.compliance.wording import said

UNDONE = frozenset({"not_answered", "in_progress"})


def practice_regressed(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """An earlier filing reported a practice as done; the one that counts says in progress, or nothing.

    It stands until evidence since that filing, or a later filing, lifts it.
    """
    for practice, day in snapshot.reported_before.items():
        if level(snapshot, practice) not in UNDONE or cover(snapshot, practice):
            continue
        if any(_lifts(one, practice, snapshot) for one in snapshot.records):
            continue
        field = FIELDS[practice]
        now = "in progress" if snapshot.answers.get(field) else "not answered"
        text = f"{NAMES[practice]} was reported as done in the filing of {said(day)} and is now {now}."
        yield Problem(text, WARNING, practice, field=field, practice=practice)


def _lifts(one: Record, practice: str, snapshot: Snapshot) -> bool:
    is_fresh = one.practice == practice and one.effective_on >= snapshot.effective_on
    return bool(is_fresh and one.lifts and one.is_current(snapshot.as_of))
