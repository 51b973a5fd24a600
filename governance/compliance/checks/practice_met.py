"""One minimum practice of a deployed high-impact use is met (M-25-21, appendix section 4(b))."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance import practices
from governance.compliance.contract import ERROR, NOTICE, WARNING, Problem, Snapshot
from governance.compliance.params import one_of, required, takes


@takes(practice=required(one_of(practices.FIELDS)))
def practice_met(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """Not met is serious; resting on the component's word is claimed, not evidenced.

    `params.practice` names the practice.
    """
    name = params["practice"]
    found = next((p for p in snapshot.once(practices.positions) if p.practice == name), None)
    if found is None or found.is_met:
        return
    common = {"field": practices.FIELDS[name], "practice": name, "due_on": found.due_on}
    if found.is_not_met:
        said = "is not answered" if found.level == "not_answered" else "is still in progress"
        yield Problem(f"{practices.NAMES[name]} {said}.", ERROR, "not_met", **common)
    elif found.is_excused:
        said = "does not apply" if found.level == "not_applicable" else "is precluded by law or operation"
        text = f"{practices.NAMES[name]}: the component says it {said}; nobody has accepted that yet."
        yield Problem(text, WARNING, "not_accepted", **common)
    else:
        yield Problem(f"{practices.NAMES[name]} is claimed, not evidenced.", NOTICE, "claimed", **common)
