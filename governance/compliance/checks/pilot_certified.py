"""A high-impact pilot runs under a certificate with a scale and an end (M-25-21, pilot exemption)."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from governance.compliance.contract import ERROR, NOTICE, WARNING, PilotFact, Problem, Snapshot
from governance.compliance.params import a_count, required, takes
from governance.compliance.wording import said


@takes(longest_days=required(a_count), soon_days=required(a_count))
def pilot_certified(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """No certificate, one past its end, longer than a pilot may be, without a scale, or kept for a deployed use.

    `params.longest_days` is a pilot's longest term, `params.soon_days` from when its end is told.
    """
    day = snapshot.as_of
    open_ones = [one for one in snapshot.pilots if one.closed_on is None or day < one.closed_on]
    if not open_ones and snapshot.stage == "pilot":
        text = "It is a high-impact pilot, and no certificate of the Chief AI Officer is on record here."
        yield Problem(text, WARNING, "none", field="development_stage")
    for one in open_ones:
        yield from _wrong(snapshot, one, params)


def _wrong(snapshot: Snapshot, one: PilotFact, params: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with one certificate. Its end and the end that comes soon are one finding getting worse."""
    day, key = snapshot.as_of, f"end:{one.starts_on}"
    if one.is_over(day):
        text = f"The pilot certificate ended on {said(one.ends_on)}, and nobody has said what follows."
        yield Problem(text, ERROR, key, due_on=one.ends_on)
    elif snapshot.stage == "deployed":
        text = (
            "It is reported as deployed while its pilot certificate is still open: a deployed use owes the practices."
        )
        yield Problem(text, WARNING, "deployed", field="development_stage")
    elif one.ends_on - day <= timedelta(days=params["soon_days"]):
        text = f"The pilot certificate ends on {said(one.ends_on)}: say in time what follows."
        yield Problem(text, NOTICE, key, due_on=one.ends_on)
    if (one.ends_on - one.starts_on).days > params["longest_days"]:
        text = f"The pilot certificate runs longer than {params['longest_days']} days, the longest term of a pilot."
        yield Problem(text, WARNING, f"term:{one.starts_on}")
    if not one.scale.strip():
        yield Problem("The pilot certificate does not say on which scale it runs.", WARNING, f"scale:{one.starts_on}")
